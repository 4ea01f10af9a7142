"""
Verdict and Coverage: what the guard answers.

A verdict carries the decision, the findings, the segments as they may pass, and a receipt of what was read by whom. The
receipt is written by the code that reads, never by configuration, so nothing is called scanned that was not.
"""

from dataclasses import dataclass

from yett.model.decision import Decision, Effect
from yett.model.finding import Finding
from yett.model.risk import parts, risk
from yett.model.segment import Origin, Segment

__all__ = ["Coverage", "Verdict"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one text was looked at."""

    path: str
    origin: Origin
    characters: int
    read_by: tuple[str, ...]
    """The detectors that read it to its end."""
    failed: tuple[str, ...] = ()
    """The detectors that should have read it and did not."""
    opaque: bool = False
    """There is no text to read, so nobody read it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says about an interaction."""

    decision: Decision
    findings: tuple[Finding, ...]
    segments: tuple[Segment, ...]
    """The segments as they may pass: in order, rewritten where policy asked for it, dropped ones left out."""
    dropped: tuple[str, ...] = ()
    """The paths of segments that must not pass."""
    coverage: tuple[Coverage, ...] = ()
    rewritten: tuple[tuple[str, str, int], ...] = ()
    """How often each kind was rewritten how: kind, transform (or `restore`), count."""

    @property
    def effect(self) -> Effect:
        """The decision's effect."""
        return self.decision.effect

    @property
    def risk(self) -> float:
        """How risky what was found is altogether, from 0 to 1 (`yett.model.risk`)."""
        return risk(self.findings)

    @property
    def allowed(self) -> bool:
        """Whether the interaction may pass, as rewritten."""
        return self.decision.allowed

    @property
    def sanitized(self) -> str:
        """The texts that may pass, joined by line breaks."""
        return "\n".join(segment.text for segment in self.segments) if self.allowed else ""

    def explain(self) -> str:
        """Say in words what was decided, by which rules, and what was found where."""
        lines = [f"{self.effect}: {self.decision.reason}" if self.decision.reason else f"{self.effect}"]
        for reason in self.decision.reasons:
            unsure = f" (possibly: {', '.join(reason.unknown)} unknown)" if reason.unknown else ""
            lines.append(f"  rule {reason.policy}@{reason.version}/{reason.rule}: {reason.effect}{unsure}")
        for finding in self.findings:
            where = f"{finding.span.path or '/'}[{finding.span.start}:{finding.span.end}]"
            how = f", read as {finding.reading}" if finding.reading else ""
            rule = f" by {finding.rule}" if finding.rule else ""
            lines.append(f"  found {finding.kind} {finding.score:.2f} at {where}{rule}{how}")
        if made_of := parts(self.findings):
            lines.append(
                f"  risk {self.risk:.2f}: " + ", ".join(f"{name} {part:.2f}" for name, part in made_of.items())
            )
        return "\n".join(lines)
