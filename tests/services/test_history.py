"""What callers did lately is stated by the house, and noted when an exchange is over."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.services.staged import (
    CALLER,
    StagedAnswer,
    StagedClock,
    StagedCounters,
    StagedJournal,
    StagedTelemetry,
    StagedUpstream,
    snapshot,
)
from tests.whole.gate import completion, said
from yett.guard.facts import known_facts
from yett.model.record import Judgement, Record
from yett.ports.history import Past
from yett.services.admission import Admission
from yett.services.calls import Call, Reply
from yett.services.exchange import Exchange
from yett.services.history import Remembering
from yett.services.inspection import Inspection
from yett.services.recording import Recording
from yett.services.snapshots import Snapshots

PAST = Past(0.0, 1.5, 0.4)


@dataclass(slots=True)
class StagedHistory:
    """It recalls *past* of everybody, and keeps what is noted."""

    past: Past = PAST
    noted: list[tuple[str, bool, float]] = field(default_factory=list)

    async def recall(self, key: str) -> Past:
        return self.past

    async def note(self, key: str, *, denied: bool, risk: float) -> None:
        self.noted.append((key, denied, risk))


def judged(*, allowed: bool = True, **risk: float) -> Judgement:
    return Judgement("request", "allow", allowed, (), (), (), (), risk=tuple(risk.items()))


async def test_the_house_states_what_it_remembers_and_no_credential_can_say_otherwise() -> None:
    claiming = replace(CALLER, attributes={"user.recentRisk": 0.0, "user.email": "a@b"})
    principal = await Remembering(StagedHistory()).stated("digest", claiming)
    told = {"id": "alice", "roles": [], "email": "a@b", "recentDenials": 1.5, "recentRisk": 0.4}
    assert known_facts(principal, {})["user"] == told


async def test_where_no_history_is_kept_nothing_is_stated_or_noted() -> None:
    assert await Remembering().stated("digest", CALLER) is CALLER
    await Remembering().note(Record("1", 0.0, "openai.chat", subject="digest", judgements=[judged(allowed=False)]))


@pytest.mark.parametrize(
    ("judgements", "noted"),
    [
        ([], (False, 0.0)),
        ([judged(pii=0.3)], (False, 0.3)),
        ([judged(secret=0.5, pii=0.2), judged(pii=0.3)], (False, 0.6)),
        ([judged(), judged(allowed=False)], (True, 0.0)),
        ([judged(allowed=False, injection=0.9), judged(allowed=False)], (True, 0.9)),
    ],
)
async def test_an_exchange_counts_by_its_judgements(judgements: list[Judgement], noted: tuple[bool, float]) -> None:
    history = StagedHistory()
    await Remembering(history).note(Record("1", 0.0, "openai.chat", subject="digest", judgements=judgements))
    assert history.noted == [("digest", noted[0], pytest.approx(noted[1]))]


async def test_of_somebody_unknown_nothing_is_noted() -> None:
    history = StagedHistory()
    await Remembering(history).note(Record("1", 0.0, "openai.chat", judgements=[judged(allowed=False)]))
    assert history.noted == []


def with_history(history: StagedHistory) -> tuple[Callable[[], None], Exchange]:
    upstream = StagedUpstream(StagedAnswer([json.dumps(completion("Fine.")).encode()]))
    inspection = Inspection()
    recording = Recording(StagedJournal(), StagedClock(), b"key", StagedTelemetry(), Remembering(history))
    return inspection.close, Exchange(Snapshots(snapshot(upstream)), Admission(StagedCounters()), inspection, recording)


@pytest.mark.parametrize(
    ("text", "credential", "denied"), [("Hi", "open", [False]), ("damn", "open", [True]), ("damn", "shut", [])]
)
async def test_every_exchange_of_somebody_known_is_noted_once(text: str, credential: str, denied: list[bool]) -> None:
    history = StagedHistory()
    close, exchange = with_history(history)
    try:
        answered = await exchange.handle(Call("req_1", "openai.chat", json.dumps(said(text)).encode(), credential))
    finally:
        close()
    assert isinstance(answered, Reply)
    assert [each[1] for each in history.noted] == denied
