"""The door itself: reflection, how much it bears, TLS, and how it ends."""

import asyncio
import datetime as dt
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.doors.grpc.caller import KNOWN, Caller, called, question
from tests.doors.rest.asked import COST, point
from yett.doors.grpc import policy_pb2 as pb
from yett.doors.grpc import server


async def test_reflection_tells_the_schema(tmp_path: Path) -> None:
    async with called(tmp_path) as (caller, _), asyncio.timeout(60):
        stub = reflection_pb2_grpc.ServerReflectionStub(caller.channel)  # type: ignore[no-untyped-call]
        asked = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="yett.v1.PolicyDecision"),
        ]
        listed, file = [each async for each in stub.ServerReflectionInfo(iter(asked), metadata=KNOWN)]
        names = {each.name for each in listed.list_services_response.service}
        assert {"yett.v1.PolicyDecision", "grpc.health.v1.Health"} <= names
        assert file.file_descriptor_response.file_descriptor_proto == [pb.DESCRIPTOR.serialized_pb]


async def test_a_message_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with called(tmp_path, max_request_size=1000) as (caller, _):
        assert (await caller.evaluate(question({"team": {"tier": "x" * 900}}), metadata=KNOWN)).decision.revision
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await caller.evaluate(question({"team": {"tier": "x" * 1000}}), metadata=KNOWN)
        assert told.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_calls_at_the_same_time_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_CALLS", 1)
    async with called(tmp_path) as (caller, _), asyncio.timeout(60):
        stream = caller.stream(metadata=KNOWN)
        await stream.write(question(COST))
        assert (await stream.read()).answer.decision.revision
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await caller.evaluate(question(COST), metadata=KNOWN)
        assert told.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        stream.cancel()


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"\x00" * 64, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64]
)
async def test_what_is_no_grpc_is_hung_up_on(tmp_path: Path, sent: bytes) -> None:
    async with called(tmp_path) as (caller, gateway), asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.house.grpc_port)
        writer.write(sent)
        try:
            while await reader.read(1024):
                pass
        except ConnectionResetError:
            pass
        writer.close()
        assert (await caller.evaluate(question(COST), metadata=KNOWN)).decision.revision


async def test_what_is_under_way_is_finished_and_nothing_new_taken(tmp_path: Path) -> None:
    async with called(tmp_path) as (caller, gateway), asyncio.timeout(60):
        asked = pb.EvaluateBatchRequest(requests=[question(COST)] * 5000)
        under_way = asyncio.ensure_future(caller.batch(asked, metadata=KNOWN))
        await caller.evaluate(question(COST), metadata=KNOWN)  # which came later
        await gateway.house.drain(3600)
        assert len((await under_way).results) == 5000
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await caller.evaluate(question(COST), metadata=KNOWN)
        assert told.value.code() is grpc.StatusCode.UNAVAILABLE


def certified(folder: Path) -> tuple[dict[str, str], bytes]:
    """Write a key of this test alone and a certificate for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    files = {"grpc_key": str(folder / "key.pem"), "grpc_certificate": str(folder / "certificate.pem")}
    return files, made.public_bytes(pem)


async def test_it_speaks_tls_and_nothing_else_where_it_has_a_certificate(tmp_path: Path) -> None:
    files, certificate = certified(tmp_path)
    settings = {"mode": "development", "grpc_port": 0, **files}
    async with point(tmp_path, server=settings) as gateway, asyncio.timeout(60):
        address = f"localhost:{gateway.house.grpc_port}"
        trusted = grpc.ssl_channel_credentials(certificate)
        async with grpc.aio.secure_channel(address, trusted) as channel:
            assert (await Caller(channel).evaluate(question(COST), metadata=KNOWN)).decision.revision
        async with grpc.aio.insecure_channel(address) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as told:
                await Caller(channel).evaluate(question(COST), metadata=KNOWN, timeout=60)
            assert told.value.code() is grpc.StatusCode.UNAVAILABLE
