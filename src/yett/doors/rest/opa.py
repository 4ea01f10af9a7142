"""
OPA's data API: `/v1/data/{path}`, so that whoever asks Open Policy Agent can ask Yett instead.

Rules:

1. `input` is the context. `yett` and `gateway` are decided by all policies; `<namespace>` and `<namespace>/<policy>` by
   those alone. Below each stand `allow`, `deny`, `effect`, `reason`, `matched`, `obligations` and `decision`.
2. A path that is none of these is undefined: 200 without a `result`, as OPA answers. Whoever reads that as consent has
   OPA's own trap; `allow` and `deny` are both there, always of opposite value, to be asked instead. What
   waits for a human is denied there.
3. Errors have OPA's shape: `{"code", "message"}`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import orjson

from yett.dialects.strict_json import parse
from yett.doors.rest.questions import refuse
from yett.model.decision import Decision
from yett.model.errors import CallerError, YettError
from yett.model.refusal import Refusal
from yett.policy.documents import Document
from yett.services.calls import Reply
from yett.services.deciding import Deciding, Question
from yett.services.selection import active
from yett.services.shapes import decision_shape, passes
from yett.services.snapshots import Snapshots
from yett.services.telling import failure

__all__ = ["OpaData", "opa_error"]

_ALIASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"tenant": ("team", "id"), "model": ("llm", "model"), "user": ("user", "id"), "provider": ("llm", "provider")},
)
"""What callers of OPA say flat, and what it is called in facts."""
_ALL = frozenset({"yett", "gateway"})
_CODES: Mapping[int, str] = MappingProxyType({401: "unauthorized", 403: "unauthorized", 404: "resource_not_found"})
_UNSAID = {"code": "api_usage_warning", "message": "'input' key missing from the request"}
_TRUE = frozenset({"", "true", "1"})


class OpaData:
    """The paths below `/v1/data`."""

    def __init__(self, deciding: Deciding, snapshots: Snapshots) -> None:
        """Ask *deciding*, about the policies of *snapshots*."""
        self._deciding = deciding
        self._snapshots = snapshots

    async def get(self, path: str, query: str) -> Reply:
        """
        Answer a question whose input stands in the address.

        Raises:
            CallerError: it is none.
        """
        said = parse_qs(query, keep_blank_values=True).get("input", [])
        if len(said) > 1:
            raise refuse("input", "occurs twice; send it once")
        return await self._answer(path, query, {"input": parse(said[0])} if said else {})

    async def post(self, path: str, query: str, body: bytes) -> Reply:
        """
        Answer a question whose input stands in the body; an empty one states nothing.

        Raises:
            CallerError: it is none.
        """
        payload = parse(body) if body.strip() else {}
        if not isinstance(payload, dict):
            raise refuse("", "must be a JSON object that holds `input`")
        return await self._answer(path, query, payload)

    async def _answer(self, path: str, query: str, payload: Mapping[str, Any]) -> Reply:
        told: dict[str, object] = {"decision_id": str(uuid4())}
        documents = active(self._snapshots.current.documents)
        found = _found([step for step in path.split("/") if step], documents)
        if found is not None:
            question, steps = found
            answer = await self._deciding.answer(question._replace(context=_context(payload.get("input"))))
            result = _result(answer.decision, steps)
            if result is not _UNDEFINED:
                told["result"] = result
        if "input" not in payload:
            told["warning"] = _UNSAID
        if _asks(query, "provenance"):
            told["provenance"] = {"bundles": {"yett": {"revision": self._snapshots.current.program.revision}}}
        return Reply(200, orjson.dumps(told))


def opa_error(error: YettError | Refusal) -> Reply:
    """Tell *error* as OPA does."""
    refusal = error if isinstance(error, Refusal) else failure(error)
    code = _CODES.get(refusal.status, "invalid_parameter" if isinstance(error, CallerError) else "internal_error")
    headers = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}  # noqa: PLR2004 - unauthorized
    return Reply(refusal.status, orjson.dumps({"code": code, "message": refusal.message}), headers, refusal)


_UNDEFINED = object()


def _found(steps: Sequence[str], documents: Sequence[Document]) -> tuple[Question, Sequence[str]] | None:
    """Return whom *steps* name to be asked, and what is asked of their decision; None for what is undefined."""
    if not steps:
        return None
    if steps[0] in _ALL:
        return Question({}), steps[1:]
    for end in range(len(steps), 0, -1):
        namespace, rest = "/".join(steps[:end]), steps[end:]
        inside = {document.id for document in documents if document.namespace == namespace}
        if rest and rest[0] in inside:
            return Question({}, policies=(rest[0],)), rest[1:]
        if inside:
            return Question({}, namespace=namespace), rest
    return None


def _result(decision: Decision, steps: Sequence[str]) -> object:
    shape = decision_shape(decision)
    document: object = {
        "allow": passes(decision),
        "deny": not passes(decision),
        **{name: shape[name] for name in ("effect", "reason", "matched", "obligations")},
        "decision": shape,
    }
    for step in steps:
        if not isinstance(document, dict) or step not in document:
            return _UNDEFINED
        document = document[step]
    return document


def _context(said: Any) -> Mapping[str, object]:
    """Return the facts that an input states, those that are said flat by their own names."""
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise refuse("/input", 'must be an object of facts, such as {"llm": {"model": "gpt-4o"}}')
    context = dict(said)
    for alias, (head, name) in _ALIASES.items():
        inside = context.get(head, {})
        if isinstance(said.get(alias), str) and (alias == head or isinstance(inside, dict)):
            context[head] = {name: said[alias], **(inside if isinstance(inside, dict) else {})}
    return context


def _asks(query: str, option: str) -> bool:
    return any(value in _TRUE for value in parse_qs(query, keep_blank_values=True).get(option, ()))
