"""
Excerpts: what judging anew needs of a record's bytes, cut out without reading the rest.

Rules:

1. What is cut is JSON, and says what the record says. Bytes in which the places to cut are not found are not cut: whoever
   asks reads the whole.
2. A place to cut is a field's name with what stands around it, quotes included. A quote within a text is escaped in JSON, so
   no text can look like one; and where objects hold names that others chose, their values are none that a place needs.
3. What differs from exchange to exchange and has no say (who, when, how long, which texts) stays out, so that what is equal
   in bytes can be told alike.
"""

from typing import NamedTuple

import orjson

from yett.model.record import Record
from yett.records.building import serialise

__all__ = ["Told", "judgements", "stages", "told"]

_KIND = b'{"format":1,"kind":"record","id":"'
_JUDGEMENTS = b',"judgements":['
_USAGE = b'],"usage":{"input_tokens":'
_COVERAGE, _FACTS = b',"coverage":[["', b']],"facts":['
_VECTOR, _NEXT = b',"vector":{"*":', b'},{"stage":"'
_VECTOR_AT = len(b',"vector":')
_EARLIEST = serialise(Record("", 0, "")).index(_JUDGEMENTS)
"""No record has its judgements before that."""
_TENANT, _SUBJECT = b',"tenant":"', b'","subject":"'
_MODEL, _UPSTREAM = b',"model":"', b'","upstream":"'
_COST, _RELEASES = b',"cost":"', b'","releases":['
_AT = b'","at":'


class Told(NamedTuple):
    """Whom an exchange is counted for."""

    id: str
    tenant: str
    model: str
    cost: str


def judgements(body: bytes) -> bytes | None:
    """Return the judgements of the record *body*, a JSON array, without what they say of coverage; None where it is not plain."""
    find = body.find
    start = find(_JUDGEMENTS, _EARLIEST)
    end = body.rfind(_USAGE)
    if start < 0 or end < 0 or not body.startswith(_KIND):
        return None
    start += len(_JUDGEMENTS) - 1
    pieces = []
    covered = find(_COVERAGE, start, end)
    while covered >= 0:
        pieces.append(body[start:covered])
        start = find(_FACTS, covered, end) + 2
        if start < covered:
            return None
        covered = find(_COVERAGE, start, end)
    pieces.append(body[start : end + 1])
    return b"".join(pieces)


def stages(judged: bytes) -> list[tuple[bytes, bytes]]:
    """Return of each of the judgements *judged* its JSON without the vector, and the vector's, empty where there is none."""
    found = []
    start, whole = 1, len(judged) - 2
    while start < whole:
        end = judged.find(_NEXT, start)
        if end < 0:
            end = whole
        cut = judged.find(_VECTOR, start, end)
        if cut < 0:
            found.append((judged[start : end + 1], b""))
        else:
            found.append((judged[start:cut] + b"}", judged[cut + _VECTOR_AT : end]))
        start = end + 2
    return found


def told(body: bytes) -> Told | None:
    """Return whom the exchange of the record *body* is counted for; None where that is not plain."""
    at = body.find(_AT)
    tenant = body.find(_TENANT, at)
    subject = body.find(_SUBJECT, tenant)
    model = body.find(_MODEL, subject)
    upstream = body.find(_UPSTREAM, model)
    cost = body.rfind(_COST)
    releases = body.find(_RELEASES, cost)
    if min(at, tenant, subject, model, upstream, cost, releases) < 0 or not body.startswith(_KIND):
        return None
    return Told(
        _text(body[len(_KIND) : at]),
        _text(body[tenant + len(_TENANT) : subject]),
        _text(body[model + len(_MODEL) : upstream]),
        _text(body[cost + len(_COST) : releases]),
    )


def _text(raw: bytes) -> str:
    """Return the text that is *raw* between the quotes of a JSON string."""
    return str(orjson.loads(b'"%b"' % raw)) if b"\\" in raw else raw.decode()
