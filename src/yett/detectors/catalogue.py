"""
Catalogue: the built-in detectors by name.

    patterns     secrets, personal data, injection, commands, banned terms and rules of one's own
    links        links and images whose address carries data out
    canaries     words that the operator planted in the instructions
    leakage      the instructions themselves, coming back in an answer; it is made anew for each exchange
    hidden_text  characters that nobody sees
    size         texts that are too long, too deep or too repetitive
    shots        made-up conversations in which an assistant gives in
    classifier   texts that look like attacks, in whatever words; it is made from an artefact
    text         conditions on text, lifted out of policies

`chosen` says which rules there are, `built` and `answering` make the detectors that all policies share, and `lifted.TextTests` the one
that differs by policy.
"""

from collections.abc import Container, Iterable, Mapping, Sequence

from yett.detectors.allowing import NOTHING, Allowed
from yett.detectors.canaries import canaries
from yett.detectors.hidden_text import HiddenText
from yett.detectors.links import Links
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.detectors.rules import SHIPPED, shipped
from yett.detectors.shots import Shots
from yett.detectors.size import Size
from yett.model.kinds import covers, family
from yett.ports.detector import Detector

__all__ = ["NAMES", "answering", "built", "chosen", "kept"]

NAMES = ("patterns", "hidden_text", "size", "shots", "links", "canaries", "leakage", "text")
"""Every built-in detector."""

_LINKS = "exfiltration"
"""The family of rules that `links` asks, and not `patterns`."""


def chosen(
    *,
    disabled: Iterable[str] = (),
    extra: Sequence[Rule] = (),
    packs: Iterable[str] = ("us",),
    personal: Container[str] | None = None,
) -> tuple[Rule, ...]:
    """
    Return the shipped rules and *extra* ones, but those of kinds that *disabled* covers (`pii`, `pii.phone`).

    *packs* names the countries whose numbers are looked for, beside those that belong to none; of what is shipped for
    personal data, only kinds that are *personal* are, where that is said.
    """
    off = tuple(disabled)
    families = [name for name in SHIPPED if name != _LINKS]
    rules = [
        rule
        for name in (*families, *(f"personal_{pack}" for pack in packs))
        for rule in shipped(name)
        if personal is None or family(rule.kind) != "pii" or rule.kind in personal
    ]
    return tuple(rule for rule in (*rules, *extra) if not any(covers(kind, rule.kind) for kind in off))


def built(
    rules: Sequence[Rule],
    *,
    hyperscan: bool = True,
    saved: bytes = b"",
    longest: int = 1_000_000,
    allowed: Allowed = NOTHING,
) -> tuple[Detector, ...]:
    """
    Build the detectors that all policies share, cheapest first; what is *allowed* is not reported.

    *saved* is what `PatternSet.dump` gave for the same rules; texts of more than *longest* characters are out of measure.
    """
    patterns = PatternSet(rules, hyperscan=hyperscan, saved=saved, allowed=allowed)
    return (Size(longest=longest), Shots(), HiddenText(), patterns)


def answering(
    allowed: Iterable[str] = (),
    *,
    only_allowed: bool = False,
    planted: Sequence[str] = (),
    hyperscan: bool = True,
    saved: bytes = b"",
) -> tuple[Detector, ...]:
    """
    Build the detectors that answers need above all.

    *allowed*, *only_allowed* and *saved* are those of `Links`; *planted* are the operator's canaries.
    """
    links = Links(allowed, only_allowed=only_allowed, hyperscan=hyperscan, saved=saved)
    return (links, canaries(planted)) if planted else (links,)


def kept(rules: Iterable[Rule]) -> Mapping[str, int]:
    """Return, for each kind, how many of its last characters a mask may leave."""
    keeps: dict[str, int] = {}
    for rule in rules:
        keeps[rule.kind] = min(rule.keep, keeps.get(rule.kind, rule.keep))
    return keeps
