"""
RestApp: the decision point and the control plane, as an ASGI application.

Rules:

1. Who asks is known, and the body is strict JSON, before anything else looks at either. What goes on to FastAPI is our
   own serialisation of what was read.
2. What is asked often (decisions, in three vocabularies) is answered without FastAPI, which costs more than deciding.
3. The documentation is for everybody. It loads nothing from elsewhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi import Request as Asked
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from yett.dialects.strict_json import dump, parse
from yett.doors.asgi.protocol import Asgi, Message, Receive, Scope, Send
from yett.doors.asgi.replies import head_of, send_reply
from yett.doors.asgi.request import CallerLeft, Request, read_body
from yett.doors.rest.access import Access
from yett.doors.rest.authzen import AuthZen, well_known
from yett.doors.rest.control import control_router
from yett.doors.rest.decisions import Decisions
from yett.doors.rest.documentation import openapi, page
from yett.doors.rest.opa import OpaData, opa_error
from yett.doors.rest.plans import Plans
from yett.doors.rest.problems import problem, problem_of
from yett.doors.rest.releases import releases_router
from yett.model.errors import CallerError, OperatorError, YettError
from yett.model.refusal import Refusal
from yett.ports.clock import Clock
from yett.services.admission import Admission
from yett.services.calls import Reply
from yett.services.deciding import Deciding
from yett.services.planning import Planning
from yett.services.publishing import Publishing
from yett.services.snapshots import Snapshots
from yett.services.validating import Validating

__all__ = ["RestApp", "Services", "serves"]

_Handler = Callable[[bytes], Awaitable[Reply]]
_OPA = "/v1/data"
_BELOW_OPA = f"{_OPA}/"
_PLAN = "/api/v1/plan"
_WELL_KNOWN = "/.well-known/authzen-configuration"
_ELSEWHERE = "/api/v1/complete"
_OPEN = frozenset({"/docs", "/openapi.json", _WELL_KNOWN})
_PAGE = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


def serves(path: str) -> bool:
    """Say whether *path* is answered by this door."""
    if path.startswith("/api/"):
        return path != _ELSEWHERE
    return path in _OPEN or path == _OPA or path.startswith((_BELOW_OPA, "/access/v1/"))


@dataclass(frozen=True, slots=True)
class Services:
    """What the door calls."""

    deciding: Deciding
    planning: Planning
    validating: Validating
    publishing: Publishing
    admission: Admission
    snapshots: Snapshots
    clock: Clock
    most_bytes: int
    """The largest body that is read."""


class RestApp:
    """The door."""

    def __init__(self, services: Services) -> None:
        """Call *services*."""
        self._access = Access(services.admission, services.snapshots)
        self._most = services.most_bytes
        decisions, authzen = Decisions(services.deciding, services.clock), AuthZen(services.deciding)
        self._plain: Mapping[str, _Handler] = {
            "/api/v1/evaluate": decisions.evaluate,
            "/api/v1/evaluate/batch": decisions.batch,
            "/api/v1/explain": decisions.explain,
            "/access/v1/evaluation": authzen.evaluation,
            "/access/v1/evaluations": authzen.evaluations,
        }
        self._plans = Plans(services.planning)
        self._opa = OpaData(services.deciding, services.snapshots)
        self._api = _api(services)
        self._control = _unguarded(self._api)
        self._document = orjson.dumps(openapi(self._api))
        self._docs = page()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request, path, method = Request(scope), scope["path"], scope["method"]
        told = opa_error if path == _OPA or path.startswith(_BELOW_OPA) else _told
        try:
            if path in _OPEN:
                await send_reply(send, request, self._open(scope, request, path, method))
                return
            principal = await self._access.principal(request)
            if isinstance(principal, Refusal):
                await send_reply(send, request, told(principal))
                return
            handler = partial(self._plans.plan, principal) if path == _PLAN else self._plain.get(path)
            if handler is not None:
                await send_reply(send, request, await self._answer(handler, request, method, receive))
            elif told is opa_error:
                await send_reply(send, request, await self._data(scope, request, receive))
            else:
                scope.setdefault("state", {})["principal"] = principal
                await self._hand_on(scope, request, receive, send)
        except YettError as error:
            await send_reply(send, request, told(error))
        except CallerLeft:
            return

    async def _answer(self, handler: _Handler, request: Request, method: str, receive: Receive) -> Reply:
        if method != "POST":
            return _not_allowed("POST")
        request.check_json()
        return await handler(await read_body(receive, self._most))

    async def _data(self, scope: Scope, request: Request, receive: Receive) -> Reply:
        path, query = scope["path"].removeprefix(_OPA), scope.get("query_string", b"").decode("latin-1")
        if scope["method"] == "GET":
            return await self._opa.get(path, query)
        if scope["method"] != "POST":
            return _not_allowed("GET, POST")
        body = await read_body(receive, self._most)
        if body:
            request.check_json()
        return await self._opa.post(path, query, body)

    def _open(self, scope: Scope, request: Request, path: str, method: str) -> Reply:
        if method not in {"GET", "HEAD"}:
            return _not_allowed("GET, HEAD")
        if path == "/docs":
            return Reply(200, self._docs, _PAGE)
        if path == "/openapi.json":
            return Reply(200, self._document)
        host = request.headers.get(b"host", b"").decode("latin-1")
        return well_known(f"{scope.get('scheme', 'http')}://{host}")

    async def _hand_on(self, scope: Scope, request: Request, receive: Receive, send: Send) -> None:
        """Let FastAPI answer, about a body that has one meaning."""
        body = await read_body(receive, self._most)
        if body:
            request.check_json()
            body = dump(parse(body))
        handed = False

        async def once() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *head_of(request, ())]
            await send(message)

        scope["app"] = self._api
        scope["headers"] = [
            (name, str(len(body)).encode() if name == b"content-length" else value) for name, value in scope["headers"]
        ]
        await self._control(scope, once, marked)


def _told(error: YettError | Refusal) -> Reply:
    return problem(error) if isinstance(error, Refusal) else problem_of(error)


def _not_allowed(allowed: str) -> Reply:
    reply = problem(Refusal(405, "method_not_allowed", f"use {allowed.partition(',')[0]} here"))
    return Reply(reply.status, reply.body, {**reply.headers, "allow": allowed}, reply.refusal)


def _api(services: Services) -> FastAPI:
    api = FastAPI(
        title="Yett",
        summary="The decision point and the control plane of the gate in front of language models.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={
            RequestValidationError: _invalid,
            404: _not_found,
            405: _wrong_method,
            CallerError: _mistake,
            OperatorError: _mistake,
        },
    )
    api.include_router(control_router(services.validating, services.snapshots))
    api.include_router(releases_router(services.publishing))
    return api


def _unguarded(api: FastAPI) -> Asgi:
    """Return *api* without the outermost of its layers, which answers what nobody foresaw in a shape of its own."""
    stack: Any = api.build_middleware_stack()
    inner: Asgi = stack.app
    return inner


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, dict(reply.headers))


async def _invalid(_request: Asked, error: Exception) -> Response:
    """Tell what is wrong with a body, by its places."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    causes = [
        {"pointer": "/" + "/".join(str(step) for step in each["loc"][1:]), "detail": _why(each)} for each in found
    ]
    detail = "; ".join(f"`{cause['pointer']}`: {cause['detail']}" for cause in causes[:3])
    return _response(problem(Refusal(400, "invalid_request", detail or "the body is not understood"), causes))


def _why(found: Mapping[str, Any]) -> str:
    return "is not known here" if found["type"] == "extra_forbidden" else str(found["msg"]).lower()


async def _not_found(_request: Asked, _error: Exception) -> Response:
    return _response(problem(Refusal(404, "not_found", "there is nothing at this path")))


async def _wrong_method(_request: Asked, error: Exception) -> Response:
    allowed = (getattr(error, "headers", None) or {}).get("Allow", "")
    return _response(_not_allowed(allowed))


async def _mistake(_request: Asked, error: Exception) -> Response:
    return _response(problem_of(error if isinstance(error, YettError) else YettError()))
