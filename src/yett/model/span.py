"""Span: a stretch of a segment; where, never what."""

from dataclasses import dataclass

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """The characters *start* to *end* (exclusive) of the segment at *path*, counted in its original code points."""

    path: str
    start: int
    end: int
