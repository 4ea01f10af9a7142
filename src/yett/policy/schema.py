"""
Schema: the facts that a rule may ask about.

Rules:

1. A field exists at a stage when whoever asks there always states it, or says that it is unavailable. A rule applies only
   at stages where all its fields exist, so that a fact of another stage can never make it possibly true.
2. Costly fields are computed when they are asked for, cheapest first.
3. A field that counts findings never falls when more is found: scores, counts, and lists of what was found.
4. Of each field it is known whose word it is; an exception must not rest on a caller's or a model's alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from yett.model.stage import Stage
from yett.policy.units import Unit
from yett.policy.values import Sort

__all__ = [
    "FAMILIES",
    "OPEN",
    "ORIGINS",
    "TEXTS",
    "Field",
    "Provenance",
    "cost",
    "field",
    "known_fields",
    "nothing_found",
]

_EVERYWHERE = frozenset(Stage)
_REQUEST = frozenset({Stage.REQUEST})
_RETRIEVED = frozenset({Stage.REQUEST, Stage.CONTEXT})
_TOOLS = frozenset({Stage.REQUEST, Stage.TOOL, Stage.RESPONSE})
_INCOMING = frozenset({Stage.REQUEST, Stage.CONTEXT, Stage.TOOL})
_RESPONSE = frozenset({Stage.RESPONSE})

_COUNTED, _SCANNED, _JUDGED = 1, 2, 3
"""Cost ranks: arithmetic over sizes, a scan for patterns, a classifier."""


class Provenance(StrEnum):
    """Whose word a fact is."""

    VERIFIED = "verified"
    """By who proved to be who they are, by the configuration, or by our own clock and counts."""
    DERIVED = "derived"
    """Computed from, or simply read in, what will be carried out just so."""
    ASSERTED = "asserted"
    """Said by the caller, and nobody can check it."""
    PRODUCED = "produced"
    """Written by a model, or its provider."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is known about a field."""

    sort: Sort
    stages: frozenset[Stage] = _EVERYWHERE
    cost: int = 0
    """0 where it is simply there."""
    findings: bool = False
    """It counts findings."""
    text: bool = False
    """It is a text, which policy cannot see: conditions on it are lifted."""
    sensitive: bool = False
    """It may tell of a person, or is in a caller's own words: records hold a keyed digest of it."""
    unit: Unit | None = None
    """What it counts, where it is a number."""
    provenance: Provenance = Provenance.VERIFIED


FAMILIES = MappingProxyType(
    {
        "injection": _JUDGED,
        "pii": _SCANNED,
        "secrets": _SCANNED,
        "obfuscation": _SCANNED,
        "command": _SCANNED,
        "content": _SCANNED,
        "exfiltration": _SCANNED,
        "leakage": _SCANNED,
        "size": _COUNTED,
        "detector": _JUDGED,
    }
)
"""The families of findings, by the name that facts have for them, with what it costs to look for them."""

ORIGINS = ("operator", "user", "model", "tool", "document", "definition", "unknown")
"""The values of `Origin`, which lives beside the texts that policy must not see."""

_COMPLEXITY = ("score", "length", "marks", "nesting", "orders", "repetition", "runs", "words")
"""What is measured of prompts: `yett.guard.complexity` says how."""

_COUNTS = MappingProxyType(
    {
        "found": Sort.BOOLEAN,
        "score": Sort.NUMBER,
        "types": Sort.STRINGS,
        "rules": Sort.STRINGS,
        "count": Sort.NUMBER,
    }
)
_COUNTS_BY_ORIGIN = tuple(name for name in _COUNTS if name != "rules")


_DERIVED, _ASSERTED, _PRODUCED = Provenance.DERIVED, Provenance.ASSERTED, Provenance.PRODUCED
_UNITS = MappingProxyType({"score": Unit.SHARE, "count": Unit.TIMES})


def _read(sort: Sort, stages: frozenset[Stage] = _EVERYWHERE, unit: Unit | None = None) -> Field:
    return Field(sort, stages, unit=unit, provenance=_DERIVED)


def _counted(unit: Unit, stages: frozenset[Stage] = _REQUEST) -> Field:
    return Field(Sort.NUMBER, stages, cost=_COUNTED, unit=unit, provenance=_DERIVED)


def _seen(sort: Sort, rank: int, stages: frozenset[Stage] = _EVERYWHERE, unit: Unit | None = None) -> Field:
    return Field(sort, stages, cost=rank, findings=True, unit=unit, provenance=_DERIVED)


def _share(rank: int, stages: frozenset[Stage] = _EVERYWHERE) -> Field:
    return _seen(Sort.NUMBER, rank, stages, Unit.SHARE)


def _text(stages: frozenset[Stage], provenance: Provenance = _DERIVED) -> Field:
    return Field(Sort.STRING, stages, cost=_SCANNED, text=True, provenance=provenance)


def _families() -> Iterator[tuple[str, Field]]:
    for family, rank in FAMILIES.items():
        for name, sort in _COUNTS.items():
            yield f"{family}.{name}", _seen(sort, rank, unit=_UNITS.get(name))
        for origin in ORIGINS:
            for name in _COUNTS_BY_ORIGIN:
                yield f"{family}.{origin}.{name}", _seen(_COUNTS[name], rank, unit=_UNITS.get(name))


