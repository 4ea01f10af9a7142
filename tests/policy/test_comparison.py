"""What other policies would have decided about exchanges that took place."""

import hashlib
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.candidate import NOTHING_KEPT, Candidate
from yett.policy.comparison import Change, Comparison, money
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser
from yett.policy.program import Program
from yett.policy.vector import Vectors, redactions_told

FREE = "team.tier == 'free'"
DEAR = "llm.estimatedCost > 1.0"


def program(*rules: tuple[str, object]) -> Program:
    """Return a policy whose rules are conditions and decisions."""
    written = [
        {"id": f"r{at}", "when": when, "action": action if isinstance(action, dict) else {"decision": action}}
        for at, (when, action) in enumerate(rules)
    ]
    document = {"metadata": {"id": "p"}, "rules": written}
    return PolicyEngine([PolicyParser().parse_yaml(orjson.dumps(document).decode())]).program


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Stated:
    """Facts that are all there, and which of them were asked for."""

    def __init__(self, known: dict[str, object], costly: dict[str, object]) -> None:
        self.known, self._costly, self.found = known, costly, dict[str, object]()

    def demand(self, field: str) -> object:
        value = self.found[field] = self._costly.get(field)
        return value

    def quiet(self, _fields: tuple[str, ...]) -> bool:
        return False


def recorded(
    active: Program, known: dict[str, object], costly: dict[str, object] | None = None, **more: object
) -> dict[str, object]:
    facts = Stated(known, costly or {})
    decision: Decision = active.decide(Stage.REQUEST, facts)
    judged = {
        "stage": "request",
        "effect": decision.effect.value,
        "allowed": decision.allowed,
        "rules": [f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons],
        "facts": list(facts.found),
        "redacts": redactions_told(decision.obligations),
        "vector": Vectors(digest).of(active.reads(Stage.REQUEST), facts.known, facts.found),
    }
    whole = {"id": "r1", "tenant": "acme", "model": "m", "cost": "0.25", "judgements": [judged], **more}
    read: dict[str, object] = orjson.loads(orjson.dumps(whole))
    return read


def judgements(record: dict[str, object]) -> list[dict[str, object]]:
    found = record["judgements"]
    assert isinstance(found, list)
    return found


def compared(candidate: Program, *records: dict[str, object]) -> Comparison:
    comparison = Comparison(Candidate(candidate, digest))
    for record in records:
        comparison.add(record)
    return comparison


def test_what_would_be_refused_is_counted_by_team_model_and_rule_with_its_money() -> None:
    record = recorded(program((FREE, "warn")), {"team": {"tier": "free"}})
    report = compared(program((FREE, "deny")), record, {**record, "id": "r2", "cost": "0.10"}).report
    (change,) = report.changed.items()
    assert (report.records, report.replayed, report.unreplayable) == (2, 2, 0)
    assert change[0] is Change.ALLOW_TO_DENY
    assert (change[1].count, change[1].money, change[1].samples) == (2, Decimal("0.35"), ["r1", "r2"])
    assert (change[1].teams, change[1].models, change[1].rules) == ({"acme": 2}, {"m": 2}, {"p@1/r0": 2})


def test_what_was_refused_is_priced_by_its_estimate_and_laid_to_the_rule_that_refused_it() -> None:
    record = recorded(program((DEAR, "deny")), {}, {"llm.estimatedCost": Decimal("1.50")}, cost="")
    changed = compared(program((DEAR, "warn")), record).report.changed[Change.DENY_TO_ALLOW]
    assert (changed.money, changed.rules, changed.unpriced) == (Decimal("1.5"), {"p@1/r0": 1}, 0)


@pytest.mark.parametrize(
    ("candidate", "lacking"),
    [
        ("team.other == 'x'", "team.other"),
        ("pii.count > 3", "pii.count"),
        ("user.email.endsWith('@example.com')", "user.email"),
        ("user.email.matches('example')", "user.email"),
    ],
)
def test_what_the_record_does_not_hold_is_not_guessed(candidate: str, lacking: str) -> None:
    record = recorded(program(("user.email == 'a@example.com'", "deny")), {"user": {"email": "a@example.com"}})
    report = compared(program((candidate, "deny")), record).report
    assert (report.replayed, report.lacking, report.changed) == (0, {lacking: 1}, {})


def test_what_is_usual_to_ask_about_is_replayed_though_nobody_asked_about_it_then() -> None:
    record = recorded(program((FREE, "warn")), {"llm": {"model": "m"}, "team": {"tier": "pro"}})
    stated, missing = (
        program((f"{name} == '{value}'", "deny")) for name, value in (("llm.model", "m"), ("team.name", "x"))
    )
    assert list(compared(stated, record).report.changed) == [Change.ALLOW_TO_DENY]
    # Nobody stated it, so what it forbids is possibly true, as it was then.
    assert list(compared(missing, record).report.changed) == [Change.ALLOW_TO_DENY]


def test_equality_of_what_is_hidden_is_replayed() -> None:
    record = recorded(program(("user.email == 'a@example.com'", "deny")), {"user": {"email": "b@example.com"}})
    assert "example" not in str(record["judgements"])
    report = compared(program(("user.email in ['b@example.com']", "deny")), record).report
    assert list(report.changed) == [Change.ALLOW_TO_DENY]


