"""
Enforcement: carry out obligations on texts.

Rules:

1. Only this file rewrites text (an import contract says so).
2. What is rewritten is a cluster of overlapping findings as a whole, by the most thorough transform that any of them is
   owed, leaving no more than all of them may leave; so nothing of a finding survives at its edges.
3. Rewriting is idempotent: stars, brackets and placeholders are not found again. What is removed leaves nothing, so
   there what stood apart may come together.
4. An obligation that cannot be carried out denies; so does one about findings that nobody could look for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from yett.guard.pseudonyms import Pseudonyms
from yett.guard.spans import clusters
from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Finding
from yett.model.kinds import FAMILIES, covers, family
from yett.model.obligation import Approve, Drop, Obligation, Redact, Route, Transform
from yett.model.segment import Origin, Segment

__all__ = ["Enforcement", "Mark", "enforceable", "owed", "transform_of"]

_KEPT = MappingProxyType({"pii.credit_card": 4, "pii.iban": 4, "pii.ssn": 4, "pii.phone": 2})
"""How many letters and digits a mask leaves at the end (four of a card as on a receipt, PCI DSS 3.4.1)."""
_SEPARATORS = frozenset(" \t\r\n-./:@")
"""What a mask shows of personal data, so that one sees what stood there."""
_THOROUGHNESS = {transform: rank for rank, transform in enumerate(Transform)}


class Mark(NamedTuple):
    """A stretch that must be rewritten."""

    start: int
    end: int
    kind: str
    how: Transform


class Enforcement:
    """Carries out redactions and drops."""

    def __init__(self, key: bytes = b"") -> None:
        """Digest values, where policy asks for hashes, under *key*."""
        self._key = key

    def enforce(
        self,
        segments: Sequence[Segment],
        findings: Iterable[Finding],
        obligations: Iterable[Obligation],
        pseudonyms: Pseudonyms,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Return the segments as they may pass, untouched ones as they are, and the paths of dropped ones."""
        redacts, drops = _wanted(obligations)
        if not redacts and not drops:
            return tuple(segments), ()
        marks: dict[str, list[Mark]] = {}
        dropped: dict[str, None] = {}
        for finding in findings:
            if any(_dropped_by(finding, drop) for drop in drops):
                dropped[finding.span.path] = None
            if how := transform_of(finding.kind, finding.score, redacts):
                mark = Mark(finding.span.start, finding.span.end, finding.kind, how)
                marks.setdefault(finding.span.path, []).append(mark)
        passing = tuple(
            replace(segment, text=self.rewrite(segment.text, marks[segment.path], pseudonyms))
            if segment.path in marks
            else segment
            for segment in segments
            if segment.path not in dropped
        )
        return passing, tuple(dropped)

    def rewrite(self, text: str, marks: Sequence[Mark], pseudonyms: Pseudonyms) -> str:
        """Rewrite *marks* in *text*."""
        pieces = []
        position = 0
        for start, end, members in clusters((mark.start, mark.end, mark) for mark in marks):
            how = max((mark.how for mark in members), key=_THOROUGHNESS.__getitem__)
            widest = max(members, key=lambda mark: (mark.end - mark.start, -mark.start, mark.kind))
            value = text[start:end]
            if how is Transform.MASK:
                rewritten = _masked(value, {mark.kind for mark in members})
            else:
                rewritten = self._transformed(value, widest.kind, how, pseudonyms)
            pieces += [text[position:start], rewritten]
            position = end
        return "".join([*pieces, text[position:]])

    def _transformed(self, value: str, kind: str, how: Transform, pseudonyms: Pseudonyms) -> str:
        word = kind.partition(".")[2].upper()
        match how:
            case Transform.SURROGATE:
                return pseudonyms.of(kind, value)
            case Transform.HASH:
                return f"[{word}:{blake2b(value.encode('utf-8', 'replace'), key=self._key, digest_size=8).hexdigest()}]"
            case Transform.REPLACE:
                return f"[{word}]"
            case _:
                return ""


def _masked(value: str, kinds: set[str]) -> str:
    """Mask *value*, which is of all *kinds*, with stars."""
    shown = _SEPARATORS if all(family(kind) == "pii" for kind in kinds) else frozenset()
    letters = sum(character.isalnum() for character in value)
    hidden = letters - min(letters // 2, *(_KEPT.get(kind, 0) for kind in kinds))
    masked = []
    for character in value:
        hide = hidden > 0 if character.isalnum() else character not in shown and not character.isspace()
        hidden -= character.isalnum()
        masked.append("*" if hide else character)
    return "".join(masked)


def _wanted(obligations: Iterable[Obligation]) -> tuple[tuple[Redact, ...], tuple[Drop, ...]]:
    redacts = []
    drops = []
    for obligation in obligations:
        match obligation:
            case Redact():
                redacts.append(obligation)
            case Drop():
                drops.append(obligation)
            case _:
                pass  # the other obligations concern no text; whoever sends the exchange carries them out
    return tuple(redacts), tuple(drops)


def _dropped_by(finding: Finding, drop: Drop) -> bool:
    return covers(drop.kind, finding.kind) and (not drop.origins or finding.origin in drop.origins)


def transform_of(kind: str, score: float, redacts: Sequence[Redact]) -> Transform | None:
    """Return the most thorough transform that *redacts* ask for a finding of *kind*; None when they leave it alone."""
    asked = [redact.how for redact in redacts if covers(redact.kind, kind) and score >= redact.least]
    return max(asked, key=_THOROUGHNESS.__getitem__) if asked else None


def owed(obligations: Iterable[Obligation]) -> frozenset[str]:
    """Return the families of kinds whose findings *obligations* concern."""
    families: set[str] = set()
    for obligation in obligations:
        match obligation:
            case Redact(kind=kind) | Drop(kind=kind):
                families |= set(FAMILIES) if kind == "*" else {family(kind)}
            case _:
                pass
    return frozenset(families)


def enforceable(
    decision: Decision,
    answered: Iterable[Finding] = (),
    unavailable: Callable[[str], bool] = lambda _: False,
) -> Decision:
    """
    Deny where nobody can carry out an obligation of *decision*.

    *answered* are the findings in an answer, of which nothing is left when it is dropped; *unavailable* says of a
    family of kinds whether a detector that should have looked for it failed.
    """
    if not decision.allowed or not decision.obligations:
        return decision
    for obligation in decision.obligations:
        match obligation:
            case Route(models=models) if not models:
                return _denied(decision, "no model satisfies every rule that chooses one")
            case Approve():
                return _denied(decision, "an approval is required, and nobody can give it here")
            case Drop() if any(
                finding.origin is Origin.MODEL and _dropped_by(finding, obligation) for finding in answered
            ):
                return _denied(decision, "the answer was dropped")
            case _:
                pass
    if any(map(unavailable, owed(decision.obligations))):
        return _denied(decision, "what must be taken out could not be looked for")
    return decision


def _denied(decision: Decision, why: str) -> Decision:
    reason = Reason("yett", "", "unenforceable", Effect.DENY, why)
    return replace(decision, allowed=False, effect=Effect.DENY, reasons=(reason, *decision.reasons), obligations=())
