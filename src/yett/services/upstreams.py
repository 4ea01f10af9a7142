"""
Routes: which upstream serves which model.

Rules:

1. The first route whose patterns match serves; the order is the operator's. A request never chooses an upstream, only a
   model that the operator has named, or that fits a pattern.
2. What only fits a pattern is the caller's wording. It must look like a name, and it is a text to inspect.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from yett.model.obligation import Cap
from yett.ports.upstream import Upstream

__all__ = ["Route", "Routes"]

_REMEMBERED = 256
"""Models whose routes are remembered; names come from requests, so there must be an end."""
_NAME = re.compile(r"[A-Za-z0-9@][A-Za-z0-9._:/@+-]{0,127}")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Route:
    """One upstream and the models it serves."""

    upstream: Upstream
    models: tuple[str, ...]
    """Names, or patterns with `*`."""
    default: str = ""
    """The model for a request that names none."""
    caps: tuple[Cap, ...] = ()
    """What every request to it is held to."""


class Routes:
    """The routes of a house, in order."""

    def __init__(self, routes: Sequence[Route], allowed: Sequence[str] = ()) -> None:
        """Serve by *routes*; only models that match one of *allowed*, unless that is empty."""
        self.routes = tuple(routes)
        self._allowed = tuple(allowed)
        self._known: dict[str, Route | None] = {}
        self._named = frozenset(name for route in routes for name in route.models if _WILD.isdisjoint(name))

    def find(self, model: str) -> Upstream | None:
        """Return the upstream that serves *model*; None when none does, or it is not allowed."""
        route = self._route(model)
        return route.upstream if route else None

    def caps(self, model: str) -> tuple[Cap, ...]:
        """Say what a request for *model* is held to, whatever policy says."""
        route = self._route(model)
        return route.caps if route else ()

    def _route(self, model: str) -> Route | None:
        try:
            return self._known[model]
        except KeyError:
            if not self.names(model) and not _NAME.fullmatch(model):
                return None
            allowed = not self._allowed or _matches(model, self._allowed)
            served = (route for route in self.routes if _matches(model, route.models))
            route = next(served, None) if allowed else None
            if len(self._known) < _REMEMBERED:
                self._known[model] = route
            return route

    def names(self, model: str) -> bool:
        """Say whether *model* is what the operator wrote, word for word."""
        return model in self._named

    @property
    def default(self) -> str:
        """The model for a request that names none: the first that there is."""
        named = (route.default or _first(route.models) for route in self.routes)
        return next((model for model in named if model), "")

    async def models(self) -> list[tuple[str, str]]:
        """List every model that may be named, with its upstream's name."""
        served = [(model, route.upstream.name) for route in self.routes for model in await route.upstream.models()]
        return [(model, upstream) for model, upstream in served if not self._allowed or _matches(model, self._allowed)]

    async def aclose(self) -> None:
        """Let go of every upstream."""
        for route in self.routes:
            await route.upstream.aclose()


def _matches(model: str, patterns: Iterable[str]) -> bool:
    return any(pattern == model or fnmatchcase(model, pattern) for pattern in patterns)


def _first(models: Sequence[str]) -> str:
    return next((model for model in models if "*" not in model), "")
