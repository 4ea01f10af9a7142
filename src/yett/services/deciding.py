"""
Deciding: the decision point. A question in, a decision out.

Rules:

1. Whichever door a question comes through, it is answered here, by the policies that exchanges are decided by.
2. The caller states the facts. Those that it leaves out and that can be found out, from texts, sizes, the price table
   or the clock, are found out when a rule can still need them; the rest are missing, and restrictive rules count that.
3. What the policies allow, every other policy engine that exchanges ask must consent to, whichever policies a question
   names.
4. No answer is remembered for a question.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from yett.model.decision import Decision
from yett.model.errors import CallerError
from yett.model.segment import Segment
from yett.model.stage import Stage
from yett.policy.contexts import stage_of
from yett.policy.explaining import Explanation, explain
from yett.policy.interpreter import lookup
from yett.policy.schema import cost
from yett.ports.clock import Clock
from yett.services.consulting import agreed, asked_of, consulted
from yett.services.inspection import Inspection
from yett.services.moment import dated
from yett.services.selection import Selection, Selections
from yett.services.snapshots import Snapshot, Snapshots
from yett.services.stated import Sources, StatedFacts, tells, texts_in

__all__ = ["TURN", "Alike", "Answer", "Deciding", "Question", "decided", "explained"]

TURN = 256
"""Questions until others get their turn: a few milliseconds."""
_NOTHING: Mapping[str, object] = MappingProxyType({})


class Question(NamedTuple):
    """What is asked of the policies."""

    context: Mapping[str, object]
    """Facts as nested mappings."""
    stage: Stage | None = None
    """As the context has it, when it is not given."""
    policies: tuple[str, ...] = ()
    """The policies to decide by, as `id` or `id@version`; all that are active when there are none."""
    namespace: str = ""
    """Decide only by the policies of this namespace, and of those above it."""
    texts: tuple[Segment, ...] = ()
    """Texts to read, beside those in the context."""
    explain: bool = False
    """Whether to say why, too."""


class Answer(NamedTuple):
    """What the policies say."""

    decision: Decision
    facts: Mapping[str, object] = _NOTHING
    """What was found out beyond what was stated, by field."""
    duration: float = 0.0
    """Seconds."""
    explanation: Explanation | None = None
    """Why, where that was asked."""


class Alike(NamedTuple):
    """Answers that are nothing but *decisions*."""

    decisions: Sequence[Decision]
    duration: float
    """Seconds that each took."""


class Deciding:
    """The decision point."""

    def __init__(self, snapshots: Snapshots, clock: Clock, inspection: Inspection) -> None:
        """Decide by the current one of *snapshots*; read long texts where *inspection* does."""
        self._snapshots = snapshots
        self._clock = clock
        self._elapsed = clock.elapsed
        self._inspection = inspection
        self._selections = Selections()
        self._usual: tuple[Snapshot, Selection] | None = None

    def at_once(self, question: Question) -> Answer | None:
        """
        Answer *question*; None where that takes so long that it would keep others waiting.

        Raises:
            CallerError: it names a policy or a namespace that is not there.
        """
        snapshot = self._deciding(question)
        if question.explain or snapshot.authorities:
            return None
        return self._here(snapshot, question)

    def together(self, contexts: Sequence[Mapping[str, object]]) -> list[Decision | None]:
        """Decide about each of *contexts* as a question of nothing else is answered; None where that takes more than deciding."""
        snapshot = self._snapshots.current
        if snapshot.authorities or snapshot.canaries:
            return [None] * len(contexts)
        at_stage, now = self._all(snapshot).at, self._clock.now()
        of_request, of_response = at_stage[Stage.REQUEST], at_stage[Stage.RESPONSE]
        decisions: list[Decision | None] = []
        for context in contexts:
            at = of_response if "response" in context else of_request  # as `stage_of` has it
            if at.finds and tells(context):
                decisions.append(None)
            else:
                decisions.append(at.decide(dated(context, now) if at.dated else context))
        return decisions

    def alike(self, contexts: Sequence[Mapping[str, object]]) -> Alike | None:
        """Answer questions that are nothing but *contexts*, of which there are some; None where one takes more than deciding."""
        return _alike(*self._timed(contexts))

    def _timed(self, contexts: Sequence[Mapping[str, object]]) -> tuple[list[Decision | None], float]:
        """Decide about *contexts* together; return the seconds that each took, too."""
        began = self._elapsed()
        decisions = self.together(contexts)
        return decisions, (self._elapsed() - began) / len(contexts)

    async def in_turns(self, contexts: Sequence[Mapping[str, object]]) -> AsyncIterator[Alike | Sequence[Answer]]:
        """Answer questions that are nothing but *contexts*, in order, several at a time."""
        for start in range(0, len(contexts), TURN):
            if start:
                await asyncio.sleep(0)
            asked = contexts[start : start + TURN]
            decisions, each = self._timed(asked)
            yield _alike(decisions, each) or [
                Answer(decision, duration=each) if decision else await self.answer(Question(context))
                for context, decision in zip(asked, decisions, strict=True)
            ]

    async def several(self, questions: Iterable[Question]) -> list[Answer]:
        """
        Answer *questions*, in order.

        Raises:
            CallerError: one of them names a policy or a namespace that is not there.
        """
        answers = []
        for number, question in enumerate(questions, start=1):
            answers.append(self.at_once(question) or await self.answer(question))
            if not number % TURN:
                await asyncio.sleep(0)
        return answers

    def _here(self, snapshot: Snapshot, question: Question) -> Answer | None:
        """Answer *question* by the policies alone; None where that takes long."""
        began = self._elapsed()
        context, stage, policies, namespace, *_ = question
        selection = self._selected(snapshot, question) if policies or namespace else self._all(snapshot)
        stage = stage or stage_of(context)
        at = selection.at[stage]
        if at.dated:
            context = self._dated(context)
        sources = _sources(snapshot, selection, stage, question)
        if sources is None:
            return Answer(at.decide(context), _NOTHING, self._elapsed() - began)
        if not sources.segments:
            decision, found = decided(selection, stage, context, sources)
        elif self._inspection.at_once(snapshot.guard, sources.segments):
            decision, found = self._inspection.here(
                lambda watch: decided(selection, stage, context, replace(sources, watch=watch)),
                snapshot.limits.deadlines,
            )
        else:
            return None
        return Answer(decision, found, self._elapsed() - began)

    async def answer(self, question: Question) -> Answer:
        """
        Answer *question*, however long its texts are.

        Raises:
            CallerError: it names a policy or a namespace that is not there, or asks for more than can be said in time.
        """
        snapshot = self._deciding(question)
        answer = None if question.explain else self._here(snapshot, question)
        if answer is None:
            answer = await self._at_leisure(snapshot, question)
        if not (snapshot.authorities and answer.decision.allowed):
            return answer
        began = self._elapsed() - answer.duration
        decision = await self._consented(snapshot, question, answer.decision)
        explanation = answer.explanation and replace(answer.explanation, decision=decision)
        return Answer(decision, answer.facts, self._elapsed() - began, explanation)

    async def _consented(self, snapshot: Snapshot, question: Question, decision: Decision) -> Decision:
        """Ask the other policy engines about what *decision* allows."""
        context = question.context
        told = asked_of(question.stage or stage_of(context), self._dated(context))
        return agreed(decision, await consulted(snapshot.authorities, told))

    async def explain(self, question: Question) -> Explanation:
        """
        Say why *question* is answered as it is.

        Raises:
            CallerError: it names a policy or a namespace that is not there, or asks for more than can be said in time.
        """
        snapshot = self._deciding(question)
        explanation = await self._explained(snapshot, question)
        if not (snapshot.authorities and explanation.decision.allowed):
            return explanation
        return replace(explanation, decision=await self._consented(snapshot, question, explanation.decision))

    async def _explained(self, snapshot: Snapshot, question: Question) -> Explanation:
        selection = self._selected(snapshot, question)
        stage = question.stage or stage_of(question.context)
        sources = _sources(snapshot, selection, stage, question) or _stated(selection)
        context = self._dated(question.context)
        limits = snapshot.limits.deadlines
        try:
            return await self._inspection.run(
                lambda watch: explained(selection, stage, context, replace(sources, watch=watch)), limits
            )
        except TimeoutError:
            raise CallerError("that takes too long to explain; name the policies that matter") from None

    async def _at_leisure(self, snapshot: Snapshot, question: Question) -> Answer:
        began = self._elapsed()
        selection = self._selected(snapshot, question)
        stage = question.stage or stage_of(question.context)
        context = self._dated(question.context)
        sources = _sources(snapshot, selection, stage, question) or _stated(selection)
        limits = snapshot.limits.deadlines
        try:
            decision, found = await self._inspection.run(
                lambda watch: decided(selection, stage, context, replace(sources, watch=watch)), limits
            )
        except TimeoutError:
            decision, found = decided(selection, stage, context, _unread(sources))
        explanation = await self._explained(snapshot, question) if question.explain else None
        return Answer(decision, found, self._elapsed() - began, explanation)

    def _deciding(self, question: Question) -> Snapshot:
        """Return what decides about *question*."""
        return self._snapshots.current.answering(question.context)

    def _selected(self, snapshot: Snapshot, question: Question) -> Selection:
        if question.policies or question.namespace:
            return self._selections.of(snapshot.program, snapshot.documents, question.policies, question.namespace)
        return self._all(snapshot)

    def _all(self, snapshot: Snapshot) -> Selection:
        """Return all policies that are active."""
        if self._usual is None or self._usual[0] is not snapshot:
            self._usual = snapshot, self._selections.of(snapshot.program, snapshot.documents)
        return self._usual[1]

    def _dated(self, context: Mapping[str, object]) -> Mapping[str, object]:
        return dated(context, self._clock.now())


def decided(
    selection: Selection, stage: Stage, context: Mapping[str, object], sources: Sources
) -> tuple[Decision, Mapping[str, object]]:
    """Decide about *context* by *selection*; return also what was found out from *sources*."""
    facts = StatedFacts(stage, context, sources)
    return selection.program.decide(stage, facts), facts.told()


def explained(selection: Selection, stage: Stage, context: Mapping[str, object], sources: Sources) -> Explanation:
    """Say why *selection* decides about *context* as it does."""
    facts = StatedFacts(stage, context, sources)
    program = selection.program
    clauses = [clause for clause in program.clauses if stage in clause.stages]
    return explain(
        clauses,
        lambda name: facts.demand(name) if cost(name) else lookup(context, name),
        program.text_tests,
        program.revision,
    )


def _alike(decisions: Sequence[Decision | None], duration: float) -> Alike | None:
    """Return *decisions*, each of which took *duration* seconds, as answers; None where one of them takes more."""
    certain = [decision for decision in decisions if decision]
    return Alike(certain, duration) if len(certain) == len(decisions) else None


def _sources(snapshot: Snapshot, selection: Selection, stage: Stage, question: Question) -> Sources | None:
    """Return from what facts can be found out; None where everything that can be known is stated."""
    segments = question.texts
    if (segments or tells(question.context)) and selection.at[stage].finds:
        inside = texts_in(question.context, stage)
        segments = (*inside, *segments) if inside else segments
        estimates = snapshot.estimator.of(question.context, segments)
        if segments or estimates:
            return Sources(snapshot.guard, segments, selection.program.text_tests, estimates or {})
        return None
    return Sources(snapshot.guard, segments, selection.program.text_tests) if segments else None


def _stated(selection: Selection) -> Sources:
    return Sources(tests=selection.program.text_tests)


def _unread(sources: Sources) -> Sources:
    return Sources(None, sources.segments, sources.tests, sources.estimates)
