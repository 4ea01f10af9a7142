"""What is remembered of one exchange."""

from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.guard import Inspected
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import NotReady
from yett.model.finding import Finding
from yett.model.principal import Principal
from yett.model.record import Record
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.stage import Stage
from yett.model.verdict import Coverage, Verdict
from yett.services.recording import Recording, judgement, place

CANARY = "canary-4711"


class Journal:
    def __init__(self, *, full: bool = False) -> None:
        self.notes: list[bytes] = []
        self.sealed: list[Mapping[str, object]] = []
        self._full = full

    async def admit(self, _id: str, note: bytes) -> None:
        if self._full:
            raise NotReady("full")
        self.notes.append(note)

    async def seal(self, _id: str, _at: float, body: bytes) -> None:
        if self._full:
            raise NotReady("full")
        self.sealed.append(orjson.loads(body))


class Telemetry:
    def __init__(self) -> None:
        self.counted: list[Record] = []

    def exchange(self, record: Record) -> None:
        self.counted.append(record)


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def elapsed(self) -> float:
        return self.time


def inspected() -> Inspected:
    decision = Decision(True, Effect.SANITIZE, (Reason("p", "1", "r", Effect.SANITIZE, CANARY, ("llm.x",)),))
    finding = Finding(Span(f"/metadata/{CANARY}", 0, 3), Origin.USER, "pii.email", 1.0, "patterns")
    coverage = (
        Coverage(f"/metadata/{CANARY}", Origin.USER, 11, ("patterns",), failed=("size",)),
        Coverage("/messages/0/content", Origin.UNKNOWN, 0, (), opaque=True),
    )
    segment = Segment("/messages/0/content", Origin.USER, CANARY)
    return Inspected(Verdict(decision, (finding, finding), (segment,), (), coverage), ("pii.types",))


def recording(journal: Journal, telemetry: Telemetry | None = None, clock: Clock | None = None) -> Recording:
    return Recording(journal, clock or Clock(), b"k" * 32, telemetry or Telemetry())  # type: ignore[arg-type]


async def test_a_record_tells_the_exchange_without_any_text() -> None:
    journal, clock = Journal(), Clock()
    recorded = recording(journal, clock=clock).begin("req_1", "openai.chat", "r1")
    recorded.admitted(Principal("acme", CANARY, key="k1"))
    recorded.judged(Stage.REQUEST, inspected())
    await recorded.note()
    clock.time += 2
    await recorded.seal("served")
    (sealed,) = journal.sealed
    assert CANARY not in str(sealed)
    assert CANARY.encode() not in journal.notes[0]
    assert (sealed["tenant"], sealed["key"], sealed["outcome"], sealed["status"]) == ("acme", "k1", "served", 200)
    assert sealed["duration"] == 2


async def test_what_seals_a_record_first_decides_and_is_counted_once() -> None:
    journal, telemetry = Journal(), Telemetry()
    recorded = recording(journal, telemetry).begin("req_1", "openai.chat", "r1")
    await recorded.seal("refused", refusal=Refusal(429, "rate_limit_exceeded", "later"))
    await recorded.seal("served")
    assert [(each["outcome"], each["status"], each["code"]) for each in journal.sealed] == [
        ("refused", 429, "rate_limit_exceeded")
    ]
    assert [record.outcome for record in telemetry.counted] == ["refused"]


async def test_what_cannot_be_journalled_is_not_counted_as_done() -> None:
    telemetry = Telemetry()
    recorded = recording(Journal(full=True), telemetry).begin("req_1", "openai.chat", "r1")
    with pytest.raises(NotReady):
        await recorded.note()
    with pytest.raises(NotReady):
        await recorded.seal("served")
    assert telemetry.counted == []


def test_a_judgement_says_what_was_read_by_whom_and_what_was_not() -> None:
    told = judgement(Stage.REQUEST, inspected())
    assert told.findings == (("pii.email", "user", 2),)
    assert told.coverage == (
        ("/metadata/*", "user", 11, "patterns,!size"),
        ("/messages/0/content", "unknown", 0, "opaque"),
    )
    assert (told.rules, told.unknown, told.facts) == (("p@1/r",), ("llm.x",), ("pii.types",))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", ""),
        ("/messages/12/content", "/messages/12/content"),
        ("/metadata/my name", "/metadata/*"),
        ("/messages/0/tool_calls/0/function/arguments#/to", "/messages/0/tool_calls/0/function/arguments/*"),
        ("/logit_bias/50256~key", "/*/*"),
    ],
)
def test_of_a_path_only_the_protocols_words_are_kept(path: str, told: str) -> None:
    assert place(path) == told


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="/#"), min_size=1)))
def test_nothing_that_a_caller_wrote_is_in_a_place(keys: list[str]) -> None:
    kept = set(place("/" + "/".join(f"x{key}" for key in keys)).split("/"))
    assert kept <= {"", "*"}


def test_equal_subjects_of_two_tenants_have_different_digests() -> None:
    one, other = (recording(Journal()).begin("r", "o", "v") for _ in range(2))
    one.admitted(Principal("a", "ann"))
    other.admitted(Principal("b", "ann"))
    assert one.record.subject != other.record.subject
