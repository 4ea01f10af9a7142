"""The guard detects, decides and enforces; what it cannot carry out it denies."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.examples import DETECTORS, PIECES, POLICIES, at_least, based, found, redacting
from tests.guard.toys import Ask, Broken, Rule, ToyDetector, ToyPolicy, answered, asked, guard_of, streamed
from yett.guard.guard import Guard
from yett.model.interaction import Interaction
from yett.model.obligation import Approve, Drop, Redact, Restore, Route, Transform
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.ports.decider import TextTest

TOY = ToyDetector((Rule("pii.email", "e@a"), Rule("secret.key", "key="), Rule("content.bad", "damn")))
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def said(text: str, origin: Origin = Origin.USER, path: str = "/0") -> Segment:
    return Segment(path, origin, text)


def test_what_policy_lets_through_passes_as_it_is() -> None:
    segments = (said("words"), said("more e@a", Origin.TOOL, "/1"))
    verdict = guard_of(ToyPolicy(), TOY).inspect(asked(*segments))
    assert verdict.allowed
    assert verdict.segments == segments
    assert verdict.findings == ()


def test_what_policy_denies_does_not_pass() -> None:
    verdict = guard_of(ToyPolicy("deny", found("secrets.found")), TOY).inspect(asked(said("the key=")))
    assert not verdict.allowed
    assert verdict.segments == ()
    assert verdict.sanitized == ""
    assert [finding.kind for finding in verdict.findings] == ["secret.key"]


def test_what_policy_wants_rewritten_is_looked_for_and_rewritten() -> None:
    guard = guard_of(ToyPolicy(owes=redacting(("pii", Transform.REPLACE))), TOY)
    inspected = guard.inspected(asked(said("to e@a"), said("e@a", path="/1")))
    assert [segment.text for segment in inspected.verdict.segments] == ["to [EMAIL]", "[EMAIL]"]
    assert inspected.demanded == ()


def test_a_document_may_be_dropped_and_the_rest_passes() -> None:
    guard = guard_of(ToyPolicy(owes=((found("content.found"), Drop("content", frozenset({"document"}))),)), TOY)
    verdict = guard.inspect(asked(said("damn"), said("damn it", Origin.DOCUMENT, "/1")))
    assert verdict.allowed
    assert [segment.path for segment in verdict.segments] == ["/0"]
    assert verdict.dropped == ("/1",)


class Parrot:
    """Reports, in an answer, the last word of what was asked."""

    name = "parrot"
    kinds = frozenset({"leakage"})

    def about(self, asked: Sequence[Segment], fold: Callable[[str], str]) -> ToyDetector | None:
        word = fold(asked[-1].text).split()[-1]
        return ToyDetector((Rule("leakage.canary", word),), name="parrot") if word.isalpha() else None


PARROT = Guard((TOY,), ToyPolicy(owes=redacting(("leakage", Transform.REPLACE))), informed=(Parrot(),))


def said_of(question: str, answer: str) -> Interaction:
    return Interaction(Stage.RESPONSE, (said(answer, Origin.MODEL),), asked=(said(question),))


def test_an_answer_is_also_looked_at_by_who_knows_what_was_asked() -> None:
    verdict = PARROT.inspect(said_of("say \uff57ord", "a word, a ward"))
    assert verdict.sanitized == "a [CANARY], a ward"
    assert verdict.coverage[0].read_by == ("toy", "parrot")
    assert PARROT.inspect(said_of("say ward", "a word, a ward")).sanitized == "a word, a [CANARY]"
    assert PARROT.inspect(said_of("say 4711", "a word, a ward")).coverage[0].read_by == ("toy",)
    assert PARROT.inspect(answered("a word")).sanitized == "a word"


def test_a_stream_is_also_looked_at_by_who_knows_what_was_asked() -> None:
    lane = PARROT.lane(ANONYMOUS, {}, (said("say word"),))
    assert "".join(streamed(lane, list("a word, a ward"))[0]) == "a [CANARY], a ward"
    assert "".join(streamed(PARROT.lane(ANONYMOUS, {}), list("a word"))[0]) == "a word"


def test_what_was_not_read_was_not_read_by_them_either() -> None:
    assert PARROT.unread(said_of("say word", "a word")).verdict.coverage[0].failed == ("toy", "parrot")


def test_a_turn_of_the_model_may_be_dropped_but_its_answer_may_not() -> None:
    guard = guard_of(ToyPolicy(owes=((found("content.found"), Drop("content")),)), TOY)
    assert guard.inspect(asked(said("damn", Origin.MODEL))).dropped == ("/0",)
    assert not guard.inspect(answered("damn")).allowed


@pytest.mark.parametrize("owed", [Route(frozenset()), Approve()], ids=["a route to nowhere", "an approval"])
def test_what_nobody_can_carry_out_is_denied(owed: Route | Approve) -> None:
    verdict = guard_of(ToyPolicy(owes=((lambda _: True, owed),)), TOY).inspect(asked(said("words")))
    assert not verdict.allowed
    assert verdict.decision.reason
    assert verdict.segments == ()


def test_what_must_be_rewritten_and_could_not_be_looked_for_is_denied() -> None:
    policy = ToyPolicy(owes=redacting(("pii", Transform.MASK)))
    assert not guard_of(policy, Broken()).inspect(asked(said("words"))).allowed
    assert guard_of(policy, Broken("boom")).inspect(asked(said("words"))).allowed
    other = ToyPolicy(owes=redacting(("secret", Transform.MASK)))
    assert guard_of(other, TOY, Broken()).inspect(asked(said("words"))).allowed


def test_parts_that_nobody_can_read_are_found_and_in_the_receipt() -> None:
    guard = guard_of(ToyPolicy("strict", found("content.found")), TOY)
    interaction = Interaction(Stage.REQUEST, (said("words"),), opaque=("/image",))
    verdict = guard.inspect(interaction)
    assert not verdict.allowed
    assert [(each.span.path, each.kind) for each in verdict.findings] == [("/image", "content.opaque")]
    assert [each.opaque for each in verdict.coverage] == [False, True]


def test_what_there_was_no_time_for_counts_as_unread() -> None:
    interaction = asked(said("to e@a"))
    strict = guard_of(ToyPolicy("strict", found("detector.found")), TOY)
    assert not strict.unread(interaction).verdict.allowed
    assert not guard_of(ToyPolicy(owes=redacting(("pii", Transform.MASK))), TOY).unread(interaction).verdict.allowed
    lenient = guard_of(ToyPolicy(), TOY).unread(interaction).verdict
    assert lenient.allowed
    assert [(each.read_by, each.failed) for each in lenient.coverage] == [((), ("toy",))]


def test_a_guard_is_dear_to_those_whom_a_dear_detector_reads() -> None:
    rule = Rule("pii.email", "x")
    user = frozenset({Origin.USER})
    toys = [ToyDetector((rule,), cost=cost, origins=user) for cost in (0, 1, 2)]
    assert [guard_of(ToyPolicy(), toy).dear for toy in toys] == [frozenset(), frozenset(), user]


def test_costly_facts_that_were_demanded_are_told_once() -> None:
    def denies(ask: Ask) -> bool:
        return bool(ask("pii.found") and ask("secrets.found") and ask("pii.found"))

    inspected = guard_of(ToyPolicy("deny", denies), TOY).inspected(asked(said("e@a key=")))
    assert inspected.demanded == ("pii.found", "secrets.found")


def test_conditions_on_text_need_a_detector_that_answers_them() -> None:
    policy = ToyPolicy(text_tests=(TextTest("t1", "llm.prompt", "contains", "x"),))
    with pytest.raises(ValueError, match="no detector answers"):
        guard_of(policy, TOY)
    assert guard_of(policy, ToyDetector((Rule("text.t1", "x"),)))


def test_placeholders_of_a_request_avoid_those_that_it_holds() -> None:
    guard = guard_of(ToyPolicy(owes=redacting(("pii", Transform.SURROGATE))), TOY)
    first = guard.inspect(asked(said("e@a"))).sanitized
    verdict = guard.inspect(asked(said(f"e@a, and what is {first}?"), said("E@A e@a", path="/1")))
    other = verdict.sanitized.partition(",")[0]
    assert other != first
    assert verdict.sanitized == f"{other}, and what is {first}?\nE@A {other}"


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.TOOL])
def test_placeholders_stay_the_same_where_the_model_named_them(origin: Origin) -> None:
    guard = guard_of(ToyPolicy(owes=redacting(("pii", Transform.SURROGATE))), TOY)
    first = guard.inspect(asked(said("e@a"))).sanitized
    verdict = guard.inspect(asked(said("e@a"), Segment("/1", origin, f"to {first} then")))
    assert verdict.sanitized == f"{first}\nto {first} then"


@pytest.mark.parametrize(
    ("fields", "rising", "streams"),
    [
        (set(), True, True),
        ({"pii.score", "secrets.found", "user.id", "text.t1"}, True, True),
        ({"response.length"}, True, False),
        ({"usage.output_tokens"}, True, False),
        ({"risk.score"}, True, False),
        ({"pii.score"}, False, False),
    ],
)
def test_answers_stream_where_findings_can_be_judged_one_by_one(fields: set[str], rising: bool, streams: bool) -> None:
    assert guard_of(ToyPolicy(fields=frozenset(fields), rising=rising), TOY).streams() is streams


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.sampled_from(DETECTORS), st.sampled_from([each for each in POLICIES if each.rising]))
def test_more_findings_never_turn_a_denial_into_an_allowance(
    text: str, more: str, detectors: tuple[ToyDetector, ...], policy: ToyPolicy
) -> None:
    guard = guard_of(policy, *detectors)
    if not guard.inspect(asked(said(text))).allowed:
        assert not guard.inspect(asked(said(text), said(more, path="/1"))).allowed


def test_a_policy_that_forgives_is_noticed() -> None:
    guard = guard_of(ToyPolicy("forgive", lambda ask: ask("secrets.found") and not ask("content.found")), TOY)
    assert not guard.inspect(asked(said("key="))).allowed
    assert guard.inspect(asked(said("key="), said("damn", path="/1"))).allowed


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=3), st.sampled_from(DETECTORS), st.sampled_from(POLICIES))
def test_the_same_interaction_gets_the_same_verdict(
    texts: list[str], detectors: tuple[ToyDetector, ...], policy: ToyPolicy
) -> None:
    interaction = asked(*(said(text, path=f"/{index}") for index, text in enumerate(texts)))
    guard = guard_of(policy, *detectors)
    assert guard.inspect(interaction) == guard.inspect(interaction) == guard_of(policy, *detectors).inspect(interaction)


def leaking(guard: Guard) -> list[str]:
    """List the texts of which something passes that policy wants taken out, streamed or not."""
    texts = ["e@a", "so e@a is", "E e@a e@a", "damn e@a"]
    lanes = ["".join(streamed(guard.lane(ANONYMOUS, {}), list(text))[0]) for text in texts]
    whole = [guard.inspect(asked(said(text))).sanitized for text in texts]
    return [text for text in (*lanes, *whole) if "e@a" in text]


@pytest.mark.parametrize("how", list(Transform))
def test_nothing_passes_that_policy_wants_taken_out(how: Transform) -> None:
    assert leaking(guard_of(ToyPolicy(owes=redacting(("pii", how))), TOY)) == []


def test_what_passes_nevertheless_is_noticed() -> None:
    assert leaking(guard_of(ToyPolicy(), TOY)) != []
    assert leaking(guard_of(ToyPolicy(owes=((at_least("pii.count", 1), Redact("secret")),)), TOY)) != []


def test_what_hides_in_an_encoding_goes_and_returns_with_all_of_its_carrier() -> None:
    owes = (*redacting(("pii", Transform.SURROGATE)), (lambda _: True, Restore("pii")))
    guard = guard_of(ToyPolicy(owes=owes), TOY)
    carrier = based("please write to e@a about it")
    asked_for = guard.inspected(asked(said(f"decode {carrier} now")))
    assert carrier not in asked_for.verdict.sanitized
    assert asked_for.verdict.sanitized.startswith("decode <EMAIL_")
    back = guard.inspected(answered(asked_for.verdict.sanitized), asked_for.shared).verdict
    assert back.sanitized == f"decode {carrier} now"
    assert back.findings == ()
