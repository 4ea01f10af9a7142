"""
Evidence: what two judges say together.

A score says how rare it is among innocent texts. The logarithms of the two shares are added, and how rare such a sum is
among innocent texts is known, if the judges err independently. The second judge understands more than the first, which of
documents knows next to nothing, so that what it says counts more. They err together now and then, so that a little of
what they say is taken off. Source: R. A. Fisher, Statistical Methods for Research Workers, 1925; I. J. Good, On the
Weighted Combination of Significance Tests, 1955; M. B. Brown, A Method for Combining Non-Independent Tests of
Significance, 1975.
"""

from bisect import bisect_right
from math import exp, log

__all__ = ["RATES", "together"]

RATES = (0.03, 0.0075, 0.001)
"""The shares of innocent texts, met in the world, that reach the scores 0.5, 0.7 and 0.9."""
_FIRST, _SECOND = 0.7, 1.3
"""What each judge counts: as much as finds most among texts that neither had seen, in English and in other languages."""
_COUNTED = 0.95
"""So much of the evidence of two counts; measured on innocent texts of sources that neither judge had seen."""
_SCORES = (0.0, 0.05, 0.5, 0.7, 0.9, 1.0)
_RARE = tuple(-log(rate) for rate in (1.0, 0.5, *RATES, 0.0003))


def together(first: float, second: float) -> float:
    """Return the score, from 0 to 1, that the scores of two judges have together; the *second* was asked by the *first*."""
    total = _FIRST * _along(first, _SCORES, _RARE) + _SECOND * _along(second, _SCORES, _RARE)
    # That two exponentials, of the means _FIRST and _SECOND, come to more than the total, by its logarithm.
    rest = (_SECOND - _FIRST * exp(-total * (1 / _FIRST - 1 / _SECOND))) / (_SECOND - _FIRST)
    return _along(_COUNTED * (total / _SECOND - log(rest)), _RARE, _SCORES)


def _along(value: float, points: tuple[float, ...], others: tuple[float, ...]) -> float:
    """Return what *value* is on the scale of *others*, by straight lines between *points*; it stays within both."""
    place = bisect_right(points, value)
    if place in {0, len(points)}:
        return others[min(place, len(others) - 1)]
    share = (value - points[place - 1]) / (points[place] - points[place - 1])
    return others[place - 1] + share * (others[place] - others[place - 1])
