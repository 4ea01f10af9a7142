"""
Piece: a part of a text that is read otherwise, and where each of its characters comes from.

What stands near a piece must be read with it, or an order of which one word is disguised would not be seen. So what is
read otherwise is cut out with its surroundings, as a window; windows that meet are one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

__all__ = ["MOST_PLACES", "Edited", "Piece", "Places", "TooManyPlaces", "exact", "windows"]

_NEAR = 200
MOST_PLACES = 16_384
"""How many places of one disguise are looked at in one text."""


class TooManyPlaces(Exception):
    """There is more to read otherwise than is read: the text from *start* to *end*, if that is known, else all of it."""

    def __init__(self, start: int = 0, end: int | None = None) -> None:
        """Say which place was the first one too many."""
        super().__init__()
        self.start = start
        self.end = end


class Places(Protocol):
    """Where in a text each character of a piece begins, or ends."""

    def __len__(self) -> int:
        """Return how many characters the piece has."""
        ...

    def __getitem__(self, index: int, /) -> int:
        """Return the place of the character at *index*."""
        ...


class Edited:
    """The places of a text that is kept but for some stretches: worked out when they are asked for."""

    __slots__ = ("_begins", "_length", "_places")

    def __init__(self, begins: list[int], places: list[tuple[int, int]], length: int) -> None:
        """
        Know that what *begins* at some characters has *places*: the first one, and by how much the next are further on.

        It has *length* characters altogether.
        """
        self._begins = begins
        self._places = places
        self._length = length

    def __len__(self) -> int:
        """Return how many characters there are."""
        return self._length

    def __getitem__(self, index: int, /) -> int:
        """Return the place of the character at *index*."""
        if index >= self._length:
            raise IndexError(index)
        at = bisect_right(self._begins, index) - 1
        place, step = self._places[at]
        return place + step * (index - self._begins[at])


class Piece(NamedTuple):
    """The characters *start* to *end* of a text, read otherwise."""

    name: str
    """How it is read, such as `base64>hex`."""
    start: int
    end: int
    text: str
    starts: Places = ()
    """Where what each character was read from begins; empty where only the whole is known."""
    ends: Places = ()

    def home(self, first: int, last: int) -> tuple[int, int]:
        """Map the characters *first* to *last* of the piece to the text."""
        if not self.starts:
            return self.start, self.end
        last = max(first + 1, last)
        return min(self.starts[first], self.starts[last - 1]), max(self.ends[first], self.ends[last - 1])


def exact(name: str, start: int, text: str) -> Piece:
    """Return a piece in which *text* stands for as many characters from *start* on, one for one."""
    end = start + len(text)
    return Piece(name, start, end, text, range(start, end), range(start + 1, end + 1))


def windows(text: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """
    Yield what stands around *places* of *text*, which are in order: so many characters, but no more than the line.

    Raises:
        TooManyPlaces: there are more of them than are looked at.
    """
    start = end = 0
    for number, (first, last) in enumerate(places):
        if number == MOST_PLACES:
            raise TooManyPlaces
        if first - _NEAR > end or text.find("\n", end, first) >= 0 or not number:
            if end:
                yield start, end
            start = max(end, first - _NEAR, text.rfind("\n", max(end, first - _NEAR), first) + 1)
        newline = text.find("\n", last, last + _NEAR)
        end = newline if newline >= 0 else min(len(text), max(end, last + _NEAR))
    if end:
        yield start, end
