"""
StatedFacts: what a caller states about an exchange, and what can be found out from it when policy asks.

Rules:

1. What is stated is taken as it is stated. Only what nobody stated is found out, and only when a rule can still need it.
2. Texts (`llm.prompt`, `context.text`, `response.text`, `tool.arguments`, and texts that come beside the context) are
   read by the guard's detectors, as those of an exchange are. Conditions on text are answered from the text itself.
3. Where there is no text, nothing was looked at: the fact is missing, never "nothing found".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from yett.guard.guard import Guard
from yett.model.interaction import Interaction
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.interpreter import lookup
from yett.policy.lifting import compiled
from yett.policy.schema import field as field_of
from yett.policy.values import absent
from yett.ports.decider import Facts, TextTest
from yett.ports.watch import Watch

__all__ = ["TEXTS", "Estimates", "Sources", "StatedFacts", "tells", "texts_in", "without_texts"]

TEXTS: Mapping[str, Origin] = MappingProxyType(
    {
        "llm.prompt": Origin.USER,
        "context.text": Origin.DOCUMENT,
        "response.text": Origin.MODEL,
        "tool.arguments": Origin.MODEL,
    },
)
"""The fields of a context that are texts, and who writes them."""

Estimates = Mapping[str, Callable[[], object]]
"""Facts that are computed from others, by field."""

_LIFTED = "text."
_Place = tuple[str, str, str, Origin]


def _places(stage: Stage) -> tuple[_Place, ...]:
    """Return the texts that exist at *stage*, taken apart: where in a context, by which path, from whom."""
    return tuple(
        (name.partition(".")[0], name.partition(".")[2], f"/{name.replace('.', '/')}", origin)
        for name, origin in TEXTS.items()
        if (about := field_of(name)) and stage in about.stages
    )


_PLACES: Mapping[Stage, tuple[_Place, ...]] = MappingProxyType({stage: _places(stage) for stage in Stage})
_TABLES = (dict, Mapping)
"""The usual one first: asking whether something is any mapping takes longer."""
_NOTHING: Estimates = MappingProxyType({})


def tells(context: Mapping[str, object]) -> bool:
    """Say at little cost whether *context* may hold texts, or sizes, from which more can be found out."""
    llm = context.get("llm")
    if llm is not None and isinstance(llm, _TABLES) and ("prompt" in llm or "estimatedTokens" in llm):
        return True
    return "context" in context or "response" in context or "tool" in context


def texts_in(context: Mapping[str, object], stage: Stage) -> tuple[Segment, ...]:
    """Return the texts that *context* states and that are there to be judged at *stage*: of an answer, not its prompt."""
    found: tuple[Segment, ...] = ()
    for head, name, path, origin in _PLACES[stage]:
        inside = context.get(head)
        if inside is not None and isinstance(inside, _TABLES) and isinstance(text := inside.get(name), str):
            found = (*found, Segment(path, origin, text))
    return found


def without_texts(context: Mapping[str, object]) -> dict[str, object]:
    """Return what *context* states beside texts."""
    left = dict(context)
    for name in TEXTS:
        head, _, last = name.partition(".")
        inside = left.get(head)
        if isinstance(inside, _TABLES) and last in inside:
            left[head] = {key: value for key, value in inside.items() if key != last}
    return left


@dataclass(frozen=True, slots=True)
class Sources:
    """From what facts are found out that nobody stated."""

    guard: Guard | None = None
    """Reads the texts; None where there was no time to read them, so that what they hold is unavailable."""
    segments: tuple[Segment, ...] = ()
    tests: tuple[TextTest, ...] = ()
    """The conditions on text that policy asks about."""
    estimates: Estimates = field(default_factory=lambda: _NOTHING)
    watch: Watch | None = None
    """Who keeps the time of reading."""


class StatedFacts:
    """The facts of one question, as policy sees them."""

    __slots__ = ("_found", "_sources", "_stage", "_tests", "computed", "known")

    def __init__(self, stage: Stage, known: Mapping[str, object], sources: Sources) -> None:
        """Know what is *known*, and find out the rest from *sources*."""
        self.known = known
        self.computed: dict[str, object] = {}
        """What was found out, by field."""
        self._stage = stage
        self._sources = sources
        self._tests = {test.id: test for test in sources.tests}
        self._found: Facts | None = None

    def demand(self, name: str) -> object:
        """Return the fact *name*: as it is stated, or found out."""
        if name not in self.computed:
            stated = Unknown.MISSING if name.startswith(_LIFTED) else lookup(self.known, name)
            if not absent(stated):
                return stated
            self.computed[name] = self._find_out(name)
        return self.computed[name]

    def quiet(self, fields: tuple[str, ...]) -> bool:  # noqa: ARG002 - whichever they are
        """Promise nothing: what is stated may say otherwise."""
        return False

    def told(self) -> dict[str, object]:
        """Return what was found out and has a value; conditions on text are left out, they are the policies' wording."""
        return {
            name: value
            for name, value in self.computed.items()
            if not isinstance(value, Unknown) and not name.startswith(_LIFTED)
        }

    def _find_out(self, name: str) -> object:
        sources = self._sources
        if name.startswith(_LIFTED):
            test = self._tests.get(name.removeprefix(_LIFTED))
            return self._answer(test) if test else Unknown.MISSING
        if name in sources.estimates:
            return sources.estimates[name]()
        if not sources.segments:
            return Unknown.MISSING
        if sources.guard is None:
            return Unknown.UNAVAILABLE
        if self._found is None:
            interaction = Interaction(self._stage, sources.segments, facts=self.known)
            self._found = sources.guard.facts(interaction, sources.watch)
        return self._found.demand(name)

    def _answer(self, test: TextTest) -> object:
        """Answer *test* from the text that is stated, or else from those of the same origin beside the context."""
        stated = lookup(self.known, test.field)
        if stated is Unknown.UNAVAILABLE:
            return stated
        texts = [stated] if isinstance(stated, str) else self._beside(TEXTS.get(test.field))
        holds = compiled(test)
        return any(holds(str.__str__(text)) for text in texts) if texts else Unknown.MISSING

    def _beside(self, origin: Origin | None) -> list[str]:
        return [each.text for each in self._sources.segments if each.origin is origin]
