"""Who may call over gRPC."""

from pathlib import Path

import grpc
import pytest

from tests.doors.grpc.caller import KNOWN, called, question
from yett.doors.grpc.access import credential
from yett.model.errors import CallerError


@pytest.mark.parametrize(
    ("metadata", "shown"),
    [
        ((), None),
        ((("authorization", "Bearer one"),), "one"),
        ((("authorization", "bearer  one "),), "one"),
        ((("authorization", "Basic one"),), None),
        ((("authorization", "Bearer "),), None),
        ((("x-api-key", "one"),), "one"),
        ((("x-api-key", "one"), ("authorization", "Bearer one")), "one"),
        ((("other", "one"),), None),
    ],
)
def test_a_credential_is_shown_in_the_metadata(metadata: tuple[tuple[str, str]], shown: str | None) -> None:
    assert credential(metadata) == shown


@pytest.mark.parametrize(
    "metadata",
    [
        (("authorization", "Bearer one"), ("x-api-key", "two")),
        (("authorization", "Bearer one"), ("authorization", "Bearer two")),
        (("x-api-key", "one"), ("x-api-key", "two")),
    ],
)
def test_nobody_is_two_people(metadata: tuple[tuple[str, str]]) -> None:
    with pytest.raises(CallerError, match="different credentials"):
        credential(metadata)


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED),
        ((("authorization", "Bearer wrong"),), grpc.StatusCode.UNAUTHENTICATED),
        ((*KNOWN, ("x-api-key", "other")), grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
async def test_who_is_not_known_is_refused_at_every_method(
    tmp_path: Path, metadata: tuple[tuple[str, str]], status: grpc.StatusCode
) -> None:
    async with called(tmp_path) as (caller, _):
        reflect = caller.channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        for method in (caller.evaluate, caller.raw):
            with pytest.raises(grpc.aio.AioRpcError) as told:
                await method(b"" if method is caller.raw else question({}), metadata=metadata, timeout=60)
            assert told.value.code() is status
        for method in (caller.stream, reflect):
            call = method(metadata=metadata, timeout=60)  # which never says anything itself
            assert await call.code() is status


async def test_who_is_known_is_answered(tmp_path: Path) -> None:
    async with called(tmp_path) as (caller, _):
        for metadata in (KNOWN, (("x-api-key", "dev-token"),)):
            assert (await caller.evaluate(question({}), metadata=metadata)).decision.revision
