"""Source: where policies are written by people, such as a folder or a repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Checkout", "Source"]


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a source holds at one moment."""

    files: Mapping[str, str]
    """By the file's path below the source, its text."""
    commit: str = ""
    """The commit, where there are any."""


class Source(Protocol):
    """A place with policy files."""

    @property
    def name(self) -> str:
        """What messages call it; it holds no password."""
        ...

    async def read(self) -> Checkout:
        """
        Read what is there now.

        Raises:
            NotReady: it cannot be reached.
            OperatorError: there is nothing of that name in it, or it cannot be read as text.
        """
        ...
