"""
Match and Finding: what a detector saw, where, and how sure it is.

A Match is a detector's own report about one stretch of the text that it was handed. The guard turns it into a Finding,
whose span counts in the original characters of a segment. Neither holds any text.
"""

from dataclasses import dataclass
from typing import NamedTuple

from yett.model.segment import Origin
from yett.model.span import Span

__all__ = ["Finding", "Match"]


class Match(NamedTuple):
    """A detector's report: the characters *start* to *end* of the text it was handed are of this *kind*."""

    start: int
    end: int
    kind: str
    """A dotted kind from the register in `yett.model.kinds`, such as `pii.email`."""
    score: float
    """How sure, from 0 to 1."""
    rule: str = ""
    """The rule that saw it, where the detector has rules."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at *span*, in a text written by *origin*."""

    span: Span
    origin: Origin
    kind: str
    score: float
    detector: str
    rule: str = ""
    reading: str = ""
    """How the text had to be read to see it: empty as written, else the readings' names joined by `>`."""
