"""
Unknown: the third truth value's cause.

A fact is a value, or it is missing (nobody stated it) or unavailable (whoever should have computed it failed). Policy
treats both alike in its logic, restrictive rules firing when possibly true and permissive ones only when definitely
true (Kleene's strong three-valued logic), but tells them apart in its reasons.
"""

from enum import Enum

__all__ = ["Unknown"]


class Unknown(Enum):
    """Why a fact has no value."""

    MISSING = "missing"
    UNAVAILABLE = "unavailable"
