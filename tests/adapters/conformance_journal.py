"""What every `Journal` with its `Outbox` must do. A test of one inherits this and provides the fixture `kept`."""

from collections.abc import Sequence
from typing import Protocol

import pytest

from yett.model.errors import YettError
from yett.model.record import Entry, Record
from yett.ports.records import Journal, Outbox
from yett.records.building import parse, serialise
from yett.records.chain import verify


def record(id: str, at: float = 1.0, outcome: str = "served") -> bytes:
    return serialise(Record(id=id, at=at, operation="openai.chat", outcome=outcome))


def outcomes(entries: Sequence[Entry]) -> dict[str, str]:
    """What was recorded of each exchange; chains' openings left out."""
    records = [parse(entry.body) for entry in entries]
    ids = [record.id for record in records if record]
    assert len(ids) == len(set(ids)), "an exchange is sealed twice"
    return {record.id: record.outcome for record in records if record}


class Kept(Protocol):
    """A journal that can be asked for what it keeps."""

    journal: Journal
    outbox: Outbox

    async def everything(self) -> Sequence[Entry]:
        """Carry all that waits, and return it."""
        ...


class JournalConformance:
    """Inherit, name it `Test…`, and add the fixture `kept`."""

    async def test_what_is_sealed_can_be_carried(self, kept: Kept) -> None:
        for number in range(20):
            await kept.journal.admit(f"r{number}", b"")
            await kept.journal.seal(f"r{number}", 1.0, record(f"r{number}"))
        entries = await kept.everything()
        assert outcomes(entries) == {f"r{number}": "served" for number in range(20)}
        assert verify(entries) is None

    async def test_what_was_never_admitted_may_be_sealed(self, kept: Kept) -> None:
        await kept.journal.seal("r", 1.0, record("r", outcome="refused"))
        assert outcomes(await kept.everything()) == {"r": "refused"}

    async def test_what_is_only_admitted_is_not_carried(self, kept: Kept) -> None:
        await kept.journal.admit("r", b"")
        assert outcomes(await kept.everything()) == {}

    async def test_an_exchange_is_sealed_once(self, kept: Kept) -> None:
        await kept.journal.admit("r", b"")
        await kept.journal.seal("r", 1.0, record("r"))
        with pytest.raises(YettError, match="sealed already"):
            await kept.journal.seal("r", 1.0, record("r", outcome="failed"))
        with pytest.raises(YettError, match="admitted already"):
            await kept.journal.admit("r", b"")
        assert outcomes(await kept.everything()) == {"r": "served"}

    async def test_what_waits_is_handed_out_until_it_is_carried(self, kept: Kept) -> None:
        await kept.everything()
        await kept.journal.seal("r", 1.0, record("r"))
        first = await kept.everything()
        assert [entry.id for entry in first] == ["r"]
        assert list(await kept.everything()) == []
