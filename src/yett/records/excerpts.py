"""
Excerpts: what judging anew needs of a record's bytes, cut out without reading the rest.

Rules:

1. What is cut is JSON, and says what the record says. Bytes in which the places to cut are not found are not cut: whoever
   asks reads the whole.
2. A place to cut is a field's name with what stands around it, quotes included. A quote within a text is escaped in JSON, so
   no text can look like one; and where objects hold names that others chose, they stand after every place that is looked for.
3. What differs from exchange to exchange and has no say (who, when, how long, which texts) stays out, so that what is equal
   in bytes can be told alike; and numbers stand by themselves, for they differ most and mostly have no say.
4. An excerpt is a copy of what was sealed, and proves nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import orjson

__all__ = ["HOLE", "Excerpt", "Excerpts", "Page", "Told", "told", "vectors"]

_HEAD = re.compile(
    rb'\{"format":1,"kind":"record","id":"([^"]*)","at":[^"]*,"operation":"[^"]*","revision":"[^"]*",'
    rb'"tenant":"([^"]*)","subject":"[^"]*","key":"[^"]*","model":"([^"]*)","upstream":"[^"]*",'
    rb'"streamed":(?:true|false),"judgements":\['
).match
"""How a record begins in which no quote is escaped: what looks like one ends no text that a name follows."""
_USAGE = b'],"usage":{"input_tokens":'
_COVERAGE, _FACTS = b',"coverage":[', b'],"facts":['
_VECTOR, _NEXT = b',"vector":', b'},{"stage":"'
_COST, _RELEASES = b',"cost":"', b'","releases":['
_NUMBER = re.compile(rb'":(?<=\w":)([-0-9][^,}]*)')
"""A number by itself, with what ends its name: a quote after a letter is not escaped, and opens nothing."""
_HOLED, _NUL, _LINE = b'":\0', b"\0", b"\n"
_JUDGED = ("stage", "allowed", "effect", "rules", "redacts", "facts", "vector")
"""What judging anew needs of a judgement."""
_MOST_FRAMES = 1 << 12

_Judgements = list[tuple[bytes, bytes, int]]
"""Of each what is before its coverage, what is after it, and which vector it had."""

HOLE: Mapping[str, object] = MappingProxyType({"number": 0})
"""What stands in a vector for a number that is elsewhere."""


class Excerpt(NamedTuple):
    """What is cut out of one record."""

    frame: bytes
    """The judgements, a JSON array: of their vectors, which one it is."""
    texts: bytes
    """The vectors that differ, one a line, with NUL for each number: neither is ever a byte of JSON."""
    numbers: bytes
    """Those numbers, a JSON array."""
    told: bytes
    """Whom it is counted for, a JSON array."""


class Told(NamedTuple):
    """Whom an exchange is counted for."""

    id: str
    tenant: str
    model: str
    cost: str


class Page(NamedTuple):
    """The excerpts of many records, by the column, in the order of the records."""

    groups: Sequence[bytes | None]
    """The name of the frame, a line's end, and the texts; None where a record has no excerpt."""
    numbers: Sequence[Sequence[int | float]]
    told: Sequence[bytes]
    frame: Callable[[bytes], bytes]
    """Returns the frame of a name, or raises `LookupError`."""
    whole: Callable[[int], bytes]
    """Returns the body of the record at a place."""


class Excerpts:
    """Cuts records; remembers the frames, of which there are few."""

    def __init__(self) -> None:
        self._frames: dict[tuple[tuple[bytes, bytes, int], ...], bytes] = {}
        self._tails: dict[bytes, bytes] = {}

    def of(self, body: bytes) -> Excerpt | None:
        """Return what is cut out of the record *body*; None where it is not plain."""
        head = _HEAD(body)
        cost = body.rfind(_COST)
        end = body.rfind(_USAGE, 0, cost)
        releases = body.find(_RELEASES, cost)
        if head is None or end < 0 or releases < 0:
            return None
        judged, vectors = self._judgements(body, head.end(), end)
        frame = self._frame(tuple(judged))
        if frame is None:
            return None
        pieces = _NUMBER.split(_LINE.join(vectors))
        whom = b'["%b","%b","%b","%b"]' % (*head.groups(), body[cost + len(_COST) : releases])
        return Excerpt(frame, _HOLED.join(pieces[::2]), b"[%b]" % b",".join(pieces[1::2]), whom)

    def _judgements(self, body: bytes, start: int, end: int) -> tuple[_Judgements, list[bytes]]:
        """Return the judgements of *body*, and the vectors that differ; no judgement of which a place is not found."""
        find, starts = body.find, body.startswith
        judged: _Judgements = []
        found: list[bytes] = []
        while start < end:
            covered = find(_COVERAGE, start, end)
            facts = find(_FACTS, covered, end) + 1
            head = body[start:covered]
            tail = self._tails.get(head)
            # What follows is mostly what followed before, which is seen at once.
            if tail is None or not starts(tail, facts):
                tail = body[facts : find(_VECTOR, facts, end) + len(_VECTOR)]
                if not start <= covered < facts or not tail:
                    return [(b"", b"", 0)], []
                self._tails[head] = tail
            cut = facts + len(tail)
            # A response is mostly judged by what its request was judged by; and no JSON object begins with another one.
            if found and starts(found[0], cut):
                start = cut + len(found[0]) + 2
                judged.append((head, tail, 0))
                continue
            stop = find(_NEXT, cut, end)
            if stop < 0:
                stop = end - 1
            vector = body[cut:stop]
            if vector not in found:
                found.append(vector)
            judged.append((head, tail, found.index(vector)))
            start = stop + 2
        return judged, found

    def _frame(self, judged: tuple[tuple[bytes, bytes, int], ...]) -> bytes | None:
        frame = self._frames.get(judged)
        if frame is None:
            try:
                frame = _framed(judged)
            except (ValueError, LookupError, TypeError):
                return None
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
                self._tails.clear()
            self._frames[judged] = frame
        return frame


def vectors(texts: bytes) -> list[dict[str, object] | None]:
    """
    Return the vectors that an excerpt holds as *texts*, with a `HOLE` for each number.

    Raises:
        ValueError: they are none.
    """
    found = [orjson.loads(line.replace(_NUL, _HOLE)) for line in texts.split(_LINE)] if texts else []
    if not all(each is None or isinstance(each, dict) for each in found):
        raise ValueError("no vectors")
    return found


def told(written: bytes) -> Told:
    """
    Return whom an exchange is counted for, as its excerpt has it.

    Raises:
        ValueError: it does not say.
        TypeError: likewise.
    """
    return Told(*map(str, orjson.loads(written)))


_HOLE = orjson.dumps(dict(HOLE))


def _framed(judged: Sequence[tuple[bytes, bytes, int]]) -> bytes:
    written = b",".join(b"%b%b%d}" % each for each in judged)
    return orjson.dumps([{name: each[name] for name in _JUDGED} for each in orjson.loads(b"[%b]" % written)])
