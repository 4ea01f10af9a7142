"""What every `Directory` must do. A test of one inherits this and provides the fixture `directory`."""

import pytest

from yett.identity.api_keys import make
from yett.model.principal import Principal
from yett.ports.directory import Directory

KNOWN = str(make(bytes(range(40))))  # not a credential: counted, not drawn
EXPIRED = str(make(bytes(range(1, 41))))
ALICE = Principal("acme", "alice", frozenset({"user"}), "counted")


class DirectoryConformance:
    """Inherit, name it `Test…`, and add the fixture `directory`: it knows ALICE by KNOWN, and EXPIRED has expired."""

    async def test_who_is_known_is_found(self, directory: Directory) -> None:
        assert await directory.principal(KNOWN) == ALICE

    @pytest.mark.parametrize(
        "credential",
        [
            "",
            " ",
            "x",
            EXPIRED,
            KNOWN[:-1],
            KNOWN + " ",
            KNOWN.upper(),
            str(make(bytes(40))),
            "\x00",
            "\ud800",
            "é",
            "dev-token",
            "' OR 1=1 --",
            "k" * 100_000,
        ],
    )
    async def test_anybody_else_is_not(self, directory: Directory, credential: str) -> None:
        assert await directory.principal(credential) is None
