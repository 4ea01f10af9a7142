"""
Scorer: how likely texts are attacks, in the opinion of a slower, better judge.

A detector asks it about the few texts of which it is in doubt itself.
"""

from collections.abc import Sequence
from typing import Protocol

from yett.model.segment import Origin

__all__ = ["Scorer"]


class Scorer(Protocol):
    """A second opinion on whether texts are attacks."""

    @property
    def name(self) -> str:
        """What it is called in configuration and in the rules of findings, such as `encoder`."""
        ...

    @property
    def revision(self) -> str:
        """Changes whenever the same text may get another score; part of every cache key."""
        ...

    def scores(self, texts: Sequence[str], origin: Origin) -> Sequence[float]:
        """
        Return one score from 0 to 1 for each of *texts*, all written by *origin*.

        A score means what it means everywhere: 0.5 is reached by 5 % of innocent texts, 0.7 by 1 %, 0.9 by 0.1 %. It is
        a pure function of what it is handed and may be called on any thread; when it cannot judge, it raises.
        """
        ...
