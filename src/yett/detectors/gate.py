"""
Gate: which rules can match a text at all, in one pass.

Hyperscan says for hundreds of patterns at once whether they occur, much faster than asking each; RE2 then says where.
The gate may let through too much, never too little: a pattern that the two engines might read differently is not gated.
Without hyperscan every rule is asked, and the findings are the same.
"""

from collections.abc import Sequence

from yett.detectors.spelling import gated

try:
    import hyperscan
except ImportError:  # a platform without it: every rule is asked
    _AVAILABLE = False
else:
    _AVAILABLE = True

__all__ = ["Gate"]

# Letters beyond ASCII that RE2 takes for an `s` and a `k` where case does not matter; Hyperscan, reading bytes, does not.
_LIKE_ASCII = ("\u017f".encode(), "\u212a".encode())


class Gate:
    """A compiled database over some patterns."""

    __slots__ = ("_always", "_count", "_database", "_scratches")

    def __init__(self, patterns: Sequence[str], saved: bytes = b"") -> None:
        """Load the database from *saved*, or compile it where that does not fit."""
        spelled = [gated(pattern) for pattern in patterns]
        if not _AVAILABLE:
            spelled = [None] * len(patterns)
        self._count = len(patterns)
        self._always = tuple(index for index, pattern in enumerate(spelled) if pattern is None)
        chosen = {index: pattern for index, pattern in enumerate(spelled) if pattern is not None}
        self._database = (_loaded(saved) or _compiled(chosen)) if chosen else None
        # Two scans must never share a scratch: a scan takes one out of the list, and puts it back when it is done.
        self._scratches: list[hyperscan.Scratch] = []

    def dump(self) -> bytes:
        """Return the database as bytes, bound to this version of Hyperscan and kind of processor."""
        return bytes(hyperscan.dumpb(self._database)) if self._database is not None else b""

    def open(self, data: bytes) -> list[int]:
        """Return the indices of the patterns that may occur in *data*."""
        if any(letter in data for letter in _LIKE_ASCII):
            return list(range(self._count))
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


def _note(index: int, _start: int, _end: int, _flags: int, through: object) -> None:
    if isinstance(through, list):
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
    database.compile(
        expressions=[pattern.encode() for pattern in patterns.values()],
        ids=list(patterns),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(patterns),
    )
    return database
