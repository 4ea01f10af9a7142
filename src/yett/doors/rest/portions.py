"""
Portions: a large batch, cut into small ones that ask the same.

What is read, decided about and let go of before the next is read is still at hand in the processor's cache; a thousand
questions together are not.

Rules:

1. Where to cut is a guess: what looks like the border of two questions may lie within one. So each portion is a batch,
   to be read as strictly as any.
2. Where every portion is a list of contexts and nothing else, so is the whole, and it holds what they hold, in order:
   what stands between the brackets of a list is its elements. Where one portion is something else, nothing is known of the whole.
"""

from collections.abc import Iterator

from yett.doors.rest.questions import MOST

__all__ = ["portions"]

_OPENING, _BORDER, _CLOSING = b'{"requests":[', b'},{"context":', b"]}"
_BYTES = 16 * 1024
"""Of a portion, about. As objects its questions take some ten times as much, which fits into a cache of the second level."""


def portions(body: bytes) -> Iterator[bytes]:
    """Cut *body* as most clients write a batch; nothing where it is small, or written otherwise."""
    start, end = len(_OPENING), len(body) - len(_CLOSING)
    if end - start < 2 * _BYTES or not (body.startswith(_OPENING) and body.endswith(_CLOSING)):
        return
    if body.count(_BORDER) >= MOST:
        return  # which is refused, so that nothing should be decided before that is known
    while start < end:
        border = body.find(_BORDER, start + _BYTES, end)
        stop = end if border < 0 else border + 1
        yield b"%b%b%b" % (_OPENING, body[start:stop], _CLOSING)
        start = stop + 1
