"""
Decisions: `/api/v1/evaluate`, `/api/v1/evaluate/batch` and `/api/v1/explain`, without any machinery on the way.

Strict JSON in, a question, an answer, JSON out.
"""

from collections.abc import Mapping, Sequence

from yett.dialects.strict_json import dump, parse
from yett.doors.rest.answers import Answers
from yett.doors.rest.questions import MOST, plain_contexts, read_batch, read_question
from yett.ports.clock import Clock
from yett.services.calls import Reply
from yett.services.deciding import Alike, Deciding
from yett.services.shapes import explanation_shape

__all__ = ["BATCH_NODES", "Decisions"]

BATCH_NODES = 100 * MOST
"""Most values in the body of a batch: 100 for each question."""


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
            written = list(map(self._answers.one, await self._deciding.several(read_batch(payload))))
        else:
            written = await self._together(contexts)
        return Reply(200, self._answers.batch(written, self._clock.elapsed() - began))

    async def _together(self, contexts: Sequence[Mapping[str, object]]) -> list[bytes]:
        """Answer questions that are nothing but *contexts*, and write the answers."""
        written: list[bytes] = []
        async for part in self._deciding.in_turns(contexts):
            written += [self._answers.alike(*part)] if isinstance(part, Alike) else map(self._answers.one, part)
        return written

    async def explain(self, body: bytes) -> Reply:
        """
        Say why a question is answered as it is.

        Raises:
            CallerError: the body is none.
        """
        explanation = await self._deciding.explain(read_question(parse(body)))
        return Reply(200, dump(explanation_shape(explanation)))
