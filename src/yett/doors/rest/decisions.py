"""
Decisions: `/api/v1/evaluate`, `/api/v1/evaluate/batch` and `/api/v1/explain`, without any machinery on the way.

Strict JSON in, a question, an answer, JSON out. Of a large batch, others get their turn every now and then.
"""

import asyncio
from collections.abc import Mapping, Sequence

from yett.dialects.strict_json import dump, parse
from yett.doors.rest.answers import Answers
from yett.doors.rest.questions import MOST, plain_contexts, read_batch, read_question
from yett.ports.clock import Clock
from yett.services.calls import Reply
from yett.services.deciding import Answer, Deciding, Question
from yett.services.shapes import explanation_shape

__all__ = ["BATCH_NODES", "TURN", "Decisions"]

BATCH_NODES = 100 * MOST
"""Most values in the body of a batch: 100 for each question."""
TURN = 256
"""Questions until others get their turn: a few milliseconds."""


class Decisions:
    """Three paths of the decision point."""

    def __init__(self, deciding: Deciding, clock: Clock) -> None:
        """Ask *deciding*."""
        self._deciding = deciding
        self._clock = clock
        self._answers = Answers()

    async def evaluate(self, body: bytes) -> Reply:
        """
        Answer one question.

        Raises:
            CallerError: the body is none.
        """
        answer = await self._deciding.answer(read_question(parse(body)))
        return Reply(200, self._answers.one(answer))

    async def batch(self, body: bytes) -> Reply:
        """
        Answer several questions, all or none.

        Raises:
            CallerError: the body holds none, or one of them is none.
        """
        began = self._clock.elapsed()
        payload = parse(body, BATCH_NODES)
        contexts = plain_contexts(payload)
        if contexts is None:
            written = list(map(self._answers.one, await self.answered(read_batch(payload))))
        else:
            written = await self._together(contexts)
        return Reply(200, self._answers.batch(written, self._clock.elapsed() - began))

    async def _together(self, contexts: Sequence[Mapping[str, object]]) -> list[bytes]:
        """Answer questions that are nothing but *contexts*, and write the answers, several at a time."""
        written, elapsed = [], self._clock.elapsed
        for start in range(0, len(contexts), TURN):
            if start:
                await asyncio.sleep(0)
            asked, began = contexts[start : start + TURN], elapsed()
            decisions = self._deciding.together(asked)
            each = (elapsed() - began) / len(asked)
            decided = [decision for decision in decisions if decision]
            if len(decided) == len(asked):
                written.append(self._answers.alike(decided, each))
                continue
            for context, decision in zip(asked, decisions, strict=True):
                answer = Answer(decision, duration=each) if decision else await self._deciding.answer(Question(context))
                written.append(self._answers.one(answer))
        return written

    async def explain(self, body: bytes) -> Reply:
        """
        Say why a question is answered as it is.

        Raises:
            CallerError: the body is none.
        """
        explanation = await self._deciding.explain(read_question(parse(body)))
        return Reply(200, dump(explanation_shape(explanation)))

    async def answered(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer *questions*, in order."""
        deciding, answers = self._deciding, []
        for number, question in enumerate(questions, start=1):
            answers.append(deciding.at_once(question) or await deciding.answer(question))
            if not number % TURN:
                await asyncio.sleep(0)
        return answers
