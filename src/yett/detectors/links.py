"""
Links: addresses that could carry data out, to hosts that the operator does not know; the detector `links`.

The rules in `data/exfiltration.yaml` say what a link or an image looks like, `addresses` whether it carries data. A host
that is allowed may be sent anything. Where only allowed hosts may be named, an image from elsewhere is reported
whatever it carries, since showing it tells its host that it was shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from yett.detectors.addresses import hosts
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.detectors.rules import shipped
from yett.model.finding import Match
from yett.model.segment import Origin

__all__ = ["Links", "link_rules"]

_FETCHED = "address_fetched"


class Links:
    """Finds what carries data out."""

    name = "links"
    cost = 0
    kinds = frozenset({"exfiltration"})

    def __init__(
        self,
        allowed: Iterable[str] = (),
        *,
        only_allowed: bool = False,
        hyperscan: bool = True,
        saved: bytes = b"",
    ) -> None:
        """
        Let links to *allowed* hosts, and hosts below them, pass; report every image from elsewhere if *only_allowed*.

        *saved* is what `PatternSet.dump` gave for the same rules.
        """
        self._allowed = frozenset(host.lower().removeprefix("*.").strip(".") for host in allowed)
        rules = link_rules(only_allowed=only_allowed)
        self.patterns = PatternSet(rules, hyperscan=hyperscan, saved=saved, name=self.name)
        self.readings = self.patterns.readings
        self.origins = self.patterns.origins
        self.look_behind = self.patterns.look_behind
        self.revision = ",".join((self.patterns.revision, *sorted(self._allowed)))

    def detect(self, text: str, origin: Origin, start: int = 0) -> list[Match]:
        """Report the matches that begin at or after *start*, ordered by start."""
        found = self.patterns.detect(text, origin, start)
        if not self._allowed:
            return found
        return [match for match in found if not self._may_pass(text[match.start : match.end])]

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        return self.patterns.hold(text, origin, start)

    def _may_pass(self, written: str) -> bool:
        named = hosts(written)
        return bool(named) and all(map(self._known, named))

    def _known(self, host: str) -> bool:
        name, _, port = host.partition(":")
        plain = name.replace("-", "a").replace(".", "a").isalnum() and (not port or port.isdigit())
        return plain and any(name == each or name.endswith(f".{each}") for each in self._allowed)


def link_rules(*, only_allowed: bool = False) -> Sequence[Rule]:
    """Return the rules that find links and images, those from elsewhere whatever they carry if *only_allowed*."""
    rules = shipped("exfiltration")
    if not only_allowed:
        return rules
    elsewhere = tuple(
        replace(rule, id=f"{rule.id}-elsewhere", validator="address_elsewhere")
        for rule in rules
        if rule.validator == _FETCHED
    )
    return (*rules, *elsewhere)
