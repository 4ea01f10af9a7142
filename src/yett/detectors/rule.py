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

from dataclasses import dataclass, field
from itertools import compress, filterfalse
from typing import NamedTuple

from yett.detectors.expression import NOWHERE, Spans, compiled
from yett.detectors.gate import Stretches
from yett.detectors.surroundings import Surroundings
from yett.detectors.syntax import Choice, Group, Node, Repeat, Unreadable, parse, width
from yett.detectors.syntax import Sequence as Row
from yett.detectors.validators import VALIDATORS
from yett.model.segment import Origin

__all__ = ["ALL", "SEEN", "TRIGGER", "Context", "Places", "Rule", "Scanner", "longest", "spoken", "trigger"]

ALL = 1 << 40
"""More places than any text has."""
SEEN = 0.5
"""What is less sure than this is not reported, unless somebody says otherwise."""
TRIGGER = 128
"""How many characters may stand before the group of a rule, at most."""
_BOUNDED = 64
_LARGEST = 4
"""Bytes of a character, at most."""
_SPACE = 0x20
_DIGITS = b"0123456789"
_MANY = 256
"""How many matches are looked for before it is asked whether they are valid."""
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


class Places(NamedTuple):
    """Where a rule's pattern matches, believed or not, in order."""

    wholes: Spans
    """All that it matches there."""
    spans: Spans
    """What of that it points at: its group, where it has one that takes part."""
    valid: list[bool]
    """Which of them are valid; empty where that was not asked yet."""

    def since(self, begin: int) -> "Places":
        """Return those that point at something from *begin* on."""
        since = [start >= begin for start, _ in self.spans]
        if all(since):
            return self
        wholes, spans = list(compress(self.wholes, since)), list(compress(self.spans, since))
        return Places(wholes, spans, list(compress(self.valid, since)))


_NOTHING = Places([], [], [])
_Within = tuple[int, int, int]
"""Where to look: from the first on, for what begins before the second and ends before the third."""


