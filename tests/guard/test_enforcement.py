"""What policy wants taken out is taken out whole, whatever way; what cannot be carried out denies."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.examples import DETECTORS, PIECES, redacting, tags
from tests.guard.shipped import VALUES, detectors
from tests.guard.toys import ToyDetector, ToyPolicy, answered, guard_of
from yett.guard import enforcement, pseudonyms
from yett.guard.correspondence import Correspondence
from yett.guard.enforcement import Enforcement, Mark, enforceable, marked, owed
from yett.guard.look import Look
from yett.guard.pseudonyms import Pseudonyms, StandIn
from yett.model.decision import Decision, Effect
from yett.model.finding import Finding
from yett.model.kinds import FAMILIES
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Route, Transform
from yett.model.segment import Origin, Segment
from yett.model.span import Span

ENFORCEMENT = Enforcement(b"key")
STAND_IN = Pseudonyms().of("pii.email", "jane@doe").text
MADE_UP = Pseudonyms().of("pii.email", "jane@doe", Transform.SYNTHETIC).text
BIRTHDAYS = ("born on 17 March 1984", "DOB: 12/08/1974")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


def rewritten(text: str, *marks: Mark) -> str:
    kept = {"pii.credit_card": 4, "pii.iban": 4, "pii.ssn": 4, "pii.phone": 2}
    return ENFORCEMENT.rewrite(text, [mark._replace(keep=kept.get(mark.kind, 0)) for mark in marks], Correspondence())


def a_finding(start: int, end: int, kind: str, origin: Origin = Origin.USER, path: str = "/0") -> Finding:
    return Finding(Span(path, start, end), origin, kind, 0.5, "toy")


@pytest.mark.parametrize(
    ("value", "kind", "masked"),
    [
        ("4111 1111-1111 1234", "pii.credit_card", "**** ****-**** 1234"),
        ("DE89 3704 0044 0532 0130 00", "pii.iban", "**** **** **** **** **30 00"),
        ("078-05-1120", "pii.ssn", "***-**-1120"),
        ("+44 20 7946 0958", "pii.phone", "+** ** **** **58".replace("+", "*")),
        ("jane.doe@example.org", "pii.email", "****.***@*******.***"),
        ("10.0.0.1", "pii.ip_address", "**.*.*.*"),
        ("p@ss-w0rd!", "secret.password", "**********"),
        ("-----", "secret.key", "*****"),
        ("two words", "content.bad", "*** *****"),
        ("12", "pii.credit_card", "*2"),
        ("1", "pii.credit_card", "*"),
        (tags("4111"), "pii.credit_card", "****"),
        ("4\u200b1", "pii.phone", "**1"),
    ],
)
def test_a_mask_leaves_what_the_kind_allows(value: str, kind: str, masked: str) -> None:
    assert rewritten(f"so {value}.", Mark(3, 3 + len(value), kind, Transform.MASK)) == f"so {masked}."


@pytest.mark.parametrize(
    ("how", "left"),
    [
        (Transform.MASK, "to ****@***, now"),
        (Transform.SURROGATE, f"to {STAND_IN}, now"),
        (Transform.SYNTHETIC, f"to {MADE_UP}, now"),
        (Transform.DATE_SHIFT, f"to {STAND_IN}, now"),
        (Transform.REPLACE, "to [EMAIL], now"),
        (Transform.REMOVE, "to , now"),
    ],
)
def test_a_value_is_rewritten_as_policy_wants_it(how: Transform, left: str) -> None:
    assert rewritten("to jane@doe, now", Mark(3, 11, "pii.email", how)) == left


def test_a_hash_is_keyed_and_stable() -> None:
    mark = Mark(0, 8, "pii.email", Transform.HASH)
    one = rewritten("jane@doe", mark)
    assert one == rewritten("jane@doe", mark)
    assert one.startswith("[EMAIL#")
    assert one != Enforcement(b"other").rewrite("jane@doe", [mark], Correspondence())
    assert one != rewritten("jane@dof", mark)


def test_what_overlaps_is_rewritten_as_a_whole_by_the_most_thorough_way() -> None:
    marks = [Mark(3, 9, "pii.email", Transform.MASK), Mark(7, 12, "secret.key", Transform.REPLACE)]
    assert rewritten("so abcdefghi it", *marks) == "so [EMAIL] it"
    masks = [Mark(0, 16, "pii.credit_card", Transform.MASK), Mark(10, 16, "secret.key", Transform.MASK)]
    assert rewritten("4111111111111234", *masks) == "*" * 16


MARKS = st.lists(
    st.builds(
        lambda start, length, kind, how: Mark(start, start + length, kind, how),
        st.integers(0, 30),
        st.integers(1, 9),
        st.sampled_from(["pii.email", "pii.credit_card", "secret.key"]),
        st.sampled_from(Transform),
    ),
    min_size=1,
    max_size=4,
)
LONG = "The 4111-1111 of jane@doe: 0123456789."


def leaks(marks: list[Mark]) -> bool:
    """Say whether a character that a mark covers comes through, but where a mask of one kind may leave its end."""
    text = "".join(chr(0x4E00 + index) for index in range(40))
    passed = rewritten(text, *marks)
    covered = {text[index] for mark in marks for index in range(mark.start, mark.end)}
    through = covered & set(passed)
    kept = any(mark.how is Transform.MASK and mark.kind == "pii.credit_card" for mark in marks)
    return bool(through) and not kept


@given(MARKS)
def test_nothing_that_is_marked_comes_through(marks: list[Mark]) -> None:
    assert not leaks(marks)


def test_a_mark_that_is_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcement, "clusters", lambda stretches: [(s, e - 1, [m]) for s, e, m in stretches])
    assert leaks([Mark(3, 9, "pii.email", Transform.REPLACE)])


@given(MARKS)
def test_the_order_of_marks_does_not_matter(marks: list[Mark]) -> None:
    assert len({rewritten(LONG, *order) for order in permutations(marks)}) == 1


def twice(text: str, detectors: tuple[ToyDetector, ...], how: Transform) -> tuple[str, str]:
    """Return what passes of *text*, and what passes of that."""
    letters = tuple(each for each in detectors if all(rule.head.strip().isalpha() for rule in each.rules))
    guard = guard_of(ToyPolicy(owes=redacting(("*", how))), *letters)
    once = guard.inspect(answered(text)).sanitized
    return once, guard.inspect(answered(once)).sanitized


@settings(max_examples=300)
@given(TEXTS.map(str.lower), st.sampled_from(DETECTORS), st.sampled_from([Transform.MASK, Transform.REPLACE]))
def test_rewriting_twice_is_rewriting_once(text: str, detectors: tuple[ToyDetector, ...], how: Transform) -> None:
    # What is taken away may let its neighbour be decoded, or stand by itself, so this holds for what is read as it is
    # written and may have anything beside it.
    tight = tuple(
        ToyDetector(
            tuple(
                rule for rule in each.rules if rule.cased and not rule.before and not rule.after and not rule.boundary
            ),
            each.name,
            readings=frozenset({"folded"}),
        )
        for each in detectors
    )
    once, again = twice(text, tight, how)
    assert once == again


def test_what_is_removed_may_bring_together_what_stood_apart() -> None:
    from tests.guard.toys import Rule

    secret = (ToyDetector((Rule("secret.key", "secret"),)),)
    assert twice("sesecretcret", secret, Transform.REMOVE) == ("secret", "")
    assert twice("sesecretcret", secret, Transform.REPLACE) == ("se[KEY]cret", "se[KEY]cret")


def test_segments_are_rewritten_or_dropped_and_else_left_as_they_are() -> None:
    segments = [Segment(f"/{index}", Origin.USER, "jane@doe writes") for index in range(3)]
    findings = [a_finding(0, 8, "pii.email", path="/1"), a_finding(0, 4, "injection.override", Origin.DOCUMENT, "/2")]
    obligations = [Redact("pii"), Drop("injection", frozenset({"document"}))]
    passing, dropped = ENFORCEMENT.enforce(segments, findings, obligations, Correspondence())
    assert [segment.text for segment in passing] == ["jane@doe writes", "****@*** writes"]
    assert passing[0] is segments[0]
    assert dropped == ("/2",)


def test_a_drop_concerns_its_origins_alone() -> None:
    segments = [Segment("/0", Origin.USER, "words")]
    findings = [a_finding(0, 5, "injection.override")]
    passing, dropped = ENFORCEMENT.enforce(
        segments, findings, [Drop("injection", frozenset({"document"}))], Correspondence()
    )
    assert (passing, dropped) == (tuple(segments), ())


@pytest.mark.parametrize(
    ("kind", "score", "how"),
    [
        ("pii.email", 0.5, Transform.REPLACE),
        ("pii.email", 0.2, Transform.MASK),
        ("pii.phone", 0.5, Transform.MASK),
        ("secret.key", 0.5, None),
    ],
)
def test_the_most_thorough_way_that_is_owed_is_taken(kind: str, score: float, how: Transform | None) -> None:
    redacts = [Redact("pii"), Redact("pii.email", Transform.REPLACE, 0.5), Redact("secret", Transform.REMOVE, 0.6)]
    mark = marked(replace(a_finding(0, 4, kind), score=score), redacts)
    assert (mark.how if mark else None) is how


@pytest.mark.parametrize(
    ("origins", "concerned"), [((), True), (("user",), True), (("model", "user"), True), (("model",), False)]
)
def test_texts_of_other_origins_are_left_alone(origins: tuple[str, ...], *, concerned: bool) -> None:
    mark = marked(a_finding(0, 4, "pii.email", Origin.USER), [Redact("pii", origins=frozenset(origins))])
    assert bool(mark) is concerned


@pytest.mark.parametrize(
    ("kind", "keeps", "keep"),
    [
        ("pii.credit_card", (None,), 4),
        ("pii.credit_card", (6,), 6),
        ("pii.credit_card", (6, None), 4),
        ("pii.credit_card", (3, None, 6), 3),
        ("pii.email", (3,), 3),
        ("pii.email", (3, None), 0),
    ],
)
def test_a_mask_leaves_no_more_than_everybody_allows(kind: str, keeps: tuple[int | None, ...], keep: int) -> None:
    mark = marked(a_finding(0, 4, kind), [Redact("pii", keep=each) for each in keeps])
    assert mark is not None
    assert mark.keep == keep


def test_what_only_a_milder_way_would_leave_does_not_count() -> None:
    mark = marked(a_finding(0, 4, "pii.email"), [Redact("pii", Transform.DATE_SHIFT, keep=0), Redact("pii", keep=3)])
    assert mark == Mark(0, 4, "pii.email", Transform.MASK, 3)


def test_obligations_concern_families() -> None:
    assert owed([Redact("pii.email"), Drop("injection"), Cap("max_tokens", 5), Notify("warning")]) == {
        "pii",
        "injection",
    }
    assert owed([Redact("*")]) == set(FAMILIES)
    assert owed([]) == set()


def decided(*obligations: Obligation) -> Decision:
    return Decision(allowed=True, effect=Effect.SANITIZE, obligations=obligations)


@pytest.mark.parametrize(
    ("obligation", "allowed"),
    [
        (Route(frozenset()), False),
        (Route(frozenset({"small"})), True),
        (Approve(), False),
        (Drop("content"), False),
        (Drop("content", frozenset({"model"})), False),
        (Drop("content", frozenset({"document"})), True),
        (Drop("pii"), True),
        (Redact("content"), True),
        (Cap("max_tokens", 5), True),
        (Notify("warning"), True),
    ],
)
def test_what_nobody_can_carry_out_denies(obligation: Obligation, allowed: bool) -> None:
    decision = enforceable(decided(obligation), [a_finding(0, 4, "content.bad", Origin.MODEL)])
    assert decision.allowed is allowed
    assert decision.effect is (Effect.SANITIZE if allowed else Effect.DENY)
    assert bool(decision.reason) is not allowed
    assert allowed or decision.obligations == ()


@pytest.mark.parametrize(
    ("obligation", "allowed"),
    [(Redact("pii.email"), False), (Redact("*"), False), (Drop("pii"), False), (Redact("secret"), True)],
)
def test_what_could_not_be_looked_for_denies(obligation: Obligation, allowed: bool) -> None:
    assert enforceable(decided(obligation), (), lambda family: family == "pii").allowed is allowed


def test_a_denial_stays_as_it_is() -> None:
    denial = Decision(allowed=False, effect=Effect.DENY, obligations=(Approve(),))
    assert enforceable(denial) is denial


IDEMPOTENT = [how for how in Transform if how is not Transform.REMOVE]


def redacted_twice(how: Transform, text: str, *, whole: bool) -> tuple[str, str]:
    """Redact all values in *text* with what is shipped, twice; in one conversation, or as *whole* ones."""
    owes = redacting(("pii", how), ("secret", how))
    detection, enforcement = guard_of(ToyPolicy(owes=owes), *detectors()).detection, Enforcement(b"key")
    shared, passes = Correspondence(), []
    for _ in range(2):
        look = Look(detection, (Segment("", Origin.USER, text),))
        look.look_for(frozenset({"pii", "secret"}))
        shared = Correspondence() if whole else shared
        (segment,), _ = enforcement.enforce(look.segments, look.findings, [owed for _, owed in owes], shared)
        passes.append(text := segment.text)
    return passes[0], passes[1]


EXAMPLES = sorted({each for value in VALUES for each in (value, f"so {value}, and {VALUES[0]}.")} | {*BIRTHDAYS})


@pytest.mark.parametrize("how", IDEMPOTENT)
def test_what_is_shipped_finds_nothing_new_in_what_was_redacted(how: Transform) -> None:
    for text in EXAMPLES:
        once, again = redacted_twice(how, text, whole=False)
        assert once == again
        if text not in BIRTHDAYS or how not in {Transform.DATE_SHIFT, Transform.SYNTHETIC}:
            once, again = redacted_twice(how, text, whole=True)
            assert once == again


@pytest.mark.parametrize(
    ("where", "name", "broken", "how"),
    [
        (Enforcement, "_transformed", lambda *_: "api_key=9f86d081884c7d659a2feaa0c55ad015", Transform.HASH),
        (enforcement, "_masked", lambda value, *_: f"x{value}", Transform.MASK),
        (Pseudonyms, "_placeholder", lambda _, kind, value: StandIn(f"{value}x", Transform.SURROGATE, kind, value), Transform.SURROGATE),
        (pseudonyms, "made_up", lambda kind, value, number: value.replace("jane", "janet"), Transform.SYNTHETIC),
    ],
)  # fmt: skip
def test_a_transform_whose_traces_are_found_again_is_noticed(
    where: object, name: str, broken: object, how: Transform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, broken)  # type: ignore[arg-type]
    assert any(len({*redacted_twice(how, text, whole=True)}) == 2 for text in EXAMPLES)
