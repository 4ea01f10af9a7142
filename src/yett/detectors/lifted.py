"""
Lifted conditions: what a policy asks of a text, answered by a detector, `text`.

Rules:

1. A test that holds is a match of the kind `text.<id>`; policy sees only that.
2. `contains` and `matches` are local: they are found where they stand, and a stream waits only for what may become one.
3. What asks for the beginning, the end or all of a text is judged whole, so a stream waits for its end, but only for
   tests of what a model writes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from types import MappingProxyType

from yett.detectors.expression import compiled
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.detectors.rules import local
from yett.detectors.syntax import Unreadable, parse, written
from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.decider import TextTest
from yett.ports.detector import EVERYBODY

__all__ = ["TextTests"]

# Whose texts a field means. Tool arguments are told by their place, which the guard knows.
_ORIGINS = MappingProxyType(
    {
        "llm.prompt": frozenset({Origin.USER}),
        "context.text": frozenset({Origin.DOCUMENT}),
        "response.text": frozenset({Origin.MODEL}),
        "tool.arguments": EVERYBODY,
    },
)

_Whole = tuple[TextTest, frozenset[Origin], Callable[[str], bool]]


class TextTests:
    """A detector made of conditions on text."""

    __slots__ = ("_patterns", "_wholes", "cost", "kinds", "look_behind", "name", "origins", "readings", "revision")

    def __init__(self, tests: Sequence[TextTest]) -> None:
        """Prepare *tests*."""
        self.name = "text"
        self.cost = 0
        self.kinds = frozenset({"text"})
        self.readings = frozenset({"raw", "folded"})
        self.revision = sha256(repr(tuple(tests)).encode()).hexdigest()
        rules = {test.id: rule for test in tests if (rule := _rule(test))}
        self._patterns = PatternSet(tuple(rules.values()), hyperscan=False, name=self.name)
        self._wholes: tuple[_Whole, ...] = tuple(
            (test, _origins(test), _predicate(test)) for test in tests if test.id not in rules
        )
        self.look_behind = self._patterns.look_behind
        self.origins = self._patterns.origins.union(*(origins for _, origins, _ in self._wholes))

    def detect(self, text: str, origin: Origin, start: int = 0) -> list[Match]:
        """Report the matches that begin at or after *start*, ordered by start."""
        wholes = [
            Match(0, len(text), f"text.{test.id}", 1.0, test.id)
            for test, origins, holds in self._wholes
            if not start and origin in origins and holds(text)
        ]
        return wholes + self._patterns.detect(text, origin, start)

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        if any(origin in origins for _, origins, _ in self._wholes):
            return start
        return self._patterns.hold(text, origin, start)


def _origins(test: TextTest) -> frozenset[Origin]:
    return _ORIGINS.get(test.field, EVERYBODY)


def _rule(test: TextTest) -> Rule | None:
    """Return *test* as a rule; None when it must see the whole text."""
    if not isinstance(test.value, str) or test.operator not in {"contains", "matches"}:
        return None
    pattern = _literal(test.value)
    if test.operator == "matches":
        try:
            pattern = written(parse(test.value), captures=False)
        except Unreadable:
            return None
    if not local(pattern) or compiled(pattern).search(b"") is not None:
        return None
    return Rule(test.id, f"text.{test.id}", pattern, 1.0, _origins(test))


def _literal(value: str) -> str:
    return "".join(character if character.isalnum() else f"\\x{{{ord(character):x}}}" for character in value)


def _predicate(test: TextTest) -> Callable[[str], bool]:
    value = test.value
    if isinstance(value, tuple):
        allowed = frozenset(value)
        return lambda text: text in allowed
    match test.operator:
        case "starts_with":
            return lambda text: text.startswith(value)
        case "ends_with":
            return lambda text: text.endswith(value)
        case "contains":
            return lambda text: value in text
        case "matches":
            expression = compiled(value)
            return lambda text: expression.search(text.encode(errors="replace")) is not None
        case _:
            return lambda text: text == value
