"""
Decisions: `/api/v1/evaluate`, `/api/v1/evaluate/batch` and `/api/v1/explain`, without any machinery on the way.

Strict JSON in, a question, an answer, JSON out.
"""

import asyncio
from collections.abc import Mapping, Sequence

from yett.dialects.strict_json import dump, parse
from yett.doors.rest.answers import Answers
from yett.doors.rest.portions import portions
from yett.doors.rest.questions import MOST, plain_contexts, read_batch, read_question
from yett.model.errors import CallerError
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
        written = await self._in_portions(body) or await self._as_a_whole(body)
        return Reply(200, self._answers.batch(written, self._clock.elapsed() - began))

    async def _in_portions(self, body: bytes) -> list[bytes]:
        """Answer a large batch bit by bit; nothing where it is none, or deciding by what is stated does not do for all."""
        written, asked = [], 0
        for portion in portions(body) if len(body) < BATCH_NODES else ():  # so that it cannot hold too many values
            answers = self._alike(portion)
            asked += len(answers.decisions) if answers else 0
            if answers is None or asked > MOST:
                return []
            written.append(self._answers.alike(*answers))
            await asyncio.sleep(0)
        return written

    def _alike(self, portion: bytes) -> Alike | None:
        """Answer a *portion*; None where that takes more, or what is wrong is to be said of the whole."""
        try:
            contexts = plain_contexts(parse(portion))
        except CallerError:
            return None
        return self._deciding.alike(contexts) if contexts else None

    async def _as_a_whole(self, body: bytes) -> list[bytes]:
        payload = parse(body, BATCH_NODES)
        contexts = plain_contexts(payload)
        if contexts is not None:
            return await self._together(contexts)
        return list(map(self._answers.one, await self._deciding.several(read_batch(payload))))

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
