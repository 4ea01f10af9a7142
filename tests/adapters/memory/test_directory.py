import pytest

from tests.adapters.conformance_counters import StoppedClock
from tests.adapters.conformance_directory import ALICE, EXPIRED, KNOWN, DirectoryConformance
from yett.adapters.memory.directory import DEVELOPMENT_TOKEN, Holder, MemoryDirectory
from yett.identity.api_keys import digest
from yett.ports.directory import Directory

PEPPER = b"not a secret"


class TestMemoryDirectory(DirectoryConformance):
    @pytest.fixture
    def directory(self) -> Directory:
        holders = {digest(PEPPER, KNOWN): Holder(ALICE), digest(PEPPER, EXPIRED): Holder(ALICE, expires=1000.0)}
        return MemoryDirectory(StoppedClock(1000.0), PEPPER, holders)


async def test_development_mode_accepts_its_token_and_nothing_else() -> None:
    directory = MemoryDirectory(StoppedClock(), PEPPER, developer=ALICE)
    assert await directory.principal(DEVELOPMENT_TOKEN) == ALICE
    assert await directory.principal("Dev-token") is None
    assert await directory.principal(KNOWN) is None


async def test_a_credential_expires_while_the_directory_stands() -> None:
    clock = StoppedClock(10.0)
    directory = MemoryDirectory(clock, PEPPER, {digest(PEPPER, KNOWN): Holder(ALICE, expires=11.0)})
    assert await directory.principal(KNOWN) == ALICE
    clock.time = 11.0
    assert await directory.principal(KNOWN) is None


async def test_a_digest_is_no_credential() -> None:
    directory = MemoryDirectory(StoppedClock(), PEPPER, {digest(PEPPER, KNOWN): Holder(ALICE)})
    assert await directory.principal(digest(PEPPER, KNOWN)) is None


def test_no_credential_is_kept() -> None:
    directory = MemoryDirectory(StoppedClock(), PEPPER, {digest(PEPPER, KNOWN): Holder(ALICE)}, ALICE)
    assert KNOWN not in repr(vars(directory))
    assert DEVELOPMENT_TOKEN not in repr(vars(directory))