def test_a_record_without_facts_cannot_be_replayed_and_one_without_decision_need_not() -> None:
    record = recorded(program((FREE, "deny")), {"team": {"tier": "free"}})
    record["judgements"][0].pop("vector")  # type: ignore[index,attr-defined]
    report = compared(program((FREE, "deny")), record, {**record, "judgements": []}).report
    assert (report.lacking, report.undecided, report.replayed) == ({NOTHING_KEPT: 1}, 1, 0)


def test_redactions_that_come_and_go_are_told_apart() -> None:
    with_it = program(
        (FREE, {"decision": "sanitize", "obligations": [{"type": "redact", "kinds": ["pii.email"], "how": "mask"}]})
    )
    without = program((FREE, "warn"))
    known: dict[str, object] = {"team": {"tier": "free"}}
    assert Change.MORE_REDACTED in compared(with_it, recorded(without, known)).report.changed
    assert Change.LESS_REDACTED in compared(without, recorded(with_it, known)).report.changed


ROUTE = ("llm.model == 'lavish'", {"decision": "route", "route": {"models": ["thrifty"]}})
NO_THRIFT = ("llm.model == 'thrifty'", "deny")


@pytest.mark.parametrize(
    ("active", "candidate", "changes"),
    [
        ([ROUTE], [ROUTE], []),
        ([ROUTE], [ROUTE, NO_THRIFT], [Change.ALLOW_TO_DENY]),
        ([ROUTE], [NO_THRIFT], [Change.EFFECT]),
        ([ROUTE, NO_THRIFT], [ROUTE, NO_THRIFT], []),
        ([ROUTE, NO_THRIFT], [ROUTE], [Change.DENY_TO_ALLOW]),
        ([ROUTE, NO_THRIFT], [NO_THRIFT], [Change.DENY_TO_ALLOW]),
        ([ROUTE], [("llm.model == 'lavish'", "deny")], [Change.ALLOW_TO_DENY]),
    ],
)
def test_a_request_that_was_sent_elsewhere_is_asked_about_there_if_the_candidate_sends_it(
    active: list[tuple[str, object]], candidate: list[tuple[str, object]], changes: list[Change]
) -> None:
    first, second = (recorded(program(*active), {"llm": {"model": model}}) for model in ("lavish", "thrifty"))
    report = compared(program(*candidate), {**first, "judgements": [*judgements(first), *judgements(second)]}).report
    assert (report.replayed, list(report.changed)) == (1, changes)


def test_what_another_engine_said_is_not_taken_for_what_was_said_elsewhere() -> None:
    first = recorded(program(("llm.model == 'm'", "warn")), {"llm": {"model": "m"}})
    (own,) = judgements(first)
    theirs = {**own, "vector": None, "allowed": False, "effect": "deny"}
    report = compared(program(ROUTE), {**first, "judgements": [own, theirs]}).report
    assert dict(report.lacking) == {NOTHING_KEPT: 1}


CONDITIONS = st.sampled_from(
    [FREE, DEAR, "pii.count > 2", "user.id == 'u1'", "metadata.n == 1", "project.name != 'x'", "pii.found == true"]
)
DECISIONS = st.sampled_from(["allow", "warn", "deny"])
RULES = st.lists(st.tuples(CONDITIONS, DECISIONS), min_size=1, max_size=4)
VALUES = st.sampled_from([None, 1, 1.0, True, "u1", "free", "x", Decimal("1.10"), ["a"]])
KNOWN = st.fixed_dictionaries(
    {
        "team": st.fixed_dictionaries({"tier": VALUES}),
        "user": st.fixed_dictionaries({"id": VALUES}),
        "metadata": st.dictionaries(st.just("n"), VALUES),
        "project": st.dictionaries(st.just("name"), VALUES),
    }
)
COSTLY = st.fixed_dictionaries({"llm.estimatedCost": VALUES, "pii.count": VALUES, "pii.found": VALUES})


@given(RULES, RULES, KNOWN, COSTLY)
def test_a_replay_says_what_the_candidate_would_have_decided_or_that_it_cannot_know(
    active: list[tuple[str, str]], candidate: list[tuple[str, str]], known: dict[str, object], costly: dict[str, object]
) -> None:
    record = recorded(program(*active), known, costly)
    other = program(*candidate)
    before = program(*active).decide(Stage.REQUEST, Stated(known, costly))
    now = other.decide(Stage.REQUEST, Stated(known, costly))
    report = compared(other, record).report
    assert report.replayed + report.unreplayable == 1
    if report.replayed:
        assert (Change.ALLOW_TO_DENY in report.changed) is (before.allowed and not now.allowed)
        assert (Change.DENY_TO_ALLOW in report.changed) is (now.allowed and not before.allowed)
    if candidate == active:
        assert report.replayed
        assert not report.changed


@pytest.mark.parametrize(
    ("cost", "estimate", "expected"),
    [
        ("0.25", 3, "0.25"),
        ("", 3, "3"),
        ("", {"decimal": "1.10"}, "1.10"),
        ("none", 2.5, "2.5"),
        ("", None, None),
        ("", True, None),
        ("", {"no": "value"}, None),
    ],
)
def test_an_exchange_is_priced_by_what_it_cost_or_was_estimated_to(
    cost: str, estimate: object, expected: str | None
) -> None:
    vectors: list[object] = [None, {"llm.estimatedCost": estimate}]
    record = {"cost": cost, "judgements": [{"vector": vector} for vector in vectors]}
    assert money(record) == (expected and Decimal(expected))
