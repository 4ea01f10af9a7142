"""
Admission: who is it, and may they now.

Rules:

1. An unknown credential is refused, always. There is no anonymous caller.
2. What is asked of limits is asked of the verified principal, never of what a request says about itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yett.model.principal import Principal
from yett.model.rate import Grant
from yett.model.refusal import Refusal
from yett.ports.counters import Counters
from yett.services.snapshots import Snapshot

__all__ = ["Admission", "Admitted", "limit_headers"]

_UNKNOWN = Refusal(401, "invalid_api_key", "the credential is missing, unknown, revoked or expired")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller who is known, and what the limits say."""

    principal: Principal
    grants: tuple[Grant, ...] = ()

    @property
    def refusal(self) -> Refusal | None:
        """Why they may not go on now; None when they may."""
        if all(grant.allowed for grant in self.grants):
            return None
        wait = max(grant.retry_after for grant in self.grants)
        return Refusal(429, "rate_limit_exceeded", "too many requests; try again later", retry_after=wait)


class Admission:
    """The porter."""

    def __init__(self, counters: Counters) -> None:
        """Keep limits in *counters*."""
        self._counters = counters

    async def identify(self, credential: str | None, snapshot: Snapshot) -> Principal | Refusal:
        """Say who *credential* stands for, or why it stands for nobody; nothing is taken from their limits."""
        return (await snapshot.directory.principal(credential) if credential else None) or _UNKNOWN

    async def admit(self, credential: str | None, snapshot: Snapshot) -> Admitted | Refusal:
        """Say who *credential* stands for and take from their limits, or why it stands for nobody."""
        principal = await self.identify(credential, snapshot)
        if isinstance(principal, Refusal):
            return principal
        if not snapshot.rates:
            return Admitted(principal)
        key = f"{len(principal.tenant)}:{principal.tenant}:{principal.key or principal.subject}"
        return Admitted(principal, tuple(await self._counters.take(key, snapshot.rates)))


def limit_headers(grants: Sequence[Grant]) -> dict[str, str]:
    """Tell *grants* in OpenAI's headers: of several rates of one unit the one that is nearest to its end."""
    headers: dict[str, str] = {}
    for name in {grant.rate.name for grant in grants}:
        grant = min((each for each in grants if each.rate.name == name), key=lambda each: each.remaining)
        headers[f"x-ratelimit-limit-{name}"] = str(grant.rate.amount)
        headers[f"x-ratelimit-remaining-{name}"] = str(grant.remaining)
        headers[f"x-ratelimit-reset-{name}"] = _duration(grant.reset)
    return headers


def _duration(seconds: float) -> str:
    """Write a duration as OpenAI does: `250ms`, `1s`, `6m0s`."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s" if minutes else f"{rest}s"
