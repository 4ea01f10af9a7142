"""
Excerpts: what judging anew needs of a record's bytes, cut out without reading the rest.

Rules:

1. What is cut is JSON, and says what the record says. Bytes in which the places to cut are not found are not cut: whoever
   asks reads the whole.
2. A place to cut is a field's name with what stands around it, quotes included. A quote within a text is escaped in JSON, so
   no text can look like one; and where objects hold names that others chose, they stand after every place that is looked for.
3. What differs from exchange to exchange and has no say (who, when, how long, which texts) stays out of the frame, so that
   there are few; and so do the values of facts, for they differ most and mostly have no say.
4. An excerpt is a copy of what was sealed, and proves nothing.
"""

import re
from typing import NamedTuple

import orjson

__all__ = ["Excerpt", "Excerpts", "Told", "told"]

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
_JUDGED = ("stage", "allowed", "effect", "rules", "redacts", "facts", "vector")
"""What judging anew needs of a judgement."""
_MOST_FRAMES = 1 << 12

_Judgements = tuple[tuple[bytes, bytes, int], ...]
"""Of each what is before its coverage, what is after it, and which vector it had."""
_Names = tuple[tuple[str, ...] | None, ...]
"""Of the vectors that differ the names of their facts; None where one holds nothing."""


class Excerpt(NamedTuple):
    """What is cut out of one record."""

    frame: bytes
    """JSON: the judgements, of their vectors which one it is, and of the vectors that differ the names of their facts."""
    values: list[object]
    """What those facts are, one vector after the other."""
    told: bytes
    """Whom it is counted for, a JSON array."""


class Told(NamedTuple):
    """Whom an exchange is counted for."""

    id: str
    tenant: str
    model: str
    cost: str


class Excerpts:
    """Cuts records; remembers the frames, of which there are few."""

    def __init__(self) -> None:
        self._frames: dict[tuple[_Judgements, _Names], bytes] = {}
        self._tails: dict[bytes, bytes] = {}

    def of(self, body: bytes) -> Excerpt | None:
        """Return what is cut out of the record *body*; None where it is not plain."""
        head = _HEAD(body)
        cost = body.rfind(_COST)
        end = body.rfind(_USAGE, 0, cost)
        releases = body.find(_RELEASES, cost)
        if head is None or end < 0 or releases < 0:
            return None
        judged, cut = self._judgements(body, head.end(), end)
        values: list[object] = []
        names: list[tuple[str, ...] | None] = []
        try:
            for vector in map(orjson.loads, cut):
                if vector is None:
                    names.append(None)
                    continue
                names.append(tuple(vector))
                values += vector.values()
            frame = self._frame(tuple(judged), tuple(names))
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
        whom = b'","'.join((*head.groups(), body[cost + len(_COST) : releases]))
        return Excerpt(frame, values, b'["%b"]' % whom)

    def _judgements(self, body: bytes, start: int, end: int) -> tuple[list[tuple[bytes, bytes, int]], list[bytes]]:
        """Return the judgements of *body*, and the vectors that differ; no judgement of which a place is not found."""
        find, starts = body.find, body.startswith
        judged: list[tuple[bytes, bytes, int]] = []
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

    def _frame(self, judged: _Judgements, names: _Names) -> bytes:
        frame = self._frames.get((judged, names))
        if frame is None:
            frame = _framed(judged, names)
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
                self._tails.clear()
            self._frames[judged, names] = frame
        return frame


def told(written: bytes) -> Told:
    """
    Return whom an exchange is counted for, as its excerpt has it.

    Raises:
        ValueError: it does not say.
        TypeError: likewise.
    """
    return Told(*map(str, orjson.loads(written)))


def _framed(judged: _Judgements, names: _Names) -> bytes:
    written = orjson.loads(b"[%b]" % b",".join(b"%b%b%d}" % each for each in judged))
    return orjson.dumps([[{name: each[name] for name in _JUDGED} for each in written], names])
