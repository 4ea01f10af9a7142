"""
InteractionFacts: the only view of an interaction that policy gets. It holds no text.

Rules:

1. Cheap facts (who asks, which model, from where) are simply there. Facts about text are computed when policy demands
   them, by running the detectors that feed them, and `demanded` remembers which.
2. `<family>.<attribute>` speaks of all texts, `<family>.<origin>.<attribute>` of those of one origin. What the operator
   wrote (system prompts and tool definitions) is not accused of injection or of commands, nor does it count as a risk
   for them: giving orders is what it is for. `command.model` speaks of what a model calls its tools with.
3. A family that a failed detector feeds has no value: it is unavailable, never "nothing found".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from yett.guard.complexity import PARTS, complexity, part
from yett.guard.detection import UNAVAILABLE
from yett.guard.look import Evidence
from yett.model.finding import Finding
from yett.model.interaction import Interaction
from yett.model.principal import Principal
from yett.model.risk import accused, appropriateness, contextual, parts, risk
from yett.model.segment import Origin
from yett.model.unknown import Unknown
from yett.ports.decider import TextTest

__all__ = ["EVERYTHING", "FAMILY_OF", "InteractionFacts", "known_facts"]

# The word of a fact for a family of kinds, where they differ.
_PLAIN = ("injection", "pii", "obfuscation", "command", "content", "exfiltration", "leakage", "size")
FAMILY_OF = MappingProxyType(
    {"secrets": "secret"} | {name: name for name in _PLAIN} | {"detector": "detector"},
)
_LIFTED = "text"
_ALONE: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset({family}) for name, family in FAMILY_OF.items()} | {_LIFTED: frozenset({_LIFTED})},
)
_ALL = frozenset(FAMILY_OF.values())
_EVERY = _ALL | {_LIFTED}
EVERYTHING = "*"
"""What `demanded` holds when policy was told that nothing was found at all."""
_ATTRIBUTES: Mapping[str, Callable[[list[Finding]], object]] = MappingProxyType(
    {
        "found": bool,
        "score": lambda found: max((finding.score for finding in found), default=0.0),
        "types": lambda found: tuple(sorted({finding.kind.partition(".")[2] for finding in found})),
        "rules": lambda found: tuple(sorted({finding.rule for finding in found if finding.rule})),
        "count": len,
    },
)
_NOTHING: Mapping[str, object] = MappingProxyType({name: answer([]) for name, answer in _ATTRIBUTES.items()})
# What a field of a family needs, and what it is when nothing was found and nothing failed: the everyday case.
_QUICK: Mapping[str, tuple[frozenset[str], object]] = MappingProxyType(
    {
        f"{name}.{place}{attribute}": (_ALL if name == "detector" else _ALONE[name], nothing)
        for name in FAMILY_OF
        for place in ("", *(f"{origin}." for origin in Origin))
        for attribute, nothing in _NOTHING.items()
    },
)
# Fields that are zero, false or empty when nothing is found in some families, whatever else is known.
_COUNTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: families for name, (families, _) in _QUICK.items()}
    | {f"risk.{name}": _ALONE[name] for name in FAMILY_OF if name != "detector"}
    | {"risk.score": _ALL, "llm.containsPII": _ALONE["pii"], "llm.piiTypes": _ALONE["pii"]},
)
_TEXTS: Mapping[str, Callable[[Finding], bool]] = MappingProxyType(
    {
        "llm.prompt": lambda finding: finding.origin is Origin.USER,
        "context.text": lambda finding: finding.origin is Origin.DOCUMENT,
        "response.text": lambda finding: finding.origin is Origin.MODEL,
        "tool.arguments": lambda finding: "/arguments" in finding.span.path,
    },
)


@lru_cache(maxsize=1024)
def _counted(fields: tuple[str, ...]) -> frozenset[str] | None:
    """Return the families of kinds that *fields* count; None where one of them says more than how much was found."""
    families: set[str] = set()
    for name in fields:
        counted = _COUNTED.get(name, _ALONE[_LIFTED] if name.startswith(f"{_LIFTED}.") else None)
        if counted is None:
            return None
        families |= counted
    return frozenset(families)


def known_facts(principal: Principal, facts: Mapping[str, object]) -> dict[str, object]:
    """Join what is known of *principal* with further cheap *facts* into nested mappings."""
    known = dict(facts)
    known["user"] = {"id": principal.subject, "roles": sorted(principal.roles)}
    known["team"] = {"id": principal.tenant}
    for field, value in principal.attributes.items():
        _put(known, field.split("."), value)
    return known


def _put(known: dict[str, object], steps: list[str], value: object) -> None:
    for step in steps[:-1]:
        below = known.get(step)
        below = dict(below) if isinstance(below, Mapping) else {}
        known[step] = below
        known = below
    known[steps[-1]] = value


class InteractionFacts:
    """What policy may know of an interaction, as far as the evidence goes."""

    __slots__ = ("_estimates", "_look", "_tests", "demanded", "found", "known")

    def __init__(self, interaction: Interaction, look: Evidence, tests: Mapping[str, TextTest]) -> None:
        """Answer from *look*; *tests* are the conditions on text by their identifiers."""
        self.known: Mapping[str, object] = known_facts(interaction.principal, interaction.facts)
        self.demanded: list[str] = []
        self.found: dict[str, object] = {}
        self._estimates = interaction.estimates
        self._look = look
        self._tests = tests

    def demand(self, field: str) -> object:
        """Compute the costly fact *field*, running detectors as needed."""
        self.demanded.append(field)
        value = self.found[field] = self._computed(field)
        return value

    def _computed(self, field: str) -> object:
        quick = _QUICK.get(field)
        if quick is not None:
            look = self._look
            look.look_for(quick[0])
            if not look.findings and not look.failed:
                return quick[1]
        head, _, rest = field.partition(".")
        if head in FAMILY_OF:
            return self._family(head, rest)
        if head == _LIFTED:
            return self._text(rest)
        if field in self._estimates:
            return self._estimates[field]()
        if field in _DERIVED:
            return _DERIVED[field](self)
        return _looked_up(self.known, field)

    def quiet(self, fields: tuple[str, ...]) -> bool:
        """Say whether nothing was found that *fields* count; no dear detector runs that feeds none of them."""
        look = self._look
        cheap = look.cheap(_EVERY)
        families = _counted(fields)
        if families is None or (_LIFTED in families and not self._asked(fields)):
            return False
        if not look.nothing_in(_EVERY if cheap else families):
            return False
        self.demanded += (EVERYTHING,) if cheap else fields
        return True

    def _asked(self, fields: Iterable[str]) -> bool:
        """Say whether the conditions on text among *fields* are known."""
        heads = (field.partition(".") for field in fields)
        return all(name in self._tests for head, _, name in heads if head == _LIFTED)

    def _found(self, name: str) -> list[Finding] | Unknown:
        look, alone = self._look, _ALONE[name]
        look.look_for(alone)
        wanted = FAMILY_OF.get(name, name)
        if look.failed and look.unavailable(wanted):
            return Unknown.UNAVAILABLE
        if not look.findings:
            return []
        return [finding for finding in look.findings if finding.kind.startswith(f"{wanted}.")]

    def _family(self, name: str, rest: str) -> object:
        found = self._found(name) if name != "detector" else self._failures()
        origin, _, attribute = rest.rpartition(".")
        if found == []:
            return _NOTHING.get(attribute, Unknown.MISSING)
        if isinstance(found, Unknown) or attribute not in _ATTRIBUTES:
            return found if isinstance(found, Unknown) else Unknown.MISSING
        if origin:
            found = [
                each for each in found if each.origin == origin and (origin != Origin.MODEL or accused(each, name))
            ]
        else:
            found = [finding for finding in found if accused(finding, name)]
        return _ATTRIBUTES[attribute](found)

    def _failures(self) -> list[Finding]:
        self._look.look_for(_ALL)
        return [finding for finding in self._look.findings if finding.kind == UNAVAILABLE]

    def _text(self, identifier: str) -> object:
        found = self._found(_LIFTED)
        test = self._tests.get(identifier)
        if isinstance(found, Unknown) or test is None or test.field not in _TEXTS:
            return Unknown.UNAVAILABLE
        meant = _TEXTS[test.field]
        return any(finding.kind == f"text.{identifier}" and meant(finding) for finding in found)

    def _contains_pii(self) -> object:
        found = self._found("pii")
        return found if isinstance(found, Unknown) else bool(found)

    def _pii_types(self) -> object:
        return self._family("pii", "types")

    def _all(self, score: Callable[[Sequence[Finding]], float]) -> object:
        """Return the *score* of everything that can be found."""
        self._look.look_for(_ALL)
        return Unknown.UNAVAILABLE if self._look.failed else score(self._look.findings)

    def _part(self, name: str) -> object:
        found = self._found(name)
        return found if isinstance(found, Unknown) else sum(parts(found).values())

    def _complex(self, name: str) -> object:
        return part(name, self._look.segments)

    def _complexity(self) -> object:
        return complexity(self._look.segments)

    def _risk(self) -> object:
        return self._all(risk)

    def _contextual(self) -> object:
        score, recent = self._all(risk), _looked_up(self.known, "user.recentRisk")
        if recent is Unknown.MISSING:
            return score
        if isinstance(recent, bool) or not isinstance(recent, int | float):
            return Unknown.UNAVAILABLE
        return contextual(score, min(max(recent, 0.0), 1.0)) if isinstance(score, float) else score

    def _appropriateness(self) -> object:
        return self._all(appropriateness)


_DERIVED: Mapping[str, Callable[[InteractionFacts], object]] = MappingProxyType(
    {
        "llm.containsPII": InteractionFacts._contains_pii,  # noqa: SLF001 - the table of this class's own facts
        "llm.piiTypes": InteractionFacts._pii_types,  # noqa: SLF001
        "risk.score": InteractionFacts._risk,  # noqa: SLF001
        "risk.contextual": InteractionFacts._contextual,  # noqa: SLF001
        **{f"risk.{name}": partial(InteractionFacts._part, name=name) for name in FAMILY_OF if name != "detector"},  # noqa: SLF001
        "complexity.score": InteractionFacts._complexity,  # noqa: SLF001
        **{f"complexity.{name}": partial(InteractionFacts._complex, name=name) for name in PARTS},  # noqa: SLF001
        "response.appropriateness": InteractionFacts._appropriateness,  # noqa: SLF001
    },
)


def _looked_up(known: Mapping[str, object], field: str) -> object:
    value: object = known
    for step in field.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return Unknown.MISSING
        value = value[step]
    return value
