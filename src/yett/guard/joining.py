"""
Joining: what one speaker said in several pieces, read as one.

Rules:

1. An order may be cut in two and sent in two turns, two parts of a message or two documents. So the end of each piece
   and the beginning of the next by the same origin are also read together, once with a space between them and, within
   one message, once without.
2. Only what crosses a seam is new. It is found in each piece that it touches, in the piece's own characters.
3. What is read again is bounded: of a long piece only its ends. What stands in the middle of a long piece was read
   there, and never joins what stands elsewhere.
4. A conversation that grows must not leave a seam behind, and costs only what is new. So pieces are joined from the
   first on, in blocks that overlap by what an order takes, and only the last block changes when a piece is added.
5. Turns that were said one after the other are no text that somebody wrote: short ones together read like a list of
   orders. So a joint tells whether it is *loose*, for those who judge texts as a whole.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from yett.model.segment import Origin, Segment

__all__ = ["Joint", "joints"]

_SPEAKERS = (Origin.USER, Origin.DOCUMENT, Origin.TOOL, Origin.UNKNOWN)
_BLOCK = 3_840
"""After how many characters a block of joined pieces ends."""
_NEAR = 240
"""How many characters of a piece's ends are read with its neighbours; the rules for orders reach about as far."""
_MESSAGE = 3
"""A message is told by the first steps of a path: `/messages/2`."""


_Stretch = tuple[Segment, int, int]
"""Some characters of a piece."""


class _Piece(NamedTuple):
    begin: int
    """Where in the joint it begins."""
    segment: Segment
    offset: int
    """Which of the segment's characters that is."""
    length: int


class Joint(NamedTuple):
    """Pieces read as one text."""

    origin: Origin
    text: str
    pieces: tuple[_Piece, ...]
    loose: bool
    """Whether its pieces were said at different times."""

    def touched(self, start: int, end: int) -> list[_Stretch]:
        """Return which characters of which segments *start* to *end* are; nothing where they cross no seam."""
        found = []
        for piece in self.pieces:
            first, last = max(start, piece.begin), min(end, piece.begin + piece.length)
            if first < last:
                shift = piece.offset - piece.begin
                found.append((piece.segment, first + shift, last + shift))
        return found if len(found) > 1 else []


def joints(segments: Sequence[Segment]) -> tuple[Joint, ...]:
    """Return what of *segments* is to be read together."""
    if len(segments) < 2:  # noqa: PLR2004 - one piece has no seam
        return ()
    spoken: dict[Origin, list[Segment]] = {}
    for segment in segments:
        if segment.text:
            spoken.setdefault(segment.origin, []).append(segment)
    return tuple(_joints(spoken)) if len(spoken) < len(segments) else ()


def _joints(spoken: Mapping[Origin, Sequence[Segment]]) -> Iterator[Joint]:
    for origin in _SPEAKERS:
        for run in _runs(spoken.get(origin, ())):
            for block in _blocks(run):
                yield _joined(origin, block, " ")
                for message in _messages(block):
                    yield _joined(origin, message, "")


def _runs(spoken: Sequence[Segment]) -> Iterator[list[_Stretch]]:
    """Yield stretches of segments that are to be read together: from the end of one to the beginning of another."""
    run: list[_Stretch] = []
    for segment in spoken:
        length = len(segment.text)
        if length <= 2 * _NEAR:
            run.append((segment, 0, length))
            continue
        run.append((segment, 0, _NEAR))
        if len(run) > 1:
            yield run
        run = [(segment, length - _NEAR, length)]
    if len(run) > 1:
        yield run


def _blocks(run: Sequence[_Stretch]) -> Iterator[Sequence[_Stretch]]:
    """Cut *run* into blocks, each of which begins with the last pieces of the one before."""
    ends = [*accumulate(end - start for _, start, end in run)]
    first = last = 0
    while last < len(run):
        before = ends[first - 1] if first else 0
        last = min(bisect_left(ends, before + _BLOCK) + 1, len(run))
        if last - first > 1:
            yield run[first:last]
        # The next one begins with the piece in which the last characters that an order may reach back over begin.
        first = bisect_right(ends, ends[last - 1] - 2 * _NEAR)


def _messages(run: Sequence[_Stretch]) -> Iterator[list[_Stretch]]:
    """Yield the stretches of *run* that are parts of one message."""
    together: list[_Stretch] = []
    for each in run:
        if together and _message(together[-1][0]) != _message(each[0]):
            if len(together) > 1:
                yield together
            together = []
        together.append(each)
    if len(together) > 1:
        yield together


def _message(segment: Segment) -> str:
    return "/".join(segment.path.split("/")[:_MESSAGE])


def _joined(origin: Origin, run: Sequence[_Stretch], glue: str) -> Joint:
    pieces = []
    texts = []
    begin = 0
    for segment, start, end in run:
        pieces.append(_Piece(begin, segment, start, end - start))
        texts.append(segment.text[start:end])
        begin += end - start + len(glue)
    loose = _message(run[0][0]) != _message(run[-1][0])
    return Joint(origin, glue.join(texts), tuple(pieces), loose)
