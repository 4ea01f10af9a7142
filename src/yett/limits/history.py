"""
History as arithmetic: how what somebody did fades, and how it adds up.

Rules:

1. What was noted weighs half as much after each half-life, in seconds, whatever was noted since.
2. Denials are counted: two at one moment weigh 2. Risks are not added, for then a busy caller would be a dangerous one:
   the gravest counts, as it has faded. So harmless exchanges neither add to a past nor dilute it; only time lowers it.
3. What is noted within one moment adds up to the same in every order.
4. A clock that jumps back makes nothing weigh more: until it has caught up, nothing that was noted fades, and what is
   noted counts as of its own earlier moment.
"""

from yett.ports.history import Past

__all__ = ["faded", "joined"]


def faded(past: Past, now: float, half_life: float) -> Past:
    """Return what weighs of *past* at *now*, in seconds of its clock."""
    if now <= past.at:
        return past
    left = 2.0 ** ((past.at - now) / half_life)
    return Past(now, past.denials * left, past.risk * left)


def joined(one: Past, other: Past, half_life: float) -> Past:
    """Return what weighs of both pasts, at the later moment of the two."""
    now = max(one.at, other.at)
    one, other = faded(one, now, half_life), faded(other, now, half_life)
    return Past(now, one.denials + other.denials, max(one.risk, other.risk))
