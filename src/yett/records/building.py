"""
A record as canonical JSON and back; digests in place of text.

Rules:

1. One record has one form: fields in the order in which `Record` declares them, no white space, shortest floats.
   So equal records have equal bytes, and a sealed body can be compared.
2. A digest is keyed. Without the key nobody can find out a short text, or a person's name, by trying.
"""

import hashlib
from dataclasses import replace

import orjson

from yett.model.record import Judgement, Record
from yett.model.usage import Usage

__all__ = ["crashed", "digest", "parse", "serialise"]

_FORMAT = b'{"format":1,"kind":"record",'
_DIGEST_SIZE = 16  # 128 bits: two texts alike by accident are out of reach, and the record stays short


def digest(key: bytes, text: str | bytes) -> str:
    """Return the keyed digest (BLAKE2b, 32 hex digits) of *text*; *key* has 1 to 64 bytes."""
    if not key:
        raise ValueError("a digest needs a key; without one a short text can be guessed")
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE, key=key, person=b"yett-record").hexdigest()


def serialise(record: Record) -> bytes:
    """Return *record* as canonical JSON."""
    return _FORMAT + orjson.dumps(record)[1:]


def parse(body: bytes) -> Record | None:
    """Read a record back; None when *body* is something else, such as an opening."""
    fields = orjson.loads(body)
    if not isinstance(fields, dict) or fields.pop("kind", None) != "record" or fields.pop("format", None) != 1:
        return None
    fields["usage"] = Usage(**fields["usage"])
    fields["judgements"] = [_judgement(judgement) for judgement in fields["judgements"]]
    fields["releases"] = tuple(fields.get("releases", ()))
    return Record(**fields)


def crashed(id: str, at: float, note: bytes) -> Record:
    """
    Return the record of exchange *id*, which began and whose process died.

    Args:
        id: the exchange.
        at: when that was noticed, for a note that does not say when it began.
        note: the record as far as it was known at admission; one that cannot be read is left out.
    """
    try:
        begun = parse(note)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        begun = None
    return replace(begun or Record(id=id, at=at, operation=""), id=id, outcome="crashed")


def _judgement(fields: dict[str, object]) -> Judgement:
    return Judgement(**{name: _frozen(value) for name, value in fields.items()})  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
