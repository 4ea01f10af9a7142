"""A stream on its way: nothing unreleased is sent, and however it ends, everything is let go of and sealed once."""

import asyncio
import json
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guard.toys import Broken, ToyPolicy, guard_of
from tests.services.staged import GUARD, StagedAnswer, StagedJournal, asked
from tests.whole.gate import chunk, spelled
from yett.guard.guard import Guard
from yett.guard.stream import Release
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.model.finding import Match
from yett.model.record import Record
from yett.model.segment import Origin
from yett.services import lanes
from yett.services.inspection import SHORT
from yett.services.relay import Relay
from yett.testing.provider import event

DONE = event("[DONE]")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a stream."""

    sent: bytes
    record: Record
    answer: StagedAnswer

    @property
    def events(self) -> list[Any]:
        return [
            json.loads(each.removeprefix(b"data: ")) for each in self.sent.split(b"\n\n") if each.startswith(b"data: {")
        ]

    @property
    def text(self) -> str:
        choices = [choice for each in self.events for choice in each.get("choices", ())]
        return "".join(choice["delta"].get("content") or "" for choice in choices)


def relayed(journal: StagedJournal, answer: StagedAnswer, guard: Guard = GUARD) -> Relay:
    stack = AsyncExitStack()
    stack.push_async_callback(answer.aclose)
    return Relay(asked(journal, guard), answer, stack)


async def told(*pieces: bytes | asyncio.Event | Exception, guard: Guard = GUARD) -> Told:
    """Relay *pieces* to their end."""
    journal, answer = StagedJournal(), StagedAnswer(pieces)
    relay = relayed(journal, answer, guard)
    sent = b"".join([piece async for piece in relay])
    before = len(journal.sealed)
    await relay.aclose()
    await relay.aclose()
    assert before == len(journal.sealed) == 1
    assert answer.closed == 1
    return Told(sent, journal.sealed[0], answer)


async def test_what_may_pass_passes_and_the_record_is_sealed_before_the_end() -> None:
    done = await told(*spelled("Once upon ", "a time."))
    assert done.text == "Once upon a time."
    assert done.sent.endswith(b"data: [DONE]\n\n")
    assert (done.record.outcome, done.record.status) == ("served", 200)
    assert [judgement.stage for judgement in done.record.judgements] == ["response"]


async def test_what_comes_after_the_end_is_not_read() -> None:
    done = await told(*spelled("Fine."), chunk({"content": "key-1234"}), event("{"))
    assert done.text == "Fine."
    assert done.record.outcome == "served"


async def test_a_curse_stops_it_and_nothing_follows() -> None:
    done = await told(*spelled("Oh ", "dam", "n it, ", "and more. "), asyncio.Event())
    assert done.text == "Oh "
    assert done.events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert done.sent.endswith(DONE)
    assert done.record.outcome == "stopped"
    assert done.answer.taken == 3  # nobody asked for the rest


async def test_a_curse_at_the_very_end_stops_it_too() -> None:
    for last in (chunk({}, "stop"), DONE):
        done = await told(chunk({"content": "Oh "}), chunk({"content": "damn"}), last, DONE)
        assert done.text == "Oh "
        assert done.events[-1]["choices"][0]["finish_reason"] == "content_filter"
        assert done.record.outcome == "stopped"


async def test_what_cannot_be_rewritten_where_it_stands_stops_it() -> None:
    odd = json.loads(chunk({"content": "and more "}).removeprefix(b"data: "))
    odd["novel"] = {"key-1234": "x"}
    done = await told(chunk({"content": "Once upon "}), event(odd), chunk({"content": "a time."}))
    assert done.text.startswith("Once ")
    assert b"1234" not in done.sent
    assert done.events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert done.sent.endswith(DONE)
    assert done.record.outcome == "stopped"


@pytest.mark.parametrize(
    ("error", "code"),
    [(UpstreamError("it broke"), "upstream_error"), (UpstreamTimeout("it slept"), "upstream_timeout")],
)
async def test_one_that_breaks_off_ends_with_an_error(error: Exception, code: str) -> None:
    done = await told(*spelled("Once key-12")[:1], error)
    assert done.text == "Once "  # what was held back stays
    assert done.events[-1]["error"]["code"] == code
    assert DONE not in done.sent
    assert done.record.outcome == "failed"


@pytest.mark.parametrize("pieces", [[], spelled("Once ")[:1], [event("nonsense")], [b"data: [DONE"]])
async def test_one_that_ends_too_early_ends_with_an_error(pieces: Sequence[bytes]) -> None:
    done = await told(*pieces)
    assert done.events[-1]["error"]["code"] == "upstream_error"
    assert DONE not in done.sent
    assert done.record.outcome == "failed"


async def test_one_whose_choices_have_all_ended_may_leave_out_the_last_word() -> None:
    done = await told(*spelled("Once upon a time.")[:2])
    assert done.text == "Once upon a time."
    assert done.sent.endswith(DONE)
    assert done.record.outcome == "served"


async def test_a_record_that_cannot_be_sealed_ends_it_with_an_error() -> None:
    journal, answer = StagedJournal(full=frozenset({"seal"})), StagedAnswer(spelled("Once upon ", "a time. "))
    relay = relayed(journal, answer)
    sent = b"".join([piece async for piece in relay])
    await relay.aclose()
    assert DONE not in sent
    assert json.loads(sent.split(b"data: ")[-1])["error"]["code"] == "not_ready"
    assert (journal.sealed, answer.closed) == ([], 1)


@pytest.mark.parametrize("read", [0, 1, 2])
async def test_one_that_is_closed_before_its_end_was_abandoned(read: int) -> None:
    journal, answer = StagedJournal(), StagedAnswer([*spelled("Once ", "upon ", "a time. ")[:3], asyncio.Event()])
    relay = relayed(journal, answer)
    for _ in range(read):
        await anext(relay)
    await relay.aclose()
    (record,) = journal.sealed
    assert (record.outcome, answer.closed) == ("abandoned", 1)
    assert answer.taken == read  # it is read no faster than it is taken


async def test_one_whose_reader_is_cancelled_was_abandoned() -> None:
    journal, answer = StagedJournal(), StagedAnswer([*spelled("Once upon a time ")[:1], asyncio.Event()])
    relay = relayed(journal, answer)
    waiting = asyncio.Event()

    async def read() -> None:
        try:
            await anext(relay)
            waiting.set()
            await anext(relay)
        finally:
            await relay.aclose()

    task = asyncio.create_task(read())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [record.outcome for record in journal.sealed] == ["abandoned"]
    assert answer.closed == 1


async def test_the_usage_that_was_told_is_recorded() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    last = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "told", "choices": []}
    done = await told(*spelled("Fine.")[:-1], event({**last, "usage": usage}), DONE)
    assert (done.record.usage.input_tokens, done.record.usage.output_tokens) == (3, 4)
    assert done.events[-1]["usage"] == usage


async def test_lanes_of_several_choices_do_not_mix() -> None:
    pieces = [
        chunk({"content": "key-"}, index=0),
        chunk({"content": "1234 "}, index=1),
        chunk({"content": "5678 "}, index=0),
        chunk({}, "stop", index=0),
        chunk({}, "stop", index=1),
    ]
    done = await told(*pieces, DONE)
    texts = {0: "", 1: ""}
    for each in done.events:
        for choice in each["choices"]:
            texts[choice["index"]] += choice["delta"].get("content") or ""
    assert "5678" not in texts[0]
    assert texts[1] == "1234 "


@dataclass(frozen=True, slots=True)
class Watched(Broken):
    """A detector that keeps where it was asked."""

    name: str = "watched"
    threads: set[str] = field(default_factory=set)

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        self.threads.add(threading.current_thread().name)
        return ()


def called(*arguments: str) -> list[bytes]:
    """Spell the call of a tool."""
    made: list[dict[str, Any]] = [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
    ]
    made += [{"index": 0, "function": {"arguments": each}} for each in arguments]
    return [*(chunk({"tool_calls": [each]}) for each in made), chunk({}, "tool_calls"), DONE]


@pytest.mark.parametrize(("size", "elsewhere"), [(10, False), (2 * SHORT, True)])
async def test_what_waits_for_its_end_is_judged_elsewhere_when_it_is_long(size: int, elsewhere: bool) -> None:
    watched = Watched()
    guard = guard_of(ToyPolicy(denies=lambda ask: ask("pii.found"), fields=frozenset({"pii.found"})), watched)
    done = await told(*called('{"a": "', "x" * size, '"}'), guard=guard)
    assert done.record.outcome == "served"
    assert any(name.startswith("inspection") for name in watched.threads) is elsewhere


async def test_others_get_their_turn_while_a_long_piece_is_read() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    text = "All is well. " * SHORT
    done = await told(*spelled(text))
    task.cancel()
    assert done.text == text
    assert turns > len(text) // SHORT


TEXTS = st.lists(st.sampled_from(["key-", "1234", "12", " ", "dam", "n", "a", "key", "-", "9"]), max_size=12).map(
    "".join
)


def check(text: str, cuts: Sequence[int], *, bites: bool) -> None:
    """Check that neither cutting the text into deltas nor cutting the bytes changes what is sent and how it ends."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    data = b"".join(spelled(*(text[start:end] for start, end in pairwise(places))))
    chopped = [data[at : at + 50] for at in range(0, len(data), 50)] if bites else [data]

    async def both() -> tuple[Told, Told]:
        return await told(*spelled(text)), await told(*chopped)

    whole, cut = asyncio.run(both())
    assert cut.text == whole.text
    assert cut.record.outcome == whole.record.outcome == ("stopped" if "damn" in text else "served")
    assert "damn" not in cut.text
    keeps = re.sub(r"key-\d{4,12}", "", text.partition("damn")[0])
    assert re.sub(r"\[TOY\]", "", cut.text) == keeps


@given(text=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=6), bites=st.booleans())
def test_however_it_is_cut_the_same_is_sent(text: str, cuts: list[int], bites: bool) -> None:
    check(text, cuts, bites=bites)


async def unheld(lane: Any, delta: str) -> Release:
    lane.guard.feed(delta)
    return Release(delta)


def unstopped(relay: Any, release: Release) -> str:
    return release.text


async def unfinished(relay: Any, name: str, *_: object) -> bytes:
    relay._lanes.close(name)
    return b""


@pytest.mark.parametrize(
    ("place", "name", "mutant"),
    [(lanes._Open, "feed", unheld), (Relay, "_released", unstopped), (Relay, "_finish", unfinished)],
)
def test_a_relay_that_breaks_a_rule_is_seen(
    monkeypatch: pytest.MonkeyPatch, place: type, name: str, mutant: object
) -> None:
    def check_all() -> None:
        for text in ("a key-1234 b", "a damn b ", "a b"):
            check(text, [3, 5, 7], bites=False)

    check_all()
    monkeypatch.setattr(place, name, mutant)
    with pytest.raises(AssertionError):
        check_all()
