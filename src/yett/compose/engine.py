"""
PolicyEngine: the decision point in the library and on the command line, without a server.

    engine = PolicyEngine()
    engine.add_policy(PolicyParser().parse_yaml(text))
    engine.evaluate({"llm": {"model": "gpt-4", "prompt": "hi"}}).allowed

It answers as the gateway's decision point does: facts that nobody stated are found out, from the texts in the context by
the detectors that every gateway has, from the shipped prices and from the clock. Detectors are made when the first fact
asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from yett.compose.clock import SystemClock
from yett.guard.guard import Guard
from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy import engine
from yett.policy.contexts import stage_of
from yett.policy.documents import Document
from yett.policy.explaining import Explanation
from yett.services.deciding import decided, explained
from yett.services.estimating import Estimator
from yett.services.moment import dated
from yett.services.selection import AtStage, Selection
from yett.services.stated import Sources, tells, texts_in

__all__ = ["PolicyEngine"]


class PolicyEngine(engine.PolicyEngine):
    """Decides by the policies that were added to it; without any, everything is allowed."""

    _made: "_Made | None" = None

    def evaluate(self, context: Mapping[str, object], stage: Stage | str | None = None) -> Decision:
        """Decide about *context*, facts as nested mappings; the stage is told by them unless *stage* says it."""
        made = self._made or self._make()
        if stage is None:  # the busiest road, so what it needs is at hand
            asked = made.response if "response" in context else made.request
            if not asked.dated and not (asked.finds and tells(context)):
                return asked.decide(context)
        at = Stage(stage) if stage else stage_of(context)
        selection = made.selection
        asked = selection.at[at]
        context = dated(context, SystemClock().now()) if asked.dated else context
        sources = _sources(selection, at, context)
        return decided(selection, at, context, sources)[0] if sources else asked.decide(context)

    def explain(self, context: Mapping[str, object], stage: Stage | str | None = None) -> Explanation:
        """Say why *context* is decided as it is, which rules nearly matched, and what would turn the decision."""
        at = Stage(stage) if stage else stage_of(context)
        selection = (self._made or self._make()).selection
        context = dated(context, SystemClock().now())
        sources = _sources(selection, at, context) or Sources(tests=selection.program.text_tests)
        return explained(selection, at, context, sources)

    def add_policy(self, policy: Document) -> None:
        """
        Add *policy*, once its own tests pass.

        Raises:
            OperatorError: it does not compile, one of its tests fails, or there is one of that name already.
        """
        super().add_policy(policy)
        self._made = None

    def _make(self) -> "_Made":
        selection = Selection(self.program)
        self._made = _Made(selection, selection.at[Stage.REQUEST], selection.at[Stage.RESPONSE])
        return self._made


@dataclass(frozen=True, slots=True)
class _Made:
    """The policies, ready to decide."""

    selection: Selection
    request: AtStage
    response: AtStage


def _sources(selection: Selection, stage: Stage, context: Mapping[str, object]) -> Sources | None:
    """Return from what facts can be found out; None where everything that can be known is stated."""
    if not selection.at[stage].finds:
        return None
    segments = texts_in(context, stage)
    estimates = _estimator().of(context, segments)
    if not segments and not estimates:
        return None
    return Sources(_guard() if segments else None, segments, selection.program.text_tests, estimates or {})


@cache
def _guard() -> Guard:
    from yett.compose.library import default_guard  # noqa: PLC0415 - made, and imported, only where texts are read

    return default_guard()


@cache
def _estimator() -> Estimator:
    from yett.compose.prices import PriceList, configured_prices  # noqa: PLC0415 - as above

    return Estimator(configured_prices(PriceList()))
