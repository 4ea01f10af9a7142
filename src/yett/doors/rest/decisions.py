"""
Decisions: `/api/v1/evaluate`, `/api/v1/evaluate/batch` and `/api/v1/explain`, without any machinery on the way.

Strict JSON in, a question, an answer, JSON out. Of a large batch, others get their turn every now and then.
"""

import asyncio
from collections.abc import Sequence

from yett.dialects.strict_json import dump, parse
from yett.doors.rest.answers import Answers
from yett.doors.rest.questions import MOST, read_batch, read_question
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
        answers = await self.answered(read_batch(parse(body, BATCH_NODES)))
        return Reply(200, self._answers.several(answers, self._clock.elapsed() - began))

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
