"""
Rule: a pattern that means something, with what makes it more or less sure.

Rules:

1. A rule is local. What it says of a stretch depends on that stretch, on `look_behind` bytes before and on `look_ahead`
   bytes after it, and on nothing else; so a stream can know when it is settled.
2. A match without group is reported whole. With a group, the group is what is reported and the rest is its trigger, as in
   `password = (value)`; a trigger is at most 128 characters long.
3. Where a validator refuses a match whose length is bounded, the search goes on one character further, so that digits in
   front of a number do not hide it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, filterfalse

from yett.detectors.expression import Found, compiled
from yett.detectors.gate import Stretches
from yett.detectors.surroundings import Surroundings
from yett.detectors.syntax import Choice, Group, Node, Repeat, Unreadable, parse, width
from yett.detectors.syntax import Sequence as Row
from yett.detectors.validators import VALIDATORS
from yett.model.segment import Origin

__all__ = ["SEEN", "TRIGGER", "Context", "Rule", "Scanner", "longest", "spoken", "trigger"]

SEEN = 0.5
"""What is less sure than this is not reported, unless somebody says otherwise."""
TRIGGER = 128
"""How many characters may stand before the group of a rule, at most."""
_BOUNDED = 64
_LARGEST = 4
"""Bytes of a character, at most."""
_SPACE = 0x20
# Greek, where some letters have more than two forms that differ in case alone: there any character beyond ASCII will do.
_MANY_CASED = range(0x0370, 0x0400)
_STOPS = frozenset({b".", b":"})
_ONE_SIDED = frozenset({b"=", b" "})
# Scripts without spaces between words: Thai, Lao, Tibetan and Myanmar, and those of East Asia.
_UNSPACED = (range(0x0E00, 0x10A0), range(0x2E80, 0x110000))


@dataclass(frozen=True, slots=True)
class Context:
    """Whole words nearby that change a score: *words* by *change*, *against* by *against_change*."""

    words: tuple[str, ...] = ()
    change: float = 0.0
    against: tuple[str, ...] = ()
    against_change: float = 0.0
    window: int = 48
    """How many bytes before and after the match are nearby."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as written."""

    id: str
    kind: str
    pattern: str
    """RE2 syntax."""
    score: float
    origins: frozenset[Origin] = frozenset()
    """Whose texts it is for; everybody's, when empty."""
    validator: str = ""
    context: Context = Context()
    beside: str = ""
    """
    Characters that must not stand right before or after a match: those that runs of base64, hex and longer numbers go on
    with. A full stop or colon counts only where something goes on behind it, an equals sign only after a match, and a
    space only where further digits stand behind it on both sides.
    """
    keep: int = 0
    """How many of the last characters a mask may leave."""
    seen: float = SEEN
    """What is less sure than this is not reported."""
    true: tuple[str, ...] = field(default=(), repr=False)
    false: tuple[str, ...] = field(default=(), repr=False)


