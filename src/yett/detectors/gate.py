"""
Gate: which rules can match a text at all, in one pass.

Hyperscan says for hundreds of patterns at once whether they occur, much faster than asking each; RE2 then says where.
The gate may let through too much, never too little: a pattern that the two engines might read differently is not gated.
Without hyperscan every rule is asked, and the findings are the same.
"""

from collections.abc import Collection, Mapping, Sequence

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

    __slots__ = ("_always", "_count", "_database", "_scratches", "_taken")

    def __init__(self, patterns: Sequence[str], saved: bytes = b"") -> None:
        """Load the database from *saved*, or compile it where that does not fit."""
        self._count = len(patterns)
        spelled = {index: gated(pattern) for index, pattern in enumerate(patterns)} if _AVAILABLE else {}
        chosen = {index: pattern for index, pattern in spelled.items() if pattern is not None}
        self._database, taken = _loaded(saved, chosen) or _compiled(chosen)
        self._taken = frozenset(taken)
        self._always = tuple(index for index in range(self._count) if index not in self._taken)
        # Two scans must never share a scratch: a scan takes one out of the list, and puts it back when it is done.
        self._scratches: list[hyperscan.Scratch] = []

    def dump(self) -> bytes:
        """Return the database as bytes, bound to this version of Hyperscan and kind of processor."""
        if self._database is None:
            return b""
        taken = ",".join(map(str, sorted(self._taken)))
        return taken.encode() + b"\n" + bytes(hyperscan.dumpb(self._database))

    def open(self, data: bytes) -> list[int]:
        """Return the indices of the patterns that may occur in *data*."""
        if not data.isascii() and any(letter in data for letter in _LIKE_ASCII):
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


_Made = tuple["hyperscan.Database | None", Collection[int]]


def _loaded(saved: bytes, patterns: Mapping[int, str]) -> _Made | None:
    """Return the database in *saved* and the patterns in it; None when there is none that fits."""
    taken, _, database = saved.partition(b"\n")
    try:
        indices = [int(index) for index in taken.split(b",")]
        return (
            (hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK), indices) if patterns.keys() >= set(indices) else None
        )
    except (ValueError, hyperscan.error):
        return None


def _compiled(patterns: Mapping[int, str]) -> _Made:
    """Compile *patterns*, but those that are too large for Hyperscan."""
    if not patterns:
        return None, ()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[pattern.encode() for pattern in patterns.values()],
            ids=list(patterns),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(patterns),
        )
    except hyperscan.error:
        if len(patterns) == 1:
            return None, ()
        taken = {index: pattern for index, pattern in patterns.items() if _compiled({index: pattern})[1]}
        return _compiled(taken) if taken.keys() != patterns.keys() else (None, ())
    return database, tuple(patterns)
