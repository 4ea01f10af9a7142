"""Health over gRPC, as load balancers ask it: with gRPC's own client and no credential."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.doors.grpc.caller import Caller, called
from yett.doors.grpc import health

SERVING, NOT_SERVING, SERVICE_UNKNOWN = 1, 2, 3


def stub(caller: Caller) -> Any:
    return health_pb2_grpc.HealthStub(caller.channel)  # type: ignore[no-untyped-call]


def about(service: str) -> Any:
    return health_pb2.HealthCheckRequest(service=service)


async def test_a_door_that_is_open_serves(tmp_path: Path) -> None:
    async with called(tmp_path) as (caller, _):
        for service in ("", "yett.v1.PolicyDecision"):
            assert (await stub(caller).Check(about(service))).status == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await stub(caller).Check(about("yett.v1.Other"))
        assert told.value.code() is grpc.StatusCode.NOT_FOUND
        watched = [each.status async for each in stub(caller).Watch(about("yett.v1.Other"))]
        assert watched == [SERVICE_UNKNOWN]


async def test_whoever_watches_is_told_of_the_end_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with called(tmp_path) as (caller, gateway), asyncio.timeout(60):
        watch = stub(caller).Watch(about(""))
        assert (await watch.read()).status == SERVING
        ending = asyncio.create_task(gateway.house.drain(3600))
        assert (await watch.read()).status == NOT_SERVING
        assert await watch.read() is grpc.aio.EOF
        await ending


async def test_watching_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MOST_WATCHING", 1)
    async with called(tmp_path) as (caller, _):
        first = stub(caller).Watch(about(""))
        assert (await first.read()).status == SERVING
        assert await stub(caller).Watch(about("")).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        first.cancel()
        async with asyncio.timeout(60):
            while (second := stub(caller).Watch(about(""))) and await second.read() is grpc.aio.EOF:
                pass
        second.cancel()
