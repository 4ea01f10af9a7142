"""
Detectors: the detectors that a configuration asks for.

Patterns are compiled once for all that share them; conditions on text differ by policy, so each gets its own.
"""

from yett.compose.patterns import PatternCache
from yett.compose.settings import Settings
from yett.detectors.patterns import PatternSet
from yett.detectors.rules import shipped
from yett.ports.decider import TextTest
from yett.ports.detector import Detector

__all__ = ["Detectors", "configured_detectors"]


class Detectors:
    """Detectors to be shared."""

    def __init__(self, shared: tuple[Detector, ...]) -> None:
        self._shared = shared

    def for_tests(self, tests: tuple[TextTest, ...]) -> tuple[Detector, ...]:
        return self._shared


def configured_detectors(settings: Settings, cache: PatternCache) -> Detectors:
    return Detectors((PatternSet((*shipped('secrets'), *shipped('personal'), *shipped('commands')), hyperscan=False),))
