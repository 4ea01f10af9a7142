"""
ProxyApp: the OpenAI-compatible door, as a plain ASGI application.

Rules:

1. Routes are matched on `scope["path"]` alone, never on anything that a Host header takes part in.
2. What is not listed here does not exist.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from yett.dialects.models_list import models_list
from yett.doors.asgi.protocol import Receive, Scope, Send
from yett.doors.asgi.replies import send_reply
from yett.doors.asgi.request import CallerLeft, Request, read_body
from yett.doors.proxy.endpoint import Watch, send_streamed
from yett.model.errors import CallerError
from yett.model.refusal import Refusal
from yett.ports.telemetry import Telemetry
from yett.services.admission import Admission, limit_headers
from yett.services.calls import Call, Reply, Streamed
from yett.services.exchange import Exchange
from yett.services.health import Health
from yett.services.planning import Planning
from yett.services.snapshots import Snapshots
from yett.services.telling import failure

__all__ = ["UNFORESEEN", "ProxyApp", "Services"]

UNFORESEEN = (
    b'{"error":{"message":"something went wrong inside the gateway","type":"server_error",'
    b'"param":null,"code":"internal_error"}}'
)
"""The answer to an error that nobody foresaw."""

_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {"/v1/chat/completions": "openai.chat", "/api/v1/complete": "yett.complete"},
)
_LIVE = frozenset({"/healthz", "/health", "/livez"})


@dataclass(frozen=True, slots=True)
class Services:
    """What the door calls."""

    exchange: Exchange
    admission: Admission
    planning: Planning
    snapshots: Snapshots
    health: Health
    telemetry: Telemetry
    most_bytes: int
    """The largest body that is read."""


class ProxyApp:
    """The door."""

    def __init__(self, services: Services) -> None:
        """Call *services*."""
        self._services = services
        self._pages: dict[str, Callable[[Request], Awaitable[Reply]]] = {
            "/v1/models": self._models,
            "/readyz": self._ready,
            "/metrics": self._metrics,
            **dict.fromkeys(_LIVE, self._live),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        path, method = scope["path"], scope["method"]
        if (operation := _OPERATIONS.get(path)) is not None:
            if method == "POST":
                await self._exchange(operation, request, receive, send)
            else:
                await self._refuse_method(request, send, "POST")
        elif (page := self._pages.get(path)) is not None:
            if method in {"GET", "HEAD"}:
                await send_reply(send, request, await page(request))
            else:
                await self._refuse_method(request, send, "GET, HEAD")
        else:
            await self._refuse(request, send, Refusal(404, "not_found", "there is nothing at this path"))

    async def _exchange(self, operation: str, request: Request, receive: Receive, send: Send) -> None:
        try:
            request.check_json()
            credential = request.credential()
            body = await read_body(receive, self._services.most_bytes)
        except CallerError as error:
            await self._refuse(request, send, failure(error), operation)
            return
        except CallerLeft:
            return
        call = Call(request.record_id, operation, body, credential, request.client)
        async with Watch(receive):
            answered = await self._services.exchange.handle(call)
            if isinstance(answered, Streamed):
                await send_streamed(send, request, answered)
            else:
                await send_reply(send, request, answered)

    async def _refuse_method(self, request: Request, send: Send, allowed: str) -> None:
        refusal = Refusal(405, "method_not_allowed", f"use {allowed.partition(',')[0]} here")
        body = self._services.snapshots.current.dialects["openai.chat"].error(refusal, request.record_id)
        await send_reply(send, request, Reply(405, body, {"allow": allowed}, refusal))

    async def _refuse(self, request: Request, send: Send, refusal: Refusal, operation: str = "openai.chat") -> None:
        dialect = self._services.snapshots.current.dialects[operation]
        await send_reply(send, request, Reply(refusal.status, dialect.error(refusal, request.record_id), {}, refusal))

    async def _models(self, request: Request) -> Reply:
        snapshot = self._services.snapshots.current
        dialect = snapshot.dialects["openai.chat"]
        try:
            admitted = await self._services.admission.admit(request.credential(), snapshot)
        except CallerError as error:
            admitted = failure(error)
        if isinstance(admitted, Refusal):
            return Reply(admitted.status, dialect.error(admitted, request.record_id), {}, admitted)
        headers = limit_headers(admitted.grants)
        if refusal := admitted.refusal:
            return Reply(refusal.status, dialect.error(refusal, request.record_id), headers, refusal)
        return Reply(200, models_list(dict(await self._services.planning.usable(admitted.principal))), headers)

    async def _live(self, _request: Request) -> Reply:
        return Reply(200, b'{"status":"ok"}')

    async def _ready(self, _request: Request) -> Reply:
        readiness = self._services.health.readiness()
        body = {"mode": readiness.mode, "ready": readiness.ready, "checks": dict(readiness.checks)}
        return Reply(200 if readiness.ready else 503, orjson.dumps(body))

    async def _metrics(self, _request: Request) -> Reply:
        headers = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}
        return Reply(200, self._services.telemetry.render(), headers)
