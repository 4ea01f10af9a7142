"""
Overlaps: one value, one kind.

A stretch is one thing: what a key rule and a telephone rule both claim is a key. Among secrets and personal data the
stronger claim wins and every weaker one that shares a character with it goes. Injections, commands and the like are
judgements about a text, not values in it, so they all stay.
"""

from collections.abc import Sequence
from operator import itemgetter, le

from yett.model.finding import Match
from yett.model.kinds import family

__all__ = ["VALUES", "resolved"]

VALUES = frozenset({"secret", "pii"})
"""The families whose findings are values in a text."""
_RANKS = {"pii.iban": 1, "pii.credit_card": 2, "pii.ssn": 3, "pii.email": 4, "pii.ip_address": 5}
# Telephone numbers and the numbers of states look alike; among them the surer claim wins.
_LAST = 6
_TWO = 2
_START, _END = itemgetter(0), itemgetter(1)


def resolved(matches: Sequence[Match]) -> list[Match]:
    """Return *matches* without those that a stronger claim on the same characters beats, ordered by start."""
    ordered = sorted(matches)
    if all(map(le, map(_END, ordered), map(_START, ordered[1:]))):
        return ordered
    alone: list[Match] = []
    contested: list[Match] = []
    first = end = 0
    # What shares no character with what stands before and behind it cannot be beaten, and mostly that is everything.
    for place, match in enumerate(ordered):
        if match[0] >= end:
            (alone if place - first < _TWO else contested).extend(ordered[first:place])
            first = place
        end = max(end, match[1])
    contested += ordered[first:]
    return sorted(alone + _strongest(contested))


def _strongest(matches: Sequence[Match]) -> list[Match]:
    """Return those of *matches* that no stronger claim beats."""
    ranks = {kind: _rank(kind) for kind in {match.kind for match in matches}}
    kept = [match for match in matches if ranks[match.kind] is None]
    values = sorted(
        (rank, -match.score, match.start - match.end, match)
        for match in matches
        if (rank := ranks[match.kind]) is not None
    )
    # One byte for each character says whether it is claimed, so that many values cost no more than their length.
    claimed = bytearray(max((value[3].end for value in values), default=0))
    for _, _, length, match in values:
        if claimed.find(1, match.start, match.end) < 0:
            claimed[match.start : match.end] = b"\x01" * -length
            kept.append(match)
    return kept


def _rank(kind: str) -> int | None:
    """Return how strong claims of *kind* are, the strongest first; None where it is no value."""
    if family(kind) not in VALUES:
        return None
    return 0 if kind.startswith("secret.") else _RANKS.get(kind, _LAST)