class Scanner:
    """A rule at work."""

    __slots__ = (
        "_against",
        "_behind",
        "_beside",
        "_beyond",
        "_expression",
        "_front",
        "_needy",
        "_retry",
        "_successive",
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
        self._successive = self._expression.successive
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
        # So many bytes further than where a match begins is read, at most.
        self._beyond = ALL if self.longest is None else _LARGEST * (self.longest + 1)
        self.triggered = trigger(rule.pattern) != 0
        near = rule.context.window + 1 if self._words or self._against else 0
        beside = 2 if self._beside & (_STOPS | {b" "}) else 1 if self._beside else 0
        self.look_ahead = max(near, beside)
        self.look_behind = max(near, TRIGGER if self.triggered else 0, beside) + 1

    def places(self, around: Surroundings, start: int, stretches: Stretches = None, most: int = ALL) -> Places:
        """
        Return what the pattern matches from *start* on, believed or not, but no more than *most*.

        All that it matches begins in one of *stretches*, where those are given.
        """
        length = len(around.data)
        found: list[Spans] = []
        valid: list[bool] = []
        for first, last in [(start, length + 1)] if stretches is None else stretches:
            if len(found) >= most:
                break
            begin = max(start, first)
            stop = min(length, last + self._beyond)
            if self._retry:
                start = self._retried(around, (begin, last, stop), most, found, valid)
            elif further := self._successive(around.data, begin, last, stop, most - len(found)):
                found += further
                start = _behind(further[-1])
        if not found:
            return _NOTHING
        del found[most:], valid[most:]
        wholes = [each[0] for each in found]
        return Places(wholes, self._pointed(found) if self._expression.pointing else wholes, valid)

    def _retried(self, around: Surroundings, within: _Within, most: int, found: list[Spans], valid: list[bool]) -> int:
        """
        Add what is *found* *within* a stretch, behind what is not *valid* from its next character on; say where it ends.

        More and more are looked for at once, as if all were valid, until there are *most* or a few more.
        """
        start, last, stop = within
        many = 1
        while ahead := self._successive(around.data, start, last, stop, min(many, most - len(found))):
            enough = len(ahead) == min(many, most - len(found))
            good = [*self._valid(around, self._pointed(ahead)), False]
            start, at = _behind(ahead[-1]), 0
            while (bad := good.index(False, at)) < len(ahead):
                between, believed, behind, further = self._between(around, (start, last, stop), ahead, bad)
                found += ahead[at : bad + 1] + between
                valid += good[at : bad + 1] + believed
                start, at = behind, further
            found += ahead[at:]
            valid += good[at:-1]
            if not enough:
                break
            many = min(2 * many, _MANY)
        return start

    def _between(
        self, around: Surroundings, within: _Within, ahead: list[Spans], bad: int
    ) -> tuple[list[Spans], list[bool], int, int]:
        """
        Return what is found behind the one that is *bad* before one of those *ahead* is found again, and what of it is valid.

        Then where to go on behind all that is *ahead*, and with which of them: what follows one depends on none before. So
        only what begins within one of them is looked for.
        """
        end, last, stop = within
        between: list[Spans] = []
        valid: list[bool] = []
        start, at = ahead[bad][0][0] + 1, bad
        while True:
            while at < len(ahead) and ahead[at][0][0] < start:
                known = _behind(ahead[at])
                at += 1
            one = self._successive(around.data, start, min(last, known), min(stop, known + self._beyond), 1)
            if not one:
                return between, valid, end if at < len(ahead) else max(start, min(last, known)), at
            between += one
            valid.append(self._believes(around, *_pointed(one[0])))
            start = _behind(one[0]) if valid[-1] else one[0][0][0] + 1

    def _pointed(self, found: list[Spans]) -> Spans:
        """Return what the matches that were *found* point at."""
        return [_pointed(each) for each in found] if self._expression.pointing else [each[0] for each in found]

    def _believes(self, around: Surroundings, start: int, end: int) -> bool:
        """Say whether what stands from *start* to *end* may be what the rule says."""
        if self._beside and self._crowded(around, start, end):
            return False
        return not self.rule.validator or around.believed(self.rule.validator, start, end)

    def _valid(self, around: Surroundings, places: Spans) -> list[bool]:
        """Say which of *places* may be what the rule says."""
        clear = self._clear(around, places) if self._beside else [True] * len(places)
        if not self.rule.validator:
            return clear
        believed = iter(around.valid(self.rule.validator, list(compress(places, clear))))
        return [each and next(believed) for each in clear]

    def _clear(self, around: Surroundings, places: Spans) -> list[bool]:
        """Say beside which of *places* nothing stands that must not; most of them need no closer look."""
        framed, front, behind, spaced = around.between_spaces, self._front, self._behind, b" " in self._beside
        return [
            not (
                (
                    framed[start] in front
                    or framed[end + 1] in behind
                    or (spaced and framed[start] == framed[end + 1] == _SPACE and framed[start - 1] in _DIGITS)
                )
                and self._crowded(around, start, end)
            )
            for start, end in places
        ]

    def _crowded(self, around: Surroundings, start: int, end: int) -> bool:
        data = around.data
        before, after = data[max(0, start - 2) : start], data[end : end + 2]
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

    def score(self, around: Surroundings, place: tuple[int, int]) -> float:
        """Return how sure the rule is of *place*; 0 when it does not believe it."""
        return self._scores(around, [place])[0] if self._believes(around, *place) else 0.0

    def sure(self, around: Surroundings, places: Places) -> tuple[Spans, list[float]]:
        """Return those of *places* that are sure enough to be reported, and how sure each is."""
        _, spans, valid = places
        if self._needy and spans:
            near = self._near(self._words, around, spans)
            spans, valid = list(compress(spans, near)), list(compress(valid, near))
        believed = list(compress(spans, valid or self._valid(around, spans)))
        scores = self._scores(around, believed)
        seen = [score >= self.rule.seen for score in scores]
        return (believed, scores) if all(seen) else (list(compress(believed, seen)), list(compress(scores, seen)))

    def _scores(self, around: Surroundings, places: Spans) -> list[float]:
        """Return how sure the rule is of *places*, which are valid."""
        if not places:
            return []
        words = self._near(self._words, around, places)
        against = self._near(self._against, around, places)
        known = {pair: self._score(*pair) for pair in set(zip(words, against, strict=True))}
        return [known[pair] for pair in zip(words, against, strict=True)]

    def _score(self, words: bool, against: bool) -> float:  # noqa: FBT001 - a pair, as `_scores` has it
        context, score = self.rule.context, self.rule.score
        score += context.change if words else 0.0
        score += context.against_change if against else 0.0
        return min(1.0, max(0.0, round(score, 4)))

    def why(self, around: Surroundings, place: tuple[int, int]) -> str:
        """Say in words what makes *place* as sure as it is; the words are the rule's own, never the text's."""
        rule, context = self.rule, self.rule.context
        told = [f"pattern `{rule.id}` {rule.score:g}"]
        told += [f"check `{rule.validator}` passed"] if rule.validator else []
        for words, change in ((context.words, context.change), (context.against, context.against_change)):
            near = next((word for word in words if self._near(spoken((word,)), around, [place])[0]), None)
            told += [f"beside `{near}` {change:+g}"] if near else []
        return ", ".join(told)

    def _near(self, words: str, around: Surroundings, places: Spans) -> list[bool]:
        """Say where one of *words* stands near; a byte more on each side shows whether it stands there whole."""
        return around.near(words, places, self.rule.context.window + 1) if words else [False] * len(places)


def _pointed(spans: Spans) -> tuple[int, int]:
    """Return what a match points at."""
    return spans[1] if len(spans) > 1 and spans[1] != NOWHERE else spans[0]


def _behind(spans: Spans) -> int:
    """Return where the search goes on behind a match."""
    first, end = spans[0]
    return max(end, first + 1)


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