class Scanner:
    """A rule at work."""

    __slots__ = (
        "_against",
        "_behind",
        "_beside",
        "_expression",
        "_front",
        "_needy",
        "_retry",
        "_words",
        "longest",
        "look_ahead",
        "look_behind",
        "rule",
        "spoken",
        "triggered",
    )

    def __init__(self, rule: Rule) -> None:
        """
        Compile *rule*.

        Raises:
            BadPattern: RE2 does not accept its pattern.
        """
        self.rule = rule
        self._expression = compiled(rule.pattern)
        if rule.validator and rule.validator not in VALIDATORS:
            raise KeyError(rule.validator)
        self._words = spoken(rule.context.words)
        self._against = spoken(rule.context.against)
        # What a text must hold for this rule to be sure enough, roughly; empty when it may be without.
        self.spoken = _roughly(rule.context.words) if rule.score < rule.seen else ""
        self._needy = bool(self._words) and rule.score + max(0.0, rule.context.against_change) < rule.seen
        self._beside = frozenset(rule.beside.encode()[at : at + 1] for at in range(len(rule.beside.encode())))
        # The bytes that may crowd a match from the front and from behind, but for a space, which does only on both sides.
        self._front = frozenset(b"".join(self._beside - _ONE_SIDED))
        self._behind = frozenset(b"".join(self._beside - {b" "}))
        self.longest = longest(rule.pattern)
        """How many characters a match may have, at most; None where there is no most."""
        self._retry = bool(rule.validator) and self.longest is not None and self.longest <= _BOUNDED
        self.triggered = trigger(rule.pattern) != 0
        near = rule.context.window + 1 if self._words or self._against else 0
        beside = 2 if self._beside & (_STOPS | {b" "}) else 1 if self._beside else 0
        self.look_ahead = max(near, beside)
        self.look_behind = max(near, TRIGGER if self.triggered else 0, beside) + 1

    def finds(self, around: Surroundings, start: int, stretches: Stretches = None) -> Iterator[tuple[Found, bool]]:
        """
        Yield what the pattern matches from *start* on, believed or not, and whether it is known to be valid.

        All that it matches begins in one of *stretches*, where those are given.
        """
        data, length, search, retry = around.data, len(around.data), self._expression.search, self._retry
        for first, last in [(start, length + 1)] if stretches is None else stretches:
            start = max(start, first)
            stop = length if self.longest is None else min(length, last + _LARGEST * (self.longest + 1))
            while start < last and (found := search(data, start, stop)) is not None and found.whole_start < last:
                valid = retry and self._valid(around, found)
                yield found, valid
                start = found.whole_start + 1 if retry and not valid else max(found.whole_end, found.whole_start + 1)

    def _valid(self, around: Surroundings, found: Found) -> bool:
        if self._beside and self._crowded(around.data, found):
            return False
        return not self.rule.validator or around.valid(self.rule.validator, found.start, found.end)

    def _crowded(self, data: bytes, found: Found) -> bool:
        start, end = found.start, found.end
        front, behind = data[start - 1] if start else None, data[end] if end < len(data) else None
        if front not in self._front and behind not in self._behind and not front == behind == _SPACE:
            return False
        before = data[max(0, found.start - 2) : found.start]
        after = data[found.end : found.end + 2]
        if b" " in self._beside and before[-1:] == b" " == after[:1] and before[:-1].isdigit() and after[1:].isdigit():
            return True
        return (
            before[-1:] not in _ONE_SIDED
            and before[-1:] in self._beside
            and (before[-1:] not in _STOPS or before[:-1].isdigit() or before == b"::")
        ) or (
            after[:1] in self._beside
            and after[:1] != b" "
            and (after[:1] not in _STOPS or after[1:].isalnum() or after == b"::")
        )

    def score(self, around: Surroundings, found: Found) -> float:
        """Return how sure the rule is of *found*; 0 when it does not believe it."""
        return self._scores(around, [found])[0] if self._valid(around, found) else 0.0

    def sure(self, around: Surroundings, places: Sequence[tuple[Found, bool]]) -> list[tuple[Found, float]]:
        """Return those of *places* that are sure enough to be reported, of some of which it is known that they are valid."""
        if self._needy and places:
            near = self._near(self._words, around, [found for found, _ in places])
            places = list(compress(places, near))
        believed = [found for found, valid in places if valid or self._valid(around, found)]
        scores = self._scores(around, believed)
        return [each for each in zip(believed, scores, strict=True) if each[1] >= self.rule.seen]

    def _scores(self, around: Surroundings, places: Sequence[Found]) -> list[float]:
        """Return how sure the rule is of *places*, which are valid."""
        words = self._near(self._words, around, places)
        against = self._near(self._against, around, places)
        known = {pair: self._score(*pair) for pair in set(zip(words, against, strict=True))}
        return [known[pair] for pair in zip(words, against, strict=True)]

    def _score(self, words: bool, against: bool) -> float:  # noqa: FBT001 - a pair, as `_scores` has it
        context, score = self.rule.context, self.rule.score
        score += context.change if words else 0.0
        score += context.against_change if against else 0.0
        return min(1.0, max(0.0, round(score, 4)))

    def why(self, around: Surroundings, found: Found) -> str:
        """Say in words what makes *found* as sure as it is; the words are the rule's own, never the text's."""
        rule, context = self.rule, self.rule.context
        told = [f"pattern `{rule.id}` {rule.score:g}"]
        told += [f"check `{rule.validator}` passed"] if rule.validator else []
        for words, change in ((context.words, context.change), (context.against, context.against_change)):
            near = next((word for word in words if self._near(spoken((word,)), around, [found])[0]), None)
            told += [f"beside `{near}` {change:+g}"] if near else []
        return ", ".join(told)

    def _near(self, words: str, around: Surroundings, places: Sequence[Found]) -> list[bool]:
        """Say where one of *words* stands near; a byte more on each side shows whether it stands there whole."""
        return around.near(words, places, self.rule.context.window + 1) if words else [False] * len(places)


