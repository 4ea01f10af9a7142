"""
Frames: how one event of the journal lies on the disk.

    magic 2 | length 4 | CRC-32 4 | kind 1 | fields

Rules:

1. The checksum tells a torn frame from a whole one; only the chain's links tell an altered one from a true one.
2. The magic is not UTF-8, and what is framed is: so the next frame after a damaged stretch can be found.
"""

import struct
import zlib
from dataclasses import dataclass

from yett.model.record import Entry

__all__ = ["Admitted", "Begun", "Frame", "admitted", "begun", "find", "read", "sealed"]

_MAGIC = b"\xf5J"
_HEAD = struct.Struct(">2sII")
_BEGUN = struct.Struct(">cQ32s")
_ADMITTED = struct.Struct(">cH")
_SEALED = struct.Struct(">cQd32sH")


@dataclass(frozen=True, slots=True)
class Begun:
    """A segment begins; the chain's head so far is *sequence* and *link*."""

    sequence: int
    link: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """Exchange *id* has begun; *note* is what was known of it."""

    id: str
    note: bytes


Frame = Begun | Admitted | Entry
"""What may be framed. An entry that is read does not know its chain; whoever reads it does."""


def begun(sequence: int, link: str) -> bytes:
    """Frame the beginning of a segment."""
    return _framed(_BEGUN.pack(b"B", sequence, bytes.fromhex(link)))


def admitted(id: str, note: bytes) -> bytes:
    """Frame an admission."""
    name = id.encode()
    return _framed(_ADMITTED.pack(b"A", len(name)) + name + note)


def sealed(entry: Entry) -> bytes:
    """Frame a sealed entry."""
    name = entry.id.encode()
    fields = _SEALED.pack(b"S", entry.sequence, entry.at, bytes.fromhex(entry.link), len(name))
    return _framed(fields + name + entry.body)


def read(data: bytes, at: int) -> tuple[Frame, int] | None:
    """Read the frame that begins at *at*, and where it ends; None when no whole and intact one does."""
    start = at + _HEAD.size
    if start > len(data):
        return None
    magic, length, checksum = _HEAD.unpack_from(data, at)
    end = start + length
    if magic != _MAGIC or end > len(data) or zlib.crc32(memoryview(data)[start:end]) != checksum:
        return None
    frame = _unpacked(data[start:end])
    return None if frame is None else (frame, end)


def find(data: bytes, at: int) -> int:
    """Return where, from *at* on, the next whole and intact frame begins; the end of *data* when none does."""
    at = data.find(_MAGIC, at)
    while at >= 0 and read(data, at) is None:
        at = data.find(_MAGIC, at + 1)
    return at if at >= 0 else len(data)


def _framed(fields: bytes) -> bytes:
    return _HEAD.pack(_MAGIC, len(fields), zlib.crc32(fields)) + fields


def _unpacked(fields: bytes) -> Frame | None:
    match fields[:1]:
        case b"B":
            _, sequence, link = _BEGUN.unpack(fields)
            return Begun(sequence, link.hex())
        case b"A":
            _, size = _ADMITTED.unpack_from(fields)
            end = _ADMITTED.size + size
            return Admitted(fields[_ADMITTED.size : end].decode(), fields[end:])
        case b"S":
            _, sequence, at, link, size = _SEALED.unpack_from(fields)
            end = _SEALED.size + size
            return Entry("", sequence, fields[_SEALED.size : end].decode(), at, fields[end:], link.hex())
        case _:
            return None
