"""The texts of a streamed answer, each guarded on its own."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.guard.toys import Broken, ToyDetector, ToyPolicy, guard_of
from tests.services.staged import CURSE, GUARD, SECRET, StagedJournal, asked
from yett.dialects.openai_chat_stream import ChatStream, Event
from yett.guard.guard import Guard
from yett.model.decision import Effect
from yett.services.lanes import Lanes
from yett.services.snapshots import Limits
from yett.services.stopwatch import Deadlines


def begun(guard: Guard = GUARD) -> tuple[Lanes, ChatStream]:
    stream = ChatStream("req_1", "told")
    return Lanes(asked(StagedJournal(), guard), stream), stream


def deltas(stream: ChatStream, delta: dict[str, Any]) -> dict[str, bool]:
    """Read a chunk; return its lanes, and whether each waits for its whole text."""
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    event = stream.read(json.dumps(chunk))
    assert isinstance(event, Event)
    return {delta.lane: delta.whole for delta in event.deltas}


def content(stream: ChatStream) -> str:
    (name,) = deltas(stream, {"content": "x"})
    return name


def arguments(stream: ChatStream) -> str:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "x"}}
    names = deltas(stream, {"tool_calls": [call]})
    (name,) = [name for name, whole in names.items() if whole]
    return name


async def test_an_open_lane_releases_what_has_settled() -> None:
    lanes, stream = begun()
    lane = lanes.at(content(stream), whole=False)
    assert lane.inspected() is None
    assert (await lane.feed("All is well, key-12")).text == "All is well, "
    assert (await lane.feed("34 yes ")).text == "[TOY] yes "
    assert (await lane.feed("damn ")).text == ""
    assert (await lane.finish()).stopped
    inspected = lane.inspected()
    assert inspected
    assert not inspected.verdict.allowed
    (receipt,) = inspected.verdict.coverage
    assert receipt.path == "/choices/0/message/content"
    assert set(receipt.read_by) == {"secrets", "curses"}


async def test_a_whole_lane_releases_nothing_before_its_end() -> None:
    lanes, stream = begun()
    lane = lanes.at(arguments(stream), whole=True)
    for piece in ('{"a": "key-1', '234", "b"', ": 1}"):
        release = await lane.feed(piece)
        assert (release.text, release.stopped) == ("", False)
    assert lane.inspected() is None
    assert json.loads((await lane.finish()).text) == {"a": "[TOY]", "b": 1}
    inspected = lane.inspected()
    assert inspected
    assert inspected.verdict.effect is Effect.SANITIZE


@pytest.mark.parametrize(
    "text", ['{"a": "damn"}', '{"damn": 1}', '{"a": {"b": ["damn"]}}', "damn", '{"a": "dam\\u006e"}']
)
async def test_arguments_with_a_curse_anywhere_are_not_released(text: str) -> None:
    lanes, stream = begun()
    lane = lanes.at(arguments(stream), whole=True)
    await lane.feed(text)
    release = await lane.finish()
    assert (release.text, release.stopped) == ("", True)


async def test_a_whole_lane_without_text_says_nothing() -> None:
    lanes, stream = begun()
    lane = lanes.at(arguments(stream), whole=True)
    assert ((await lane.finish()).text, lane.inspected()) == ("", None)


@pytest.mark.parametrize(
    "policy",
    [
        ToyPolicy(rising=False, fields=frozenset({"content.found"})),
        ToyPolicy(fields=frozenset({"response.length"})),
        ToyPolicy(fields=frozenset({"risk.score"})),
    ],
)
async def test_where_policy_asks_about_whole_answers_every_lane_waits(policy: ToyPolicy) -> None:
    lanes, stream = begun(guard_of(policy, SECRET, CURSE))
    lane = lanes.at(content(stream), whole=False)
    assert (await lane.feed("All is well. ")).text == ""
    assert (await lane.finish()).text == "All is well. "


def test_each_lane_is_itself_and_is_closed_once() -> None:
    lanes, stream = begun()
    first = content(stream)
    (second,) = deltas(stream, {"refusal": "y"})
    assert lanes.at(first, whole=False) is lanes.at(first, whole=False)
    assert lanes.at(first, whole=False) is not lanes.at(second, whole=False)
    assert lanes.names() == (first, second)
    lane = lanes.close(first)
    assert lane is not None
    assert lanes.close(first) is None
    assert lanes.names() == (second,)


async def test_the_summary_is_the_strictest_with_all_findings_and_receipts() -> None:
    lanes, stream = begun()
    assert lanes.summary() is None
    first = content(stream)
    (second,) = deltas(stream, {"refusal": "y"})
    await lanes.at(first, whole=False).feed("key-1234 and more ")
    closed = lanes.close(first)
    assert closed
    await closed.finish()
    before = lanes.summary()
    assert before
    assert before.verdict.effect is Effect.SANITIZE
    await lanes.at(second, whole=False).feed("a damn b ")
    summary = lanes.summary()
    assert summary
    assert not summary.verdict.allowed
    assert {finding.kind for finding in summary.verdict.findings} == {"secret.toy", "content.curse"}
    assert {receipt.path for receipt in summary.verdict.coverage} == {
        "/choices/0/message/content",
        "/choices/0/message/refusal",
    }


async def test_a_detector_that_fails_is_not_named_among_those_that_read() -> None:
    guard = guard_of(ToyPolicy(fields=frozenset({"pii.found"})), CURSE, Broken())
    lanes, stream = begun(guard)
    lane = lanes.at(content(stream), whole=False)
    await lane.feed("All is well. ")
    await lane.finish()
    inspected = lane.inspected()
    assert inspected
    (receipt,) = inspected.verdict.coverage
    assert (receipt.read_by, receipt.failed) == (("curses",), ("broken",))


async def test_what_there_was_no_time_for_is_called_read_by_nobody() -> None:
    guard = guard_of(ToyPolicy(fields=frozenset({"pii.found"})), CURSE, ToyDetector((), "dear", cost=2))
    told = asked(StagedJournal(), guard)
    stream = ChatStream("req_1", "told")
    lanes = Lanes(replace(told, snapshot=replace(told.snapshot, limits=Limits(deadlines=Deadlines(0.0)))), stream)
    lane = lanes.at(content(stream), whole=False)
    assert (await lane.feed("All is well. ")).text == "All is well. "
    inspected = lane.inspected()
    assert inspected
    (receipt,) = inspected.verdict.coverage
    assert (receipt.read_by, receipt.failed) == ((), ("curses", "dear", "stream"))
