"""
Gate: which rules can match a text at all, and where about, in one pass.

Hyperscan says for hundreds of patterns at once whether they occur, much faster than asking each; RE2 then says where.
The gate may let through too much, never too little: a pattern that the two engines might read differently is not gated.
Without hyperscan every rule is asked, and the findings are the same.

The patterns are spread over a few databases: what compiling one costs grows faster than what is in it, while looking
through a text for them one after the other takes no longer than for all of them together.

A long text is looked through block by block, so that RE2 need not read all of it for what occurs in one place. Each
block is read with what a match that begins in it may reach into. Patterns whose matches may be too long for that are
looked for in all of the text.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate, count, pairwise

from yett.detectors.spelling import demanded

try:
    import hyperscan
except ImportError:  # a platform without it: every rule is asked
    _AVAILABLE = False
else:
    _AVAILABLE = True

__all__ = ["Gate", "Stretches"]

# Letters beyond ASCII that RE2 takes for an `s` and a `k` where case does not matter; Hyperscan, reading bytes, does not.
_LIKE_ASCII = ("\u017f".encode(), "\u212a".encode())
# So many patterns share a database.
_TOGETHER = 120
_LONGEST = 512
"""How many characters a match may have whose pattern is looked for block by block."""
_BLOCK = 8_192
"""Bytes that are looked through at once."""
_BESIDE = 4
"""Bytes of the characters beside a match, which say whether a word begins or ends there."""
_PARTS = 1 << 20
"""From here on parts of patterns are numbered, of which no one is told that they occur."""

Stretches = Sequence[tuple[int, int]] | None
"""Where in a text all matches begin, in order and apart from one another; None where nobody knows."""


class Gate:
    """Compiled databases over some patterns."""

    __slots__ = ("_always", "_count", "_far", "_near", "_scratches")

    def __init__(
        self, patterns: Sequence[str], saved: bytes = b"", lengths: Sequence[int | None] | None = None
    ) -> None:
        """
        Load the databases from *saved*, or compile them where that does not fit.

        No match of a pattern has more characters than *lengths* says; without them nobody knows.
        """
        self._count = len(patterns)
        self._near, self._far = _loaded(saved, self._count) or _compiled_apart(patterns, lengths)
        taken = {*self._near[1], *self._far[1]}
        self._always = tuple(index for index in range(self._count) if index not in taken)
        # Two scans must never share a scratch: a scan takes its own out of the list, and puts them back when it is done.
        self._scratches: list[tuple[_Scratches, _Scratches]] = []

    def dump(self) -> bytes:
        """Return the databases as bytes, bound to this version of Hyperscan and kind of processor."""
        if not self._near[0] and not self._far[0]:
            return b""
        near = _dumped(self._near)
        return b"%d\n" % len(near) + near + _dumped(self._far)

    def opened(self, data: bytes) -> dict[int, Stretches]:
        """Return the patterns that may occur in *data*, by index, and where all that they match begins."""
        if not data.isascii() and any(letter in data for letter in _LIKE_ASCII):
            return dict.fromkeys(range(self._count))
        opened: dict[int, Stretches] = dict.fromkeys(self._always)
        if not data:
            return opened
        try:
            near, far = self._scratches.pop()
        except IndexError:
            near, far = _scratches(self._near), _scratches(self._far)
        opened |= dict.fromkeys(_scanned(self._far, data, far))
        if len(data) <= _BLOCK:
            opened |= dict.fromkeys(_scanned(self._near, data, near))
        else:
            opened |= _spread(data, lambda block: _scanned(self._near, block, near))
        self._scratches.append((near, far))
        return opened


def _spread(data: bytes, scanned: Callable[[bytes], list[int]]) -> dict[int, list[tuple[int, int]]]:
    """Look through *data* block by block; say what is *scanned* in them, and where that begins."""
    spread: dict[int, list[tuple[int, int]]] = {}
    ahead = _ahead(data)
    for start in range(0, len(data), _BLOCK):
        stop = min(len(data), start + _BLOCK)
        for index in scanned(data[max(0, start - _BESIDE) : stop + ahead]):
            stretches = spread.setdefault(index, [])
            joins = stretches and stretches[-1][1] == start
            stretches.append((stretches.pop()[0] if joins else start, stop))
    return spread


def _ahead(data: bytes) -> int:
    """Return how many bytes of *data* a match that begins in a block may reach into, and what stands beside it."""
    return _LONGEST * (1 if data.isascii() else _BESIDE) + _BESIDE


_Made = tuple[tuple["hyperscan.Database", ...], Collection[int]]
_Scratches = tuple["hyperscan.Scratch", ...]
_Demanded = tuple[str, ...]
"""A pattern as it is spelled: all of these must occur."""


def _scratches(made: _Made) -> _Scratches:
    return tuple(hyperscan.Scratch(database) for database in made[0])


def _scanned(made: _Made, data: bytes, scratches: _Scratches) -> list[int]:
    """Return the indices of the patterns that may occur in *data*, each once."""
    through: list[int] = []
    for database, scratch in zip(made[0], scratches, strict=True):
        database.scan(data, match_event_handler=_note, context=through, scratch=scratch)
    return through


def _note(index: int, _start: int, _end: int, _flags: int, through: object) -> None:
    if isinstance(through, list):
        through.append(index)


def _dumped(made: _Made) -> bytes:
    databases, taken = made
    dumped = [bytes(hyperscan.dumpb(database)) for database in databases]
    sizes = ",".join(str(len(each)) for each in dumped)
    return f"{','.join(map(str, sorted(taken)))};{sizes}\n".encode() + b"".join(dumped)


def _loaded(saved: bytes, count: int) -> tuple[_Made, _Made] | None:
    """Return the databases in *saved*, near and far; None when there are none that fit *count* patterns."""
    size, _, rest = saved.partition(b"\n")
    if not _AVAILABLE or not size.isdigit():
        return None
    try:
        near, far = _loaded_one(rest[: int(size)]), _loaded_one(rest[int(size) :])
    except (ValueError, hyperscan.error):
        return None
    return (near, far) if all(index < count for index in (*near[1], *far[1])) else None


def _loaded_one(saved: bytes) -> _Made:
    told, _, rest = saved.partition(b"\n")
    taken, _, sizes = told.partition(b";")
    ends = [0, *accumulate(map(int, sizes.split(b",") if sizes else ()))]
    databases = tuple(hyperscan.loadb(rest[start:end], hyperscan.HS_MODE_BLOCK) for start, end in pairwise(ends))
    return databases, frozenset(map(int, taken.split(b",") if taken else ()))


def _compiled_apart(patterns: Sequence[str], lengths: Sequence[int | None] | None) -> tuple[_Made, _Made]:
    """Compile *patterns*, those apart whose matches may be long."""
    near: dict[int, _Demanded] = {}
    far: dict[int, _Demanded] = {}
    for index, pattern in enumerate(patterns):
        spelled = demanded(pattern) if _AVAILABLE else ()
        if spelled:
            length = lengths[index] if lengths else None
            (far if length is None or length > _LONGEST else near)[index] = spelled
    return _compiled_all(near), _compiled_all(far)


def _compiled_all(patterns: Mapping[int, _Demanded]) -> _Made:
    """Compile *patterns*, so many together, but those that are too large for Hyperscan."""
    indices = list(patterns)
    made = [
        _compiled({index: patterns[index] for index in indices[at : at + _TOGETHER]})
        for at in range(0, len(indices), _TOGETHER)
    ]
    databases = tuple(database for database, _ in made if database is not None)
    return databases, frozenset(index for _, taken in made for index in taken)


def _compiled(patterns: Mapping[int, _Demanded]) -> tuple["hyperscan.Database | None", Collection[int]]:
    """Compile *patterns*, but those that are too large for Hyperscan."""
    if not patterns:
        return None, ()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions, ids, flags = zip(*_expressions(patterns), strict=True)
    try:
        database.compile(expressions=expressions, ids=ids, flags=flags)
    except hyperscan.error:
        if len(patterns) == 1:
            return None, ()
        taken = {index: pattern for index, pattern in patterns.items() if _compiled({index: pattern})[1]}
        return _compiled(taken) if taken.keys() != patterns.keys() else (None, ())
    return database, tuple(patterns)


def _expressions(patterns: Mapping[int, _Demanded]) -> Iterator[tuple[bytes, int, int]]:
    """Yield what Hyperscan is to look for: an expression, its number and how it is reported."""
    parts = count(_PARTS)
    for index, (spelled, *others) in patterns.items():
        if not others:
            yield spelled.encode(), index, hyperscan.HS_FLAG_SINGLEMATCH
            continue
        numbers = [next(parts) for _ in (spelled, *others)]
        for number, part in zip(numbers, (spelled, *others), strict=True):
            yield part.encode(), number, hyperscan.HS_FLAG_QUIET
        together = " & ".join(map(str, numbers)).encode()
        yield together, index, hyperscan.HS_FLAG_COMBINATION | hyperscan.HS_FLAG_SINGLEMATCH
