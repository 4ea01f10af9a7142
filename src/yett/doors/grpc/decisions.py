"""
Decisions: the three methods of `yett.v1.PolicyDecision`.

A message in, a question, an answer, a message out. Messages are read here and not by gRPC, so that one that is malformed
is the caller's fault, with its place. Of a large batch, others get their turn every now and then. Of a stream, one
question is read after the answer to the one before has been taken, so whoever does not read is not read.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import grpc

from yett.doors.grpc.conversions import Answers, message, plain_contexts, questions, read_question
from yett.doors.grpc.errors import answered, problem, refuse
from yett.doors.grpc.policy_pb2 import (
    DESCRIPTOR,
    EvaluateBatchRequest,
    EvaluateRequest,
    EvaluateResponse,
    EvaluateStreamResponse,
)
from yett.model.refusal import Refusal
from yett.ports.clock import Clock
from yett.services.deciding import Alike, Deciding

__all__ = ["SERVICE", "Decisions"]

SERVICE: str = DESCRIPTOR.services_by_name["PolicyDecision"].full_name


class Decisions:
    """The service."""

    def __init__(self, deciding: Deciding, clock: Clock) -> None:
        """Ask *deciding*."""
        self._deciding = deciding
        self._clock = clock
        self._answers = Answers()
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Let every stream end as soon as what it was asked has been answered."""
        self._ending.set()

    def methods(self) -> "Mapping[str, grpc.RpcMethodHandler[Any, Any]]":
        """Return what answers each method."""
        return {
            "Evaluate": grpc.unary_unary_rpc_method_handler(self.evaluate),
            "EvaluateBatch": grpc.unary_unary_rpc_method_handler(self.batch),
            "EvaluateStream": grpc.stream_stream_rpc_method_handler(self.stream),
        }

    async def evaluate(self, raw: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        """Answer one question."""
        told = await answered(self._one(raw))
        return await refuse(context, told) if isinstance(told, Refusal) else told.SerializeToString()

    async def batch(self, raw: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        """Answer several questions, all or none."""
        told = await answered(self._several(raw))
        return await refuse(context, told) if isinstance(told, Refusal) else told

    async def stream(self, asked: AsyncIterator[bytes], context: "grpc.aio.ServicerContext[bytes, bytes]") -> None:
        """Answer questions in their order; one that is wrong is told, and the next one read."""
        ending = asyncio.ensure_future(self._ending.wait())
        try:
            while (raw := await _next(asked, ending)) is not None:
                told = await answered(self._one(raw))
                outcome = (
                    EvaluateStreamResponse(problem=problem(told))
                    if isinstance(told, Refusal)
                    else EvaluateStreamResponse(answer=told)
                )
                await context.write(outcome.SerializeToString())
        finally:
            ending.cancel()

    async def _one(self, raw: bytes) -> EvaluateResponse:
        question = read_question(message(raw, EvaluateRequest))
        return self._answers.one(self._deciding.at_once(question) or await self._deciding.answer(question))

    async def _several(self, raw: bytes) -> bytes:
        began, batch = self._clock.elapsed(), message(raw, EvaluateBatchRequest)
        contexts = plain_contexts(batch)
        if contexts is None:
            results = self._answers.several(await self._deciding.several(questions(batch)))
        else:
            results = await self._together(contexts)
        return results + self._answers.end(self._clock.elapsed() - began)

    async def _together(self, contexts: Sequence[Mapping[str, object]]) -> bytes:
        """Answer questions that are nothing but *contexts*, and write the answers."""
        parts, answers = self._deciding.in_turns(contexts), self._answers
        # Each part is written in its own turn: writing takes as long as deciding.
        return b"".join(
            [answers.alike(*part) if isinstance(part, Alike) else answers.several(part) async for part in parts]
        )


async def _next(asked: AsyncIterator[bytes], ending: asyncio.Future[Any]) -> bytes | None:
    """Return the next message; None when there is none, or when the *ending* comes before one."""
    coming = asyncio.ensure_future(anext(asked, None))
    try:
        await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        coming.cancel()
