"""
Pseudonyms: what stands for a value, in a conversation.

Rules:

1. One value has one stand-in, and one stand-in stands for one value. Which one follows from a keyed digest of the value
   and of whose conversation it is, so it is the same in every turn, whatever was left out or added before, and nothing
   has to be stored. Only where two values would share one does the order of their appearance decide.
2. Nothing is made into a stand-in that a text which the model did not write already holds, or a caller could ask for
   what another value hides behind it. The model's own earlier turns hold stand-ins because we gave them to it.
3. A stand-in that is found again stands for itself.
4. What has no made-up form, and a date that cannot be read, gets a placeholder.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count

from yett.guard.shifting import shifted
from yett.guard.synthetic import made_up
from yett.model.kinds import covers
from yett.model.obligation import Transform

__all__ = ["Inventor", "Pseudonyms", "StandIn", "word_of"]

Inventor = Callable[[str, int], str | None]
"""Makes up a value of a kind, one for each number, or none: names of people, for instance."""
_WIDTH = 6
_ATTEMPTS = 64
_FURTHEST = 180
"""Days that a date moves at most: seasons stay apart by what they were, and a year is seldom missed by more than one."""
_BIRTH = "pii.date_of_birth"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands for a value, and how it came about."""

    text: str
    how: Transform
    kind: str
    value: str


@dataclass(slots=True)
class Pseudonyms:
    """The stand-ins of one conversation."""

    texts: Sequence[str] = ()
    """Texts whose stand-ins are not ours."""
    key: bytes = b""
    whose: str = ""
    """Whose conversation it is."""
    inventor: Inventor | None = None
    _given: dict[tuple[Transform, str, str], StandIn] = field(default_factory=dict)
    _taken: dict[str, StandIn] = field(default_factory=dict)
    _typed: str | None = None

    def of(self, kind: str, value: str, how: Transform = Transform.SURROGATE) -> StandIn:
        """Return what stands for *value*, such as `<EMAIL_482913>` for an e-mail address."""
        key = (how, word_of(kind), value.casefold())
        if known := self._given.get(key):
            return known
        if value in self._taken:
            return StandIn(value, self._taken[value].how, kind, value)
        made = self._made_up(kind, value, how) or self._placeholder(kind, value)
        self._given[key] = made
        if made.text != value:
            self._taken[made.text] = made
        return made

    def given(self, kinds: Iterable[str]) -> Mapping[str, StandIn]:
        """Return the stand-ins for values of *kinds*, by their texts."""
        wanted = tuple(kinds)
        return {text: each for text, each in self._taken.items() if any(covers(kind, each.kind) for kind in wanted)}

    def fork(self) -> "Pseudonyms":
        """Return the same ones, to go on by themselves."""
        return replace(self, _given=dict(self._given), _taken=dict(self._taken))

    def _made_up(self, kind: str, value: str, how: Transform) -> StandIn | None:
        if how is Transform.DATE_SHIFT or (how is Transform.SYNTHETIC and kind == _BIRTH):
            moved = shifted(value, self._days())
            return StandIn(moved, Transform.DATE_SHIFT, kind, value) if moved and self._free(moved) else None
        if how is not Transform.SYNTHETIC:
            return None
        for attempt in range(_ATTEMPTS):
            number = self._number(word_of(kind), value.casefold(), attempt)
            made = made_up(kind, value, number) or (self.inventor(kind, number) if self.inventor else None)
            if made is None:
                return None
            if made == value or self._free(made):
                return StandIn(made, how, kind, value)
        return None

    def _placeholder(self, kind: str, value: str) -> StandIn:
        word = word_of(kind)
        numbers = (self._number(word, value.casefold(), attempt) for attempt in count())
        texts = (f"<{word}_{number % 10**_WIDTH:0{_WIDTH}}>" for number in numbers)
        return StandIn(next(filter(self._free, texts)), Transform.SURROGATE, kind, value)

    def _free(self, text: str) -> bool:
        if self._typed is None:  # most conversations never need it
            self._typed = "\n".join(self.texts)
        return text not in self._taken and text not in self._typed

    def _days(self) -> int:
        number = self._number("days", "", 0)
        days = number // 2 % _FURTHEST + 1
        return days if number % 2 else -days

    def _number(self, *parts: object) -> int:
        told = "\0".join(map(str, (self.whose, *parts))).encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(told, key=self.key, digest_size=8, person=b"yett-stand-in").digest())


def word_of(kind: str) -> str:
    """Return the word of a kind in placeholders, such as `EMAIL`."""
    return (kind.partition(".")[2] or kind).upper()
