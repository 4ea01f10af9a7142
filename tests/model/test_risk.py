"""How findings add up: never milder for more, and told by what each family adds."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from yett.model import risk as module
from yett.model.finding import Finding
from yett.model.kinds import FAMILIES
from yett.model.risk import ANSWER_WEIGHTS, WEIGHTS, appropriateness, contextual, parts, risk
from yett.model.segment import Origin
from yett.model.span import Span


def found(kind: str, score: float = 1.0, origin: Origin = Origin.USER) -> Finding:
    return Finding(Span("", 0, 1), origin, kind, score, "toy")


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from(["injection.override", "pii.email", "secret.key", "content.bad", "text.t", "size.length"]),
        st.floats(0, 1),
        st.sampled_from(Origin),
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("findings", "score", "made_of"),
    [
        ([], 0.0, {}),
        ([found("pii.email")], 0.3, {"pii": 0.3}),
        ([found("pii.email"), found("pii.phone", 0.5)], 0.3, {"pii": 0.3}),
        ([found("injection.override", 0.9)], 0.9, {"injection": 0.9}),
        ([found("pii.email"), found("secret.key")], 0.86, {"secret": 0.8, "pii": 0.3}),
        ([found("injection.override", 1.0, Origin.OPERATOR)], 0.0, {}),
        ([found("secret.key", 1.0, Origin.OPERATOR)], 0.8, {"secret": 0.8}),
        ([found("text.t"), found("detector.unavailable")], 0.0, {}),
    ],
)
def test_a_risk_has_parts(findings: list[Finding], score: float, made_of: dict[str, float]) -> None:
    assert risk(findings) == pytest.approx(score)
    assert parts(findings) == pytest.approx(made_of)
    assert list(parts(findings)) == list(made_of)


@pytest.mark.parametrize(
    ("findings", "score"),
    [
        ([], 1.0),
        ([found("content.hate", 0.9, Origin.MODEL)], 0.1),
        ([found("content.hate", 0.9)], 1.0),
        ([found("pii.email", 1.0, Origin.MODEL), found("leakage.canary", 1.0, Origin.MODEL)], 0.06),
    ],
)
def test_an_answer_is_appropriate_but_for_what_a_model_wrote(findings: list[Finding], score: float) -> None:
    assert appropriateness(findings) == pytest.approx(score)


def falls(some: list[Finding], more: list[Finding]) -> bool:
    """Say whether more findings make a score milder, or lead it out of its range."""
    safer = not 0 <= risk(some) <= risk(some + more) <= 1
    return safer or not 0 <= appropriateness(some + more) <= appropriateness(some) <= 1


@given(some=FINDINGS, more=FINDINGS)
def test_more_findings_never_make_a_score_milder(some: list[Finding], more: list[Finding]) -> None:
    assert not falls(some, more)


def test_a_mean_in_place_of_the_surest_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def mean(of: dict[str, float]) -> float:
        return 1 - sum(of.values()) / max(len(of), 1)

    monkeypatch.setattr(module, "_left", mean)
    assert falls([found("secret.key")], [found("pii.email")])


def test_every_weight_is_of_a_family() -> None:
    assert WEIGHTS.keys() | ANSWER_WEIGHTS.keys() <= FAMILIES.keys()
    assert FAMILIES.keys() - WEIGHTS.keys() == {"text", "detector"}


@pytest.mark.parametrize(
    ("score", "recent", "raised"),
    [(0.0, 1.0, 0.0), (0.4, 0.0, 0.4), (0.4, 1.0, 0.64), (0.4, 0.5, 0.52), (1.0, 1.0, 1.0), (1.0, 0.3, 1.0)],
)
def test_a_recent_risk_takes_the_benefit_of_the_doubt(score: float, recent: float, raised: float) -> None:
    assert contextual(score, recent) == pytest.approx(raised)
    assert contextual(score, recent) == pytest.approx(1 - (1 - score) * (1 - score * recent))


UNIT = st.floats(0, 1)
SLACK = 1e-15
"""What rounding may take."""


def only_raises(scores: tuple[float, float], recent: tuple[float, float]) -> None:
    (less, more), (calm, grave) = sorted(scores), sorted(recent)
    assert less <= module.contextual(less, calm) <= 1
    assert module.contextual(less, calm) <= module.contextual(less, grave)
    assert module.contextual(less, calm) <= module.contextual(more, calm) + SLACK


RAISED = given(st.tuples(UNIT, UNIT), st.tuples(UNIT, UNIT))


def test_neither_more_findings_nor_a_graver_past_ever_lower_it() -> None:
    RAISED(only_raises)()


@pytest.mark.parametrize(
    "mutant",
    [
        lambda score, recent: (score + recent) / 2,
        lambda score, recent: score + (1 - score) * score * (1 - recent),
        lambda score, recent: score + 3 * (1 - score) * score * recent,
    ],
)
def test_a_contextual_risk_that_lowers_is_noticed(
    monkeypatch: pytest.MonkeyPatch, mutant: Callable[[float, float], float]
) -> None:
    monkeypatch.setattr(module, "contextual", mutant)
    with pytest.raises(AssertionError):
        settings(phases=[Phase.generate])(RAISED(only_raises))()
