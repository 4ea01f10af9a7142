"""
Gate: which rules can match a text at all, in one pass.

Hyperscan says for hundreds of patterns at once whether they occur, much faster than asking each; RE2 then says where.
The gate may let through too much, never too little: a pattern that the two engines might read differently is not gated.
Without hyperscan every rule is asked, and the findings are the same.
"""

from collections.abc import Sequence

from yett.detectors.syntax import Assertion, Atom, Choice, Group, Node, Repeat, Unreadable, parse, written
from yett.detectors.syntax import Sequence as Parts

try:
    import hyperscan
except ImportError:  # a platform without it: every rule is asked
    hyperscan = None

__all__ = ["Gate", "gated"]

# RE2's white space has no vertical tab, Hyperscan's has.
_SPELLED = {r"\s": r"[\t\n\f\r ]", r"\S": r"[^\t\n\f\r ]"}
_CASED_ALIKE = 0x0590


def gated(pattern: str) -> str | None:
    """Spell *pattern* so that Hyperscan reads it as RE2 does; None where that is not sure."""
    try:
        node = parse(pattern)
    except Unreadable:
        return None
    strange = any(ord(character) >= _CASED_ALIKE and character.lower() != character.upper() for character in pattern)
    if strange or r"\p" in pattern or r"\P" in pattern or "[[:" in pattern:
        return None
    try:
        return written(_spelled(node), captures=False)
    except Unreadable:
        return None


def _spelled(node: Node) -> Node:
    match node:
        case Atom(text):
            return Atom(_spelled_atom(text))
        case Assertion():
            return node
        case Group(opening, part):
            return Group(opening, _spelled(part))
        case Repeat(part, least, most, lazy):
            return Repeat(_spelled(part), least, most, lazy)
        case Parts(parts):
            return Parts(tuple(_spelled(part) for part in parts))
        case Choice(options):
            return Choice(tuple(_spelled(option) for option in options))


def _spelled_atom(text: str) -> str:
    if not text.startswith("["):
        return _SPELLED.get(text, text)
    if r"\S" in text.replace("\\\\", ""):
        raise Unreadable(text)
    return text.replace("\\\\", "\0").replace(r"\s", r"\t\n\f\r ").replace("\0", "\\\\")


class Gate:
    """A compiled database over some patterns."""

    __slots__ = ("_always", "_database", "_scratches")

    def __init__(self, patterns: Sequence[str], saved: bytes = b"") -> None:
        """Load the database from *saved*, or compile it where that does not fit."""
        spelled = [gated(pattern) for pattern in patterns]
        if hyperscan is None:
            spelled = [None] * len(patterns)
        self._always = tuple(index for index, pattern in enumerate(spelled) if pattern is None)
        chosen = {index: pattern for index, pattern in enumerate(spelled) if pattern is not None}
        self._database = (_loaded(saved) or _compiled(chosen)) if chosen else None
        # Two scans must never share a scratch: a scan takes one out of the list, and puts it back when it is done.
        self._scratches: list[object] = []

    def dump(self) -> bytes:
        """Return the database as bytes, bound to this version of Hyperscan and kind of processor."""
        return bytes(hyperscan.dumpb(self._database)) if self._database is not None else b""

    def open(self, data: bytes) -> list[int]:
        """Return the indices of the patterns that may occur in *data*."""
        through = list(self._always)
        if self._database is None or not data:
            return through
        try:
            scratch = self._scratches.pop()
        except IndexError:
            scratch = hyperscan.Scratch(self._database)
        self._database.scan(data, match_event_handler=_note, context=through, scratch=scratch)
        self._scratches.append(scratch)
        return through


def _note(index: int, _start: int, _end: int, _flags: int, through: list[int]) -> None:
    through.append(index)


def _loaded(saved: bytes) -> "hyperscan.Database | None":
    if not saved:
        return None
    try:
        return hyperscan.loadb(saved, hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None


def _compiled(patterns: dict[int, str]) -> "hyperscan.Database":
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8
    database.compile(
        expressions=[pattern.encode() for pattern in patterns.values()],
        ids=list(patterns),
        flags=[flags] * len(patterns),
    )
    return database