_FIELDS = MappingProxyType(
    {
        "llm.provider": _read(Sort.STRING),
        "llm.model": _read(Sort.STRING),
        "llm.maxTokens": _read(Sort.NUMBER, unit=Unit.TOKENS),
        "llm.prompt": _text(_REQUEST),
        "llm.promptLength": _read(Sort.NUMBER, _REQUEST, Unit.CHARACTERS),
        "llm.messageCount": _read(Sort.NUMBER, _REQUEST, Unit.TIMES),
        "llm.estimatedTokens": _counted(Unit.TOKENS),
        "llm.estimatedCost": _counted(Unit.DOLLARS),
        "llm.containsPII": _seen(Sort.BOOLEAN, _SCANNED, _REQUEST),
        "llm.piiTypes": _seen(Sort.STRINGS, _SCANNED, _REQUEST),
        "user.id": Field(Sort.STRING, sensitive=True),
        "user.email": Field(Sort.STRING, sensitive=True),
        "user.roles": Field(Sort.STRINGS, sensitive=True),
        "user.permissions": Field(Sort.STRINGS, sensitive=True),
        "user.recentDenials": Field(Sort.NUMBER, unit=Unit.TIMES),
        "user.recentRisk": Field(Sort.NUMBER, unit=Unit.SHARE),
        "team.id": Field(Sort.STRING),
        "team.name": Field(Sort.STRING),
        "team.tier": Field(Sort.STRING),
        "project.id": Field(Sort.STRING),
        "project.name": Field(Sort.STRING),
        "project.environment": Field(Sort.STRING),
        "request.ip": Field(Sort.STRING, sensitive=True),
        "request.hour": Field(Sort.NUMBER, unit=Unit.HOUR),
        "request.date": Field(Sort.NUMBER, unit=Unit.DAY),
        "context.source": Field(Sort.STRING, frozenset({Stage.CONTEXT}), sensitive=True, provenance=_ASSERTED),
        "context.sources": Field(Sort.STRINGS, _RETRIEVED, sensitive=True, provenance=_ASSERTED),
        "context.risk": _share(_JUDGED, _RETRIEVED),
        "context.text": _text(_RETRIEVED),
        "tool.name": Field(Sort.STRING, frozenset({Stage.TOOL}), sensitive=True, provenance=_DERIVED),
        "tool.names": Field(Sort.STRINGS, _TOOLS, sensitive=True, provenance=_DERIVED),
        "tool.arguments": _text(frozenset({Stage.TOOL, Stage.RESPONSE}), _PRODUCED),
        "response.text": _text(_RESPONSE, _PRODUCED),
        "risk.score": _share(_JUDGED),
        "risk.contextual": _share(_JUDGED),
        **{f"risk.{name}": _share(rank) for name, rank in FAMILIES.items() if name != "detector"},
        **{f"complexity.{name}": _counted(Unit.SHARE, _INCOMING) for name in _COMPLEXITY},
        "response.appropriateness": Field(Sort.NUMBER, _RESPONSE, _JUDGED, unit=Unit.SHARE, provenance=_DERIVED),
        **dict(_families()),
    }
)

_COSTS = MappingProxyType({name: about.cost for name, about in _FIELDS.items()})

OPEN = MappingProxyType(
    {
        "metadata": Field(Sort.ANY, sensitive=True, provenance=_ASSERTED),
        "user": Field(Sort.ANY, sensitive=True),
        "team": Field(Sort.ANY, sensitive=True),
        "project": Field(Sort.ANY, sensitive=True),
        "request": Field(Sort.ANY, sensitive=True),
        "usage": Field(Sort.ANY, _RESPONSE, provenance=_PRODUCED),
        "response": Field(Sort.ANY, _RESPONSE, sensitive=True, provenance=_PRODUCED),
        "text": _seen(Sort.BOOLEAN, _SCANNED),
    }
)
"""Prefixes below which anybody may put facts."""

TEXTS = tuple(name for name, about in _FIELDS.items() if about.text)
"""The fields that are texts."""


def field(name: str) -> Field | None:
    """Return what is known about the field *name*; None when there is no such field."""
    about = _FIELDS.get(name)
    if about is not None:
        return about
    prefix, _, rest = name.partition(".")
    return OPEN.get(prefix) if rest and all(rest.split(".")) else None


def nothing_found(name: str) -> object:
    """Return what the field *name*, which counts findings, is when nothing is found."""
    about = field(name)
    sort = about.sort if about else Sort.ANY
    if sort is Sort.NUMBER:
        return 0 if name.endswith(".count") else 0.0
    return () if sort is Sort.STRINGS else False


def cost(name: str) -> int:
    """Return what the field *name* costs: 0 when it is simply there."""
    known = _COSTS.get(name)
    if known is not None:
        return known
    about = field(name)
    return about.cost if about else 0


def known_fields() -> tuple[str, ...]:
    """List the fields that have a name of their own."""
    return tuple(_FIELDS)
