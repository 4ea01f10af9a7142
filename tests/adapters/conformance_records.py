"""What every `RecordStore` must do. A store's tests inherit this and provide the fixture `store`."""

from dataclasses import dataclass

from yett.model.record import Entry, Record
from yett.ports.records import RecordStore
from yett.records.building import serialise
from yett.records.chain import GENESIS, link, verify


@dataclass(frozen=True)
class Made:
    """A chain of *count* entries that began at *at*."""

    chain: str
    at: float = 100.0
    count: int = 5

    def entries(self) -> list[Entry]:
        entries, previous = [], GENESIS
        for sequence in range(1, self.count + 1):
            at, name = self.at + sequence, f"{self.chain}-{sequence}"
            body = serialise(Record(id=name, at=at, operation="openai.chat", outcome="served"))
            previous = link(previous, sequence, body)
            entries.append(Entry(self.chain, sequence, name, at, body, previous))
        return entries


class RecordStoreConformance:
    """Inherit, name it `Test…`, and add the fixture `store`."""

    async def test_what_is_appended_is_read_back_in_order(self, store: RecordStore) -> None:
        entries = Made("a").entries()
        await store.append(list(reversed(entries)))
        assert list(await store.read("a")) == entries
        assert verify(await store.read("a")) is None

    async def test_an_entry_is_stored_once_however_often_it_is_carried(self, store: RecordStore) -> None:
        entries = Made("a").entries()
        await store.append(entries[:3])
        await store.append(entries[:3])
        await store.append(entries[1:])
        assert list(await store.read("a")) == entries

    async def test_a_stored_entry_is_left_as_it_is(self, store: RecordStore) -> None:
        entries = Made("a").entries()
        await store.append(entries)
        await store.append([entries[2]._replace(body=b"{}", at=0.0, id="x", link="0" * 64)])
        assert list(await store.read("a")) == entries

    async def test_appending_nothing_is_nothing(self, store: RecordStore) -> None:
        await store.append([])
        assert list(await store.chains()) == []
        assert list(await store.latest()) == []
        assert list(await store.read("a")) == []

    async def test_reading_goes_on_where_it_stopped(self, store: RecordStore) -> None:
        entries = Made("a", count=7).entries()
        await store.append(entries)
        seen: list[Entry] = []
        while page := await store.read("a", after=seen[-1].sequence if seen else 0, limit=3):
            assert len(page) <= 3
            seen += page
        assert seen == entries

    async def test_chains_are_listed_in_the_order_in_which_they_began(self, store: RecordStore) -> None:
        for made in (Made("b", at=300.0), Made("c", at=100.0), Made("a", at=200.0)):
            await store.append(made.entries())
        assert list(await store.chains()) == ["c", "a", "b"]

    async def test_a_chain_without_its_first_entry_is_still_listed(self, store: RecordStore) -> None:
        await store.append(Made("a").entries()[1:])
        assert list(await store.chains()) == ["a"]

    async def test_chains_do_not_mix(self, store: RecordStore) -> None:
        await store.append([*Made("a").entries(), *Made("b").entries()])
        assert {entry.chain for entry in await store.read("a")} == {"a"}

    async def test_the_latest_come_first(self, store: RecordStore) -> None:
        older, newer = Made("z", at=100.0).entries(), Made("a", at=200.0).entries()
        await store.append([*newer, *older])
        assert list(await store.latest(limit=6)) == [*reversed(newer), older[-1]]

    async def test_any_bytes_and_any_names_come_back(self, store: RecordStore) -> None:
        entry = Entry("a", 2**53, "ü-\U0001f512-'; --", 1e-9, bytes(range(256)), "f" * 64)
        await store.append([entry])
        assert list(await store.latest()) == [entry]
