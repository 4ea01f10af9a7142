"""Records are carried at least once, and nobody waits for it."""

import asyncio
from collections.abc import Sequence

import pytest

from yett.model.errors import NotReady
from yett.model.record import Entry
from yett.services.carrying import Carrier, CarrierOptions

QUICK = CarrierOptions(batch=3, pause=0.001, longest_pause=0.002, farewell=5.0)
ENTRIES = [Entry("a", sequence, f"r{sequence}", 1.0, b"", "") for sequence in range(1, 11)]


class Waiting:
    """An outbox with *entries*."""

    def __init__(self, entries: Sequence[Entry] = ENTRIES) -> None:
        self.entries = list(entries)
        self.ahead = 0
        self.refuses = False

    def pending(self, limit: int = 256) -> Sequence[Entry]:
        self.ahead = min(limit, len(self.entries))
        return self.entries[:limit]

    def carried(self) -> None:
        if self.refuses:
            raise NotReady("the position cannot be noted")
        del self.entries[: self.ahead]
        self.ahead = 0


class Store:
    """A store that may be away."""

    def __init__(self) -> None:
        self.appended: list[Entry] = []
        self.attempts = 0
        self.back = asyncio.Event()
        self.back.set()
        self.tried = asyncio.Condition()

    async def append(self, entries: Sequence[Entry]) -> None:
        async with self.tried:
            self.attempts += 1
            self.tried.notify_all()
        if not self.back.is_set():
            raise NotReady("the database is away")
        self.appended += entries

    async def chains(self) -> Sequence[str]:
        return ()

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        return ()

    async def latest(self, limit: int = 100) -> Sequence[Entry]:
        return ()

    async def until_tried(self, times: int) -> None:
        async with asyncio.timeout(60), self.tried:
            await self.tried.wait_for(lambda: self.attempts >= times)


async def test_what_waits_is_carried_in_batches() -> None:
    outbox, store = Waiting(), Store()
    carrier = Carrier(outbox, store, QUICK)
    carrier.start()
    carrier.start()
    await store.until_tried(4)
    await carrier.aclose()
    assert (store.appended, outbox.entries, store.attempts) == (ENTRIES, [], 4)


async def test_while_the_store_is_away_nothing_is_let_go_of() -> None:
    outbox, store = Waiting(), Store()
    store.back.clear()
    carrier = Carrier(outbox, store, QUICK)
    carrier.start()
    await store.until_tried(5)
    assert outbox.entries == ENTRIES
    assert carrier.trouble == "the database is away"
    store.back.set()
    await store.until_tried(7)
    await carrier.aclose()
    assert store.appended == ENTRIES
    assert carrier.trouble == ""


async def test_what_could_not_be_noted_is_carried_again() -> None:
    outbox, store = Waiting(ENTRIES[:2]), Store()
    carrier = Carrier(outbox, store, QUICK)
    outbox.refuses = True
    with pytest.raises(NotReady):
        await carrier.carry()
    outbox.refuses = False
    assert await carrier.carry() == 2
    assert await carrier.carry() == 0
    assert store.appended == ENTRIES[:2] * 2


async def test_closing_carries_what_is_left() -> None:
    outbox, store = Waiting(), Store()
    carrier = Carrier(outbox, store, QUICK)
    await carrier.aclose()
    assert store.appended == ENTRIES


async def test_closing_does_not_wait_for_a_rest_to_end() -> None:
    store = Store()
    carrier = Carrier(Waiting([]), store, CarrierOptions(pause=1e6))
    carrier.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await carrier.aclose()


async def test_closing_while_the_store_is_away_leaves_the_rest_where_it_is() -> None:
    outbox, store = Waiting(), Store()
    store.back.clear()
    carrier = Carrier(outbox, store, QUICK)
    carrier.start()
    await store.until_tried(1)
    await carrier.aclose()
    assert outbox.entries == ENTRIES


class Hanging(Store):
    async def append(self, entries: Sequence[Entry]) -> None:
        await super().append(entries)
        await asyncio.Event().wait()


async def test_closing_does_not_wait_forever_for_a_store_that_hangs() -> None:
    store = Hanging()
    carrier = Carrier(Waiting(), store, CarrierOptions(farewell=0.05))
    carrier.start()
    await store.until_tried(1)
    async with asyncio.timeout(60):
        await carrier.aclose()


class Broken(Store):
    async def append(self, entries: Sequence[Entry]) -> None:
        raise ZeroDivisionError


async def test_a_carrier_that_a_fault_of_ours_has_stopped_says_so() -> None:
    carrier = Carrier(Waiting(), Broken(), QUICK)
    carrier.start()
    assert carrier._task is not None
    await asyncio.wait([carrier._task])
    assert carrier.trouble.startswith("carrying has stopped")
    with pytest.raises(ZeroDivisionError):
        await carrier.aclose()


async def letting_go_first(carrier: type[Carrier]) -> None:
    outbox, store = Waiting(), Store()
    store.back.clear()
    carrying = carrier(outbox, store, QUICK)
    with pytest.raises(NotReady):
        await carrying.carry()
    assert outbox.entries == ENTRIES


async def test_letting_go_before_the_store_has_it_is_noticed() -> None:
    class Hasty(Carrier):
        async def carry(self) -> int:
            entries = self._outbox.pending(3)
            self._outbox.carried()
            await self._store.append(entries)
            return len(entries)

    await letting_go_first(Carrier)
    with pytest.raises(AssertionError):
        await letting_go_first(Hasty)
