"""
Overlaps: one value, one kind.

A stretch is one thing: what a key rule and a telephone rule both claim is a key. Among secrets and personal data the
stronger claim wins and every weaker one that shares a character with it goes. Injections, commands and the like are
judgements about a text, not values in it, so they all stay.
"""

from collections.abc import Sequence

from yett.model.finding import Match
from yett.model.kinds import family

__all__ = ["VALUES", "resolved"]

VALUES = frozenset({"secret", "pii"})
"""The families whose findings are values in a text."""
_RANKS = {"pii.iban": 1, "pii.credit_card": 2, "pii.ssn": 3, "pii.email": 4, "pii.ip_address": 5}
# Telephone numbers and the numbers of states look alike; among them the surer claim wins.
_LAST = 6


def resolved(matches: Sequence[Match]) -> list[Match]:
    """Return *matches* without those that a stronger claim on the same characters beats, ordered by start."""
    kept = [match for match in matches if family(match.kind) not in VALUES]
    values = sorted((match for match in matches if family(match.kind) in VALUES), key=_strength)
    # One byte for each character says whether it is claimed, so that many values cost no more than their length.
    claimed = bytearray(max((match.end for match in values), default=0))
    for match in values:
        if claimed.find(1, match.start, match.end) < 0:
            claimed[match.start : match.end] = b"\x01" * (match.end - match.start)
            kept.append(match)
    return sorted(kept)


def _strength(match: Match) -> tuple[int, float, int, Match]:
    rank = 0 if match.kind.startswith("secret.") else _RANKS.get(match.kind, _LAST)
    return rank, -match.score, match.start - match.end, match
