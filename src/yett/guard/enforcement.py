"""
Enforcement: carry out obligations on texts.

Rules:

1. Only this file rewrites text (an import contract says so).
2. What is rewritten is a cluster of overlapping findings as a whole, by the most thorough transform that any of them is
   owed, leaving no more than all of them may leave; so nothing of a finding survives at its edges.
3. Rewriting is idempotent: stars, brackets and placeholders are not found again, and a stand-in that is found stands for
   itself. What is removed leaves nothing, so there what stood apart may come together.
4. An obligation that cannot be carried out denies; so does one about findings that nobody could look for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from yett.guard.correspondence import RESTORED, Correspondence
from yett.guard.pseudonyms import word_of
from yett.guard.returning import Return
from yett.guard.spans import clusters
from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Finding
from yett.model.kinds import FAMILIES, covers, family
from yett.model.obligation import REVERSIBLE, THOROUGHNESS, Approve, Drop, Obligation, Redact, Route, Transform
from yett.model.segment import Origin, Segment

__all__ = ["Enforcement", "Mark", "enforceable", "marked", "owed"]

_KEPT = MappingProxyType({"pii.credit_card": 4, "pii.iban": 4, "pii.ssn": 4, "pii.phone": 2})
"""How many letters and digits a mask leaves at the end (four of a card as on a receipt, PCI DSS 3.4.1)."""
_SEPARATORS = frozenset(" \t\r\n-./:@")
"""What a mask shows of personal data, so that one sees what stood there."""


class Mark(NamedTuple):
    """A stretch that must be rewritten."""

    start: int
    end: int
    kind: str
    how: Transform
    keep: int = 0
    """How many letters and digits a mask may leave at the end."""


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
        shared: Correspondence,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Return the segments as they may pass, untouched ones as they are, and the paths of dropped ones."""
        redacts, drops = _wanted(obligations)
        if not redacts and not drops and not shared.returning:
            return tuple(segments), ()
        marks: dict[str, list[Mark | Return]] = (
            {segment.path: [*shared.returning.found(segment.text)] for segment in segments} if shared.returning else {}
        )
        dropped: dict[str, None] = {}
        for finding in findings:
            if any(_dropped_by(finding, drop) for drop in drops):
                dropped[finding.span.path] = None
            if mark := marked(finding, redacts):
                marks.setdefault(finding.span.path, []).append(mark)
        passing = tuple(
            replace(segment, text=self.rewrite(segment.text, marks[segment.path], shared))
            if marks.get(segment.path)
            else segment
            for segment in segments
            if segment.path not in dropped
        )
        return passing, tuple(dropped)

    def rewrite(self, text: str, marks: Sequence[Mark | Return], shared: Correspondence) -> str:
        """Rewrite *marks* in *text*; what returns is put back where nothing else overlaps with it."""
        pieces = []
        position = 0
        for start, end, members in clusters((mark.start, mark.end, mark) for mark in marks):
            taken = [mark for mark in members if isinstance(mark, Mark)]
            returns = [mark for mark in members if isinstance(mark, Return)]
            value = text[start:end]
            rewritten = self._hidden(value, taken, shared) if taken else _put_back(value, returns[0], shared)
            pieces += [text[position:start], rewritten]
            position = end
        return "".join([*pieces, text[position:]])

    def _hidden(self, value: str, marks: Sequence[Mark], shared: Correspondence) -> str:
        how = max((mark.how for mark in marks), key=THOROUGHNESS.__getitem__)
        widest = max(marks, key=lambda mark: (mark.end - mark.start, -mark.start, mark.kind))
        if how in REVERSIBLE:
            stand_in = shared.pseudonyms.of(widest.kind, value, how)
            shared.applied[widest.kind, stand_in.how.value] += 1
            return stand_in.text
        shared.applied[widest.kind, how.value] += 1
        if how is Transform.MASK:
            return _masked(value, {mark.kind for mark in marks}, min(mark.keep for mark in marks))
        return self._transformed(value, widest.kind, how)

    def _transformed(self, value: str, kind: str, how: Transform) -> str:
        word = word_of(kind)
        match how:
            case Transform.HASH:
                return f"[{word}#{blake2b(value.encode('utf-8', 'replace'), key=self._key, digest_size=8).hexdigest()}]"
            case Transform.REPLACE:
                return f"[{word}]"
            case _:
                return ""


def _put_back(value: str, found: Return, shared: Correspondence) -> str:
    if found.stays:
        return value
    shared.applied[found.stand_in.kind, RESTORED] += 1
    return found.stand_in.value


def _masked(value: str, kinds: set[str], keep: int) -> str:
    """Mask *value*, which is of all *kinds*, with stars, but for *keep* letters and digits; at least half goes."""
    shown = _SEPARATORS if all(family(kind) == "pii" for kind in kinds) else frozenset()
    letters = sum(character.isalnum() for character in value)
    hidden = letters - min(letters // 2, keep)
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


def marked(finding: Finding, redacts: Sequence[Redact]) -> Mark | None:
    """Mark *finding* for the most thorough of *redacts* that concern it; None when they leave it alone."""
    kind = finding.kind
    asked = [
        redact
        for redact in redacts
        if covers(redact.kind, kind)
        and finding.score >= redact.least
        and (not redact.origins or finding.origin in redact.origins)
    ]
    if not asked:
        return None
    how = max((redact.how for redact in asked), key=THOROUGHNESS.__getitem__)
    allowed = _KEPT.get(kind, 0)
    keep = min(allowed if redact.keep is None else redact.keep for redact in asked if redact.how is how)
    return Mark(finding.span.start, finding.span.end, kind, how, keep)


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
