"""A gateway that is called over gRPC, on a real socket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc

from tests.doors.rest.asked import POLICY, point
from tests.whole.gate import Gate
from yett.doors.grpc import policy_pb2 as pb
from yett.doors.grpc.conversions import value

__all__ = ["KNOWN", "Caller", "called", "caller", "facts", "question"]

KNOWN = (("authorization", "Bearer dev-token"),)
_SERVICE = "/yett.v1.PolicyDecision/"
_DEVELOPMENT = {"mode": "development", "grpc_port": 0}


class Caller:
    """A client that reads and writes the messages of the schema."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        write: Any = pb.EvaluateRequest.SerializeToString
        self.evaluate: Any = channel.unary_unary(f"{_SERVICE}Evaluate", write, pb.EvaluateResponse.FromString)
        self.raw: Any = channel.unary_unary(f"{_SERVICE}Evaluate")
        several: Any = pb.EvaluateBatchRequest.SerializeToString
        self.batch: Any = channel.unary_unary(f"{_SERVICE}EvaluateBatch", several, pb.EvaluateBatchResponse.FromString)
        stream = pb.EvaluateStreamResponse.FromString
        self.stream: Any = channel.stream_stream(f"{_SERVICE}EvaluateStream", write, stream)


@asynccontextmanager
async def called(folder: Path, policy: str = POLICY, **server: object) -> AsyncIterator[tuple[Caller, Gate]]:
    """Serve a gateway that decides by *policy* alone; give somebody who calls it, and the gateway."""
    async with point(folder, policy, server={**_DEVELOPMENT, **server}) as gateway, caller(gateway) as client:
        yield client, gateway


@asynccontextmanager
async def caller(gateway: Gate) -> AsyncIterator[Caller]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{gateway.house.grpc_port}") as channel:
        yield Caller(channel)


def facts(context: Mapping[str, object]) -> dict[str, pb.Value]:
    """Write *context* as the schema has it."""
    return {name: value(fact) for name, fact in context.items()}


def question(context: Mapping[str, object], **parts: Any) -> pb.EvaluateRequest:
    """Write a question."""
    return pb.EvaluateRequest(context=facts(context), **parts)
