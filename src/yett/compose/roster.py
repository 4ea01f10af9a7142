"""Roster: the detectors of a configuration, as a list for people."""

from pathlib import Path

from yett.compose.detectors import configured_detectors
from yett.compose.loading import load
from yett.compose.patterns import PatternCache

__all__ = ["roster"]


def roster(config: Path | None = None) -> list[dict[str, object]]:
    """
    Return what there is to say of each detector that the file *config* asks for.

    Raises:
        OperatorError: the configuration does not hold.
    """
    return [
        {
            "name": detector.name,
            "revision": detector.revision,
            "kinds": sorted(detector.kinds),
            "cost": detector.cost,
            "readings": sorted(detector.readings),
        }
        for detector in configured_detectors(load(config), PatternCache()).for_tests(())
    ]
