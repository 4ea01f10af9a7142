"""
Estimating: what a request will take, in tokens and in money, as facts that are computed when a rule asks for them.

Rules:

1. `llm.estimatedTokens` is the input. `llm.estimatedCost` is the input and the longest answer that the request allows,
   for each answer that it asks for: the most it can cost, so that nobody escapes a limit by leaving `max_tokens` out.
2. What cannot be known (a model without a price, an answer without an end) is missing, and never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeGuard

from yett.limits.estimates import tokens_in
from yett.limits.prices import Prices, as_fact
from yett.model.segment import Segment
from yett.model.unknown import Unknown
from yett.model.usage import Usage
from yett.services.stated import Estimates

__all__ = ["Estimator"]

_TOKENS, _COST = "llm.estimatedTokens", "llm.estimatedCost"
_TABLES = (dict, Mapping)
"""The usual one first: asking whether something is any mapping takes longer."""
_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates by one table of prices."""

    prices: Prices = field(default_factory=Prices)

    def of(
        self, context: Mapping[str, object], segments: Sequence[Segment], cap: int | None = None
    ) -> Estimates | None:
        """
        Return the estimates for a request that states *context* and holds the texts of *segments*.

        None where neither its texts nor the number of its tokens are there. *cap* is what an answer is held to.
        """
        llm = context.get("llm", _NOTHING)
        llm = llm if isinstance(llm, _TABLES) else _NOTHING
        if not segments and not _whole(llm.get("estimatedTokens")):
            return None
        estimate = _Estimate(self.prices, llm, segments, cap)
        return {_TOKENS: estimate.tokens, _COST: estimate.cost}

    def spent(self, model: str, usage: Usage) -> str:
        """Return what *usage* of *model* cost, in US dollars, exactly; empty where that is unknown."""
        price = self.prices.find(model)
        return f"{price.of(usage).normalize():f}" if price and usage != Usage() else ""


@dataclass(slots=True)
class _Estimate:
    """What one request will take."""

    prices: Prices
    llm: Mapping[str, object]
    segments: Sequence[Segment]
    cap: int | None
    counted: int | None = None

    def tokens(self) -> int:
        """Count the input's tokens, once."""
        if self.counted is None:
            stated = self.llm.get("estimatedTokens")
            self.counted = stated if _whole(stated) else self._count()
        return self.counted

    def _count(self) -> int:
        messages = self.llm.get("messageCount")
        return tokens_in((each.text for each in self.segments), messages if _whole(messages) else 1)

    def cost(self) -> object:
        """Return the most that the request can cost."""
        model, answers = self.llm.get("model"), self.llm.get("n", 1)
        price = self.prices.find(model) if isinstance(model, str) else None
        if price is None or not _whole(answers):
            return Unknown.MISSING
        bounds = [bound for bound in (self.llm.get("maxTokens"), self.cap) if _whole(bound)]
        longest = min(bounds, default=price.longest)
        if longest is None and price.output:
            return Unknown.MISSING
        return as_fact(price.of(Usage(self.tokens(), (longest or 0) * answers)))


def _whole(value: object) -> TypeGuard[int]:
    """Say whether *value* counts something."""
    return type(value) is int and value >= 0
