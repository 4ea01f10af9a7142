"""The pages of the documentation, as blocks that can be run in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.sources import ROOT

__all__ = ["ADDRESS", "Block", "Command", "blocks", "commands", "pages", "readable"]

ADDRESS = "127.0.0.1:8000"
"""Where the pages say that the gateway listens."""

_FENCE = re.compile(r"^```(?P<info>\S[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its *language*, and the *file* that it is to be saved as, if it says so."""

    language: str
    file: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block, and the lines that it is to print."""

    text: str
    printed: tuple[str, ...]

    @property
    def code(self) -> int:
        """The exit code that it is to leave with."""
        return 1 if "exit code 1" in self.text else 0


def pages() -> list[Path]:
    """Return every page that users read; the reference is made from the code and has no blocks to run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page, in order."""
    for found in _FENCE.finditer(text):
        language, _, rest = found["info"].partition(" ")
        yield Block(language, rest.removeprefix("file="), found["text"], text.count("\n", 0, found.start()) + 1)


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of a console block: lines after `$`, each with what is printed below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first, *printed = part.splitlines()
        yield Command(first, tuple(line for line in printed if line))


def readable(expected: tuple[str, ...], printed: str) -> bool:
    """Tell whether the *expected* lines were *printed*, in this order; `…` stands for anything."""
    if not expected:
        return True
    patterns = [".*".join(re.escape(piece) for piece in line.split("…")) for line in expected]
    return re.search(r"\A(?:.*\n)*?" + r"\n(?:.*\n)*?".join(patterns) + r"(?:\n|\Z)", printed) is not None