def spoken(words: tuple[str, ...]) -> str:
    """Return a pattern for whole *words*; it is compiled when something was found that they may stand beside."""
    if not words:
        return ""
    spaced = [word for word in words if not _runs_on(word)]
    unspaced = [word for word in words if _runs_on(word)]
    options = []
    if spaced:
        options.append(rf"[^\pL\pN](?:{'|'.join(map(_literal, spaced))})[^\pL\pN]")
    options += map(_literal, unspaced)
    return f"(?i:{'|'.join(options)})"


def _roughly(words: tuple[str, ...]) -> str:
    r"""Return a pattern for texts that may hold one of *words*: it takes all of them and more, without asking Unicode."""
    edge = r"[^A-Za-z0-9]"
    spaced = "|".join(map(_rough, filterfalse(_runs_on, words)))
    unspaced = map(_rough, filter(_runs_on, words))
    options = [*([rf"(?:{edge}|^)(?:{spaced})(?:{edge}|$)"] if spaced else []), *unspaced]
    return f"(?i:{'|'.join(options)})" if words else ""


def _rough(word: str) -> str:
    return "".join(r"[^\x00-\x7f]" if ord(letter) in _MANY_CASED else _literal(letter) for letter in word)


def _runs_on(word: str) -> bool:
    return any(ord(word[-1]) in script for script in _UNSPACED)


def _literal(word: str) -> str:
    """Return a pattern for *word*; what it has a space in may be written as a name in code: `account_number`."""
    return "".join(
        "[ _-]?" if character == " " else character if character.isalnum() else f"\\x{{{ord(character):x}}}"
        for character in word
    )


def longest(pattern: str) -> int | None:
    """Return how many characters a match of *pattern* has at most; None where there is no most."""
    try:
        return width(parse(pattern))[1]
    except Unreadable:
        return None


def trigger(pattern: str) -> int | None:
    """Return how many characters may stand before the first group of *pattern*; 0 without one, None without bound."""
    if not compiled(pattern).pointing:
        return 0
    try:
        before = _before_group(parse(pattern))
    except Unreadable:
        return None
    return 0 if before is None else before[0]


def _before_group(node: Node) -> tuple[int | None] | None:
    """Return the greatest width before the first capturing group in *node*; None when it has none."""
    match node:
        case Group(opening, part):
            return _before_group(part) if opening.endswith(":") else (0,)
        case Repeat(part, _, most, _):
            inside = _before_group(part)
            return inside if inside is None or most == 1 else (None,)
        case Row(parts):
            ahead: int | None = 0
            for part in parts:
                if (inside := _before_group(part)) is not None:
                    return (None if ahead is None or inside[0] is None else ahead + inside[0],)
                wide = width(part)[1]
                ahead = None if ahead is None or wide is None else ahead + wide
            return None
        case Choice(options):
            found = [before[0] for option in options if (before := _before_group(option)) is not None]
            return ((None if None in found else max(wide or 0 for wide in found)),) if found else None
        case _:
            return None
