"""The decision point."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.samples import counterexample
from tests.services.policies import COSTLY, DOCUMENTS, FREE, deciding_by
from tests.services.staged import StagedAuthority, StagedClock
from yett.model.decision import Effect
from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.services import deciding as module
from yett.services.deciding import Answer, Deciding, Question
from yett.services.inspection import Inspection
from yett.services.snapshots import Limits, Snapshot, Snapshots
from yett.services.stopwatch import Deadlines

DATE = {"date": 19700101, "hour": 0}
LATE = 22 * 3600.0
LONG = "word " * 10_000


@asynccontextmanager
async def deciding(snapshot: Snapshot | None = None, now: float = 0.0) -> AsyncIterator[Deciding]:
    inspection = Inspection()
    try:
        yield Deciding(Snapshots(snapshot or deciding_by()), StagedClock(now), inspection)
    finally:
        inspection.close()


async def answered(context: Mapping[str, object], now: float = 0.0, **asked: Any) -> Answer:
    async with deciding(now=now) as point:
        return await point.answer(Question(context, **asked))


@pytest.mark.parametrize(
    ("context", "asked", "effect", "rules"),
    [
        (COSTLY, {"policies": ("cost-limit",)}, "deny", ["expensive"]),
        (FREE, {"policies": ("cost-limit",)}, "deny", ["expensive"]),
        ({"team": {"tier": "pro"}}, {"policies": ("cost-limit",)}, "allow", []),
        (COSTLY, {"namespace": "default", "texts": (Segment("/texts/0", Origin.USER, "Hi"),)}, "allow", []),
        ({"llm": {"prompt": "key-1234"}}, {"policies": ("keys",)}, "deny", ["no-keys"]),
        ({"llm": {"prompt": "damn"}}, {"policies": ("keys",)}, "warn", ["polite"]),
        ({"llm": {"prompt": "Hi"}}, {"policies": ("keys",)}, "allow", []),
        ({}, {"policies": ("keys",)}, "deny", ["no-keys", "polite"]),
        ({"response": {"text": "key-1234"}}, {"policies": ("keys",)}, "deny", ["no-keys"]),
        ({"response": {"text": "Hi"}, "llm": {"prompt": "key-1234"}}, {"policies": ("keys",)}, "allow", []),
        ({"response": {"text": "Hi"}}, {"policies": ("keys",), "stage": Stage.REQUEST}, "deny", ["no-keys", "polite"]),
        ({"llm": {"prompt": "open sesame"}}, {}, "deny", ["expensive", "magic"]),
        ({"llm": {"prompt": "x" * 30_000 + "key-1234"}}, {"policies": ("keys",)}, "deny", ["no-keys"]),
        ({"llm": {"prompt": LONG}}, {"policies": ("keys", "words")}, "allow", []),
        (
            {"llm": {"prompt": LONG, "model": "known", "maxTokens": 1}, **FREE},
            {"policies": ("cost-limit",)},
            "deny",
            ["expensive"],
        ),
        (
            {"llm": {"prompt": "Hi", "model": "known", "maxTokens": 1}, **FREE},
            {"policies": ("cost-limit",)},
            "allow",
            [],
        ),
    ],
)
async def test_a_question_is_decided(
    context: Mapping[str, object], asked: dict[str, Any], effect: str, rules: list[str]
) -> None:
    answer = await answered(context, **asked)
    assert (answer.decision.effect, [reason.rule for reason in answer.decision.reasons]) == (effect, rules)


async def test_what_was_found_out_is_told() -> None:
    context = {"llm": {"prompt": "Hi", "model": "known", "maxTokens": 2}, **FREE}
    assert (await answered(context, policies=("cost-limit",))).facts == {"llm.estimatedCost": 0.009}
    assert (await answered(COSTLY, policies=("cost-limit",))).facts == {}


@pytest.mark.parametrize(("now", "effect"), [(LATE - 1, "allow"), (LATE, "warn")])
@pytest.mark.parametrize("prompt", ["Hi", LONG])
async def test_it_is_the_clock_that_says_what_time_it_is(now: float, effect: str, prompt: str) -> None:
    assert (await answered({"llm": {"prompt": prompt}}, now, policies=("words",))).decision.effect == effect
    stated = {"llm": {"prompt": prompt}, "request": {"hour": 23}}
    assert (await answered(stated, now, policies=("words",))).decision.effect == "warn"


async def test_long_texts_are_not_read_at_once() -> None:
    async with deciding() as point:
        assert point.at_once(Question({"llm": {"prompt": LONG}}, policies=("keys",))) is None
        assert point.at_once(Question({"llm": {"prompt": "Hi"}}, policies=("keys",))) is not None
        assert point.at_once(Question({"llm": {"prompt": LONG}}, policies=("words",))) is not None


async def test_what_a_dear_detector_reads_is_not_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = deciding_by()
    monkeypatch.setattr(snapshot.guard, "dear", frozenset(Origin))
    async with deciding(snapshot) as point:
        assert point.at_once(Question({"llm": {"prompt": "Hi"}}, policies=("keys",))) is None
        assert point.at_once(Question({"llm": {"prompt": "Hi"}}, policies=("words",))) is not None


async def test_what_takes_too_long_to_read_is_unavailable_which_denies() -> None:
    async with deciding(replace(deciding_by(), limits=Limits(deadlines=Deadlines(0.0)))) as point:
        question = Question({"llm": {"prompt": LONG}}, policies=("keys",))
        decision = (await point.answer(question)).decision
        assert not decision.allowed
        assert decision.reasons[0].unknown == ("secrets.found",)
        with pytest.raises(CallerError, match="too long"):
            await point.explain(question)
    await asyncio.sleep(0)


async def test_a_policy_that_is_not_there_is_the_callers_mistake() -> None:
    with pytest.raises(CallerError, match="did you mean `words`"):
        await answered({}, policies=("word",))


async def test_an_explanation_shows_every_rule_and_what_was_found_out() -> None:
    async with deciding() as point:
        told = await point.explain(Question({"llm": {"prompt": "key-1234"}}, policies=("keys",)))
        assert not told.decision.allowed
        assert [(rule.rule, rule.matched, rule.tree.fact) for rule in told.rules] == [
            ("no-keys", True, True),
            ("polite", False, 0),
        ]
        assert [change.field for change in told.what_if] == ["secrets.found"]
        stated = await point.explain(Question(COSTLY, policies=("cost-limit",)))
        assert stated.decision.effect is Effect.DENY


VALUES = st.sampled_from([None, 0, 1, 1.0, 1.5, 2.5, True, "free", "pro", "open sesame", [], ["free"], {}])
CONTEXTS = st.dictionaries(
    st.sampled_from(["llm", "team", "request", "secrets", "content", "response", "other"]),
    st.dictionaries(st.sampled_from(["estimatedCost", "tier", "hour", "date", "found", "model"]), VALUES) | VALUES,
)
ENGINE = PolicyEngine(DOCUMENTS)
POINT = Deciding(Snapshots(deciding_by()), StagedClock(), Inspection())


def told_apart(point: Deciding, context: dict[str, Any], stage: Stage) -> bool:
    """Say whether *point* decides about *context* otherwise than the library, which is told what time it is."""
    stated = context.get("request", {})
    if isinstance(stated, dict):
        context = {**context, "request": {"date": 20260101, "hour": 12, **stated}}
    answer = point.at_once(Question(context, stage))
    assert answer is not None
    return answer.decision != ENGINE.evaluate(context, stage)


@given(CONTEXTS, st.sampled_from(list(Stage)))
def test_where_everything_is_stated_it_answers_as_the_library_does(context: dict[str, Any], stage: Stage) -> None:
    assert not told_apart(POINT, context, stage)


def test_a_point_that_forgets_a_policy_is_caught() -> None:
    forgetful = Deciding(Snapshots(deciding_by(documents=2)), StagedClock(), Inspection())
    counterexample(CONTEXTS, lambda context: told_apart(forgetful, context, Stage.REQUEST))


@pytest.mark.parametrize("asked", [{}, {"policies": ("words",)}, {"namespace": "default"}, {"explain": True}])
@pytest.mark.parametrize("prompt", ["Hi", LONG])
async def test_what_another_policy_engine_denies_is_denied_however_it_is_asked(
    prompt: str, asked: dict[str, Any]
) -> None:
    authorities = (StagedAuthority(), StagedAuthority(allows=False))
    async with deciding(replace(deciding_by(), authorities=authorities)) as point:
        question = Question({"llm": {"prompt": prompt, "estimatedCost": 0}}, **asked)
        answer, explanation = await point.answer(question), await point.explain(question)
        assert point.at_once(question) is None
    assert (answer.decision.allowed, answer.decision.reason, explanation.decision) == (
        False,
        "because",
        answer.decision,
    )
    if answer.explanation:
        assert answer.explanation.decision == answer.decision
    assert (
        authorities[1].asked
        == [
            {"tenant": "", "model": "", "stage": "request", "llm": {"estimatedCost": 0}, "request": DATE},
        ]
        * 2
    )


async def test_what_it_consents_to_is_answered_as_without_it_and_what_is_denied_here_it_is_not_asked() -> None:
    authority = StagedAuthority()
    async with deciding(replace(deciding_by(), authorities=(authority,))) as point, deciding() as alone:
        for context in (
            FREE,
            COSTLY,
            {"llm": {"prompt": "damn"}},
            {"llm": {"prompt": "key-1234"}},
            {"llm": {"prompt": LONG}},
        ):
            question, asked = Question(context), len(authority.asked)
            answer = await point.answer(question)
            assert answer.decision == (await alone.answer(question)).decision
            assert len(authority.asked) == asked + answer.decision.allowed
            assert (await point.explain(question)).decision == answer.decision


LATE_POINT = Deciding(Snapshots(deciding_by()), StagedClock(LATE), Inspection())


def told_apart_together(
    contexts: list[dict[str, Any]], mutant: Callable[[], AbstractContextManager[object]] = nullcontext
) -> bool:
    """Say whether the point decides about *contexts* together, with a *mutant* in place, otherwise than about each alone."""
    alone = [LATE_POINT.at_once(Question(context)) for context in contexts]
    with mutant():
        together, alike = LATE_POINT.together(contexts), LATE_POINT.alike(contexts) if contexts else None
    if alike is not None and list(alike.decisions) != together:
        return True
    pairs = zip(together, alone, strict=True)
    return not all(each is None or (told and (each, {}) == (told.decision, told.facts)) for each, told in pairs)


@given(st.lists(CONTEXTS | st.sampled_from([FREE, COSTLY, {"llm": {"prompt": "key-1234"}}]), max_size=5))
def test_contexts_are_decided_about_together_as_each_alone(contexts: list[dict[str, Any]]) -> None:
    assert not told_apart_together(contexts)


@pytest.mark.parametrize(
    ("name", "mutant"), [("dated", lambda context, _now: context), ("tells", lambda _context: False)]
)
def test_a_short_cut_that_leaves_something_out_is_caught(name: str, mutant: object) -> None:
    stated = {"llm": {"estimatedCost": 0}, "secrets": {"found": False}, "content": {"user": {"count": 0}}}
    contexts = [stated, {"llm": {"prompt": "Hi"}}]
    assert not told_apart_together(contexts)
    assert told_apart_together(contexts, lambda: mock.patch.object(module, name, mutant))


async def test_what_another_policy_engine_must_consent_to_is_not_decided_together() -> None:
    async with deciding(replace(deciding_by(), authorities=(StagedAuthority(),))) as point:
        assert point.together([FREE, COSTLY]) == [None, None]
        assert point.alike([FREE, COSTLY]) is None


async def test_what_is_tried_out_decides_about_those_whom_a_question_names() -> None:
    tried = replace(deciding_by(documents=0), releases=("tried",))
    wide = replace(deciding_by(), canaries=((50, tried),))
    contexts = [{**COSTLY, "user": {"id": f"u{number}"}} for number in range(40)]
    expected = [wide.answering(context) is tried for context in contexts]
    assert set(expected) == {True, False}
    async with deciding(wide) as point:
        asked = [Question(context) for context in contexts]
        assert [answer.decision.allowed for answer in await point.several(asked)] == expected
        assert [(await point.answer(each)).decision.allowed for each in asked] == expected
        assert [(await point.explain(each)).decision.allowed for each in asked] == expected
        turns = [each async for each in point.in_turns(contexts)]
        assert [answer.decision.allowed for turn in turns for answer in turn] == expected  # type: ignore[union-attr]
        assert not (await point.answer(Question(COSTLY))).decision.allowed
