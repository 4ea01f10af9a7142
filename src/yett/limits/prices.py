"""
Prices: what a model costs, exactly.

Rules:

1. Money is decimal (US dollars). Nothing is rounded: tokens times a price has an exact decimal, and that is the cost.
2. A model without a price has no cost: it is unknown, which restrictive rules count against it, and never zero.
3. As a fact, a cost is the number that a policy or a JSON text would write for it, so that `1.0` is `1.0`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from yett.model.usage import Usage

__all__ = ["Price", "Prices", "as_fact"]

_MILLION = 1_000_000
_REMEMBERED = 256
"""Models whose prices are remembered; names come from requests, so there must be an end."""
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars for a million tokens."""

    input: Decimal
    output: Decimal = Decimal(0)
    cached: Decimal | None = None
    """Of input that the provider had cached; as other input when it is None."""
    longest: int | None = None
    """The most tokens of one answer: what a request may cost that names no limit."""

    def of(self, usage: Usage) -> Decimal:
        """Return what *usage* costs."""
        cached = min(usage.cached_tokens, usage.input_tokens)
        fresh = usage.input_tokens - cached
        remembered = self.input if self.cached is None else self.cached
        return (fresh * self.input + cached * remembered + usage.output_tokens * self.output) / _MILLION


class Prices:
    """Price lists, the first that knows a model saying what it costs."""

    def __init__(self, *lists: Mapping[str, Price]) -> None:
        """Ask *lists*, by model, in their order."""
        self._lists: Sequence[Mapping[str, Price]] = lists
        self._known: dict[str, Price | None] = {}

    def find(self, model: str) -> Price | None:
        """Return the price of *model*: by its name, or by the longest pattern (`*`, `?`) that it fits."""
        if model not in self._known:
            found = (price for each in self._lists if (price := _listed(model, each)))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[model] = next(found, None)
        return self._known[model]


def _listed(model: str, prices: Mapping[str, Price]) -> Price | None:
    if model in prices:
        return prices[model]
    fitting = [name for name in prices if not _WILD.isdisjoint(name) and fnmatchcase(model, name)]
    return prices[max(fitting, key=len)] if fitting else None


def as_fact(money: Decimal) -> float | Decimal:
    """Return *money* as a literal of a policy would be read: a float where its shortest form is the exact amount."""
    number = float(money)
    return number if Decimal(repr(number)) == money else money
