"""Moment: what time it is, as the facts that policies ask for: `request.date` (20261231) and `request.hour`, in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

__all__ = ["clock_facts", "dated"]

_NOTHING: Mapping[str, object] = MappingProxyType({})


def clock_facts(now: float) -> dict[str, object]:
    """Return the facts below `request` that the clock states at *now*, seconds since 1970-01-01 UTC."""
    moment = datetime.fromtimestamp(now, UTC)
    return {"date": moment.year * 10_000 + moment.month * 100 + moment.day, "hour": moment.hour}


def dated(context: Mapping[str, object], now: float) -> Mapping[str, object]:
    """Return *context* with what time it is at *now*, where it does not say so itself."""
    request = context.get("request", _NOTHING)
    if not isinstance(request, Mapping) or {"date", "hour"} <= request.keys():
        return context
    return {**context, "request": {**clock_facts(now), **request}}
