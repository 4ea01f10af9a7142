"""
Gate: which rules can match a text at all, in one pass.

Hyperscan says for hundreds of patterns at once whether they occur, much faster than asking each; RE2 then says where.
The gate may let through too much, never too little: a pattern that the two engines might read differently is not gated.
Without hyperscan every rule is asked, and the findings are the same.

The patterns are spread over a few databases: what compiling one costs grows faster than what is in it, while looking
through a text for them one after the other takes no longer than for all of them together.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, pairwise

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


# So many patterns share a database.
_TOGETHER = 120


class Gate:
    """Compiled databases over some patterns."""

    __slots__ = ("_always", "_count", "_databases", "_scratches", "_taken")

    def __init__(self, patterns: Sequence[str], saved: bytes = b"") -> None:
        """Load the databases from *saved*, or compile them where that does not fit."""
        self._count = len(patterns)
        spelled = {index: gated(pattern) for index, pattern in enumerate(patterns)} if _AVAILABLE else {}
        chosen = {index: pattern for index, pattern in spelled.items() if pattern is not None}
        self._databases, self._taken = _loaded(saved, chosen) or _compiled_all(chosen)
        self._always = tuple(index for index in range(self._count) if index not in self._taken)
        # Two scans must never share a scratch: a scan takes its own out of the list, and puts them back when it is done.
        self._scratches: list[tuple[hyperscan.Scratch, ...]] = []

    def dump(self) -> bytes:
        """Return the databases as bytes, bound to this version of Hyperscan and kind of processor."""
        if not self._databases:
            return b""
        dumped = [bytes(hyperscan.dumpb(database)) for database in self._databases]
        taken = ",".join(map(str, sorted(self._taken)))
        sizes = ",".join(str(len(each)) for each in dumped)
        return f"{taken};{sizes}\n".encode() + b"".join(dumped)

    def open(self, data: bytes) -> list[int]:
        """Return the indices of the patterns that may occur in *data*."""
        if not data.isascii() and any(letter in data for letter in _LIKE_ASCII):
            return list(range(self._count))
        through = list(self._always)
        if not self._databases or not data:
            return through
        try:
            scratches = self._scratches.pop()
        except IndexError:
            scratches = tuple(hyperscan.Scratch(database) for database in self._databases)
        for database, scratch in zip(self._databases, scratches, strict=True):
            database.scan(data, match_event_handler=_note, context=through, scratch=scratch)
        self._scratches.append(scratches)
        return through


def _note(index: int, _start: int, _end: int, _flags: int, through: object) -> None:
    if isinstance(through, list):
        through.append(index)


_Made = tuple[tuple["hyperscan.Database", ...], Collection[int]]


def _loaded(saved: bytes, patterns: Mapping[int, str]) -> _Made | None:
    """Return the databases in *saved* and the patterns in them; None when there are none that fit."""
    told, _, rest = saved.partition(b"\n")
    taken, _, sizes = told.partition(b";")
    try:
        indices = frozenset(int(index) for index in taken.split(b","))
        ends = [0, *accumulate(int(size) for size in sizes.split(b","))]
        if not patterns.keys() >= indices:
            return None
        return tuple(
            hyperscan.loadb(rest[start:end], hyperscan.HS_MODE_BLOCK) for start, end in pairwise(ends)
        ), indices
    except (ValueError, hyperscan.error):
        return None


def _compiled_all(patterns: Mapping[int, str]) -> _Made:
    """Compile *patterns*, so many together, but those that are too large for Hyperscan."""
    indices = list(patterns)
    made = [
        _compiled({index: patterns[index] for index in indices[at : at + _TOGETHER]})
        for at in range(0, len(indices), _TOGETHER)
    ]
    databases = tuple(database for database, _ in made if database is not None)
    return databases, frozenset(index for _, taken in made for index in taken)


def _compiled(patterns: Mapping[int, str]) -> tuple["hyperscan.Database | None", Collection[int]]:
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
