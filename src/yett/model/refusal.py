"""Refusal: the one shape of every No."""

from dataclasses import dataclass

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value, not an exception: why an exchange does not take place."""

    status: int
    """The HTTP status that says it (RFC 9110)."""
    code: str
    """The stable word for machines, such as `policy_violation`."""
    message: str
    """One sentence for people; it never repeats the caller's text and never names a detector's secrets."""
    param: str | None = None
    """The place in the request that is to blame."""
    retry_after: float | None = None
    """Seconds after which the same request may succeed; None when it will not."""
