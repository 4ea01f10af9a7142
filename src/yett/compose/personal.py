"""
Personal: which kinds of personal data a configuration asks for, and by which rules they are found.

Rules:

1. What is looked for is `detection_types`, and every kind of each of the `countries`, and what `custom` files describe.
2. What is not looked for costs nothing, and claims nothing that something else is.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache

from yett.adapters.names.spacy import Names, load_names
from yett.compose.settings import PiiProtection
from yett.compose.texts import read_text
from yett.compose.values import ALL, COUNTRIES, NAMED, PERSONAL
from yett.detectors.allowing import Allowed
from yett.detectors.catalogue import chosen
from yett.detectors.rule import Rule
from yett.detectors.rules import read
from yett.model.errors import OperatorError, Place, Problem
from yett.model.kinds import family

__all__ = ["allowed_values", "configured_names", "configured_rules", "own_kinds", "personal_kinds"]

_ELSEWHERE = {"ssn": "us"}


def personal_kinds(protection: PiiProtection) -> tuple[str, ...]:
    """Return the registered kinds that are looked for, without their family, in the order of the register."""
    types, countries = set(protection.detection_types), set(protection.looked_into)
    named = protection.names.model is not None
    if named and types.isdisjoint(NAMED):
        types |= set(NAMED)
    return tuple(
        name
        for name in PERSONAL
        if (ALL in types or name in types or _country(name) in countries) and (named or name not in NAMED)
    )


@cache
def _loaded(model: str, score: float, kinds: tuple[str, ...]) -> Names:
    """Load a pipeline once for all configurations that ask for the same: it takes seconds, and much memory."""
    return load_names(model, score=score, wanted=kinds)


def configured_names(protection: PiiProtection) -> tuple[Names, ...]:
    """
    Return the detector of names, where one is asked for.

    Raises:
        OperatorError: its pipeline is not installed.
    """
    naming = protection.names
    if naming.model is None:
        return ()
    kinds = tuple(f"pii.{name}" for name in personal_kinds(protection) if name in NAMED)
    return (_loaded(naming.model, naming.score, kinds),)


def configured_rules(protection: PiiProtection, extra: tuple[Rule, ...] = ()) -> tuple[Rule, ...]:
    """
    Return every rule that is to be at work: those that are shipped, the operator's own, and *extra* ones.

    Raises:
        OperatorError: a file of rules cannot be read or is wrong.
    """
    kinds = personal_kinds(protection)
    packs = sorted({country for name in kinds if (country := _country(name))})
    shipped = chosen(packs=packs, personal={f"pii.{name}" for name in kinds})
    found = (*shipped, *_own_rules(protection, {rule.id for rule in shipped}), *extra)
    thresholds = {f"pii.{name}": score for name, score in protection.thresholds.items()}
    return tuple(replace(rule, seen=thresholds.get(rule.kind, rule.seen)) for rule in found) if thresholds else found


def allowed_values(protection: PiiProtection) -> Allowed:
    """Return what may pass though it looks like personal data or a credential."""
    allow = protection.allow
    return Allowed(
        values=frozenset(allow.values),
        digests=frozenset(digest.lower() for digest in allow.hashes),
        key=allow.key.get_secret_value().encode() if allow.key else b"",
        patterns=allow.patterns,
        domains=frozenset(domain.lower().removeprefix("@") for domain in allow.domains),
    )


def _country(name: str) -> str:
    """Return the country whose pack holds the kind *name*; nothing for those that no country owns."""
    first, underscore, _ = name.partition("_")
    return first if underscore and first in COUNTRIES else _ELSEWHERE.get(name, "")


def own_kinds(protection: PiiProtection) -> tuple[str, ...]:
    """
    Return the kinds of personal data that the operator's own rules find, without their family.

    Raises:
        OperatorError: a file of rules cannot be read or is wrong.
    """
    kinds = {rule.kind for rule in _own_rules(protection, set()) if family(rule.kind) == "pii"}
    return tuple(sorted(kind.partition(".")[2] for kind in kinds))


def _own_rules(protection: PiiProtection, taken: AbstractSet[str]) -> tuple[Rule, ...]:
    """Read the operator's own rules, none of which may have a name that is *taken*."""
    own: list[Rule] = []
    problems = []
    names = set(taken)
    for file in protection.custom:
        for rule in read(read_text(file), str(file)):
            if rule.id in names:
                said = f"two rules are called `{rule.id}`"
                problems.append(Problem(Place(str(file)), "duplicate-rule", said, "give each a name of its own"))
            names.add(rule.id)
            own.append(rule)
    if problems:
        raise OperatorError(*problems)
    return tuple(own)
