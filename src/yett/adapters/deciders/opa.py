"""
Opa: Open Policy Agent, asked over its data API (https://www.openpolicyagent.org/docs/rest-api).

Rules:

1. Only a plain `false` in answer to "is this denied" lets pass. OPA answers 200 without a result where the path is
   undefined, also when its bundle never came or the path has a slip: that denies, and so does a result that is no
   boolean, any other status, a redirect, an answer that is malformed, too large, late, or cut off.
2. It is relied on only after a positive sign: the path, asked about nobody, answers a boolean, and, where a sentinel is
   configured, that is `true`. While the sign is missing, each question asks for it anew, and is denied without it.
3. A question changes nothing, so one whose kept connection broke before the answer is asked once more.
4. What is said about a failure holds no address, and nothing that OPA said.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import orjson

from yett.dialects.strict_json import parse
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import CallerError, UpstreamError, UpstreamTimeout
from yett.ports.upstream import Answer, Outgoing, Upstream

__all__ = ["NOBODY", "Opa", "Questions"]

NOBODY: Mapping[str, object] = MappingProxyType({"tenant": "", "model": "", "stage": "request"})
"""What is asked about to see that the path is defined."""

_OK = 200
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "timeout": "it did not answer in time",
        "unreachable": "it could not be reached",
        "status": "it answered with an error",
        "undefined": "its path is undefined",
        "malformed": "its answer cannot be read",
        "not-boolean": "its answer is no boolean",
        "unwritable": "the facts cannot be written as JSON",
        "not-true": "its sentinel is not true",
        "not-looked-at": "it has not been asked yet",
    }
)


class Questions(NamedTuple):
    """What OPA is asked."""

    path: str = "gateway/deny"
    """Whether an exchange is denied, below `/v1/data`."""
    sentinel: str = ""
    """What must be true before it is relied on; without one, *path* must be defined."""
    timeout: float = 1.0
    """Seconds for one answer."""


class _Silent(Exception):
    """It did not say yes or no; *why* is a key of `_SAID`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Opa:
    """One OPA."""

    name = "opa"
    mode = "OPA"

    def __init__(self, upstream: Upstream, questions: Questions) -> None:
        """Ask *questions* over *upstream*, which bounds an answer's size."""
        self._upstream = upstream
        self._questions = questions
        self._why = "not-looked-at"

    @property
    def trouble(self) -> str:
        """Why it could not be relied on when it was looked at last; empty when it could."""
        return _SAID.get(self._why, "")

    async def look(self) -> None:
        """Ask for the positive sign."""
        path, sentinel, _ = self._questions
        try:
            await self._asked(path, NOBODY)
            ready = not sentinel or await self._asked(sentinel, NOBODY)
        except _Silent as silence:
            self._why = silence.why
        else:
            self._why = "" if ready else "not-true"

    async def decide(self, facts: Mapping[str, object]) -> Decision:
        """Decide by *facts*. Total: whatever goes wrong is a denial."""
        try:
            denied = await self._denied(facts)
        except _Silent as silence:
            text = f"the policy engine `{self.name}` did not decide: {_SAID[silence.why]}"
            return self._decision(Effect.DENY, text, f"{self.name}.{silence.why}")
        if denied:
            return self._decision(Effect.DENY, f"denied by the policy engine `{self.name}`")
        return self._decision(Effect.ALLOW)

    async def _denied(self, facts: Mapping[str, object]) -> bool:
        if self._why:
            await self.look()
        if self._why:
            raise _Silent(self._why)
        return await self._asked(self._questions.path, facts)

    def _decision(self, effect: Effect, text: str = "", *unknown: str) -> Decision:
        # Told as OPA's own address: `opa@v1/data/gateway/deny`.
        reason = Reason(self.name, "v1", f"data/{self._questions.path}", effect, text, unknown)
        return Decision(effect is Effect.ALLOW, effect, (reason,))

    async def _asked(self, path: str, facts: Mapping[str, object]) -> bool:
        """Ask what stands at *path* for *facts*, which must be a boolean."""
        try:
            body = orjson.dumps({"input": facts}, default=_plain)
        except TypeError:
            raise _Silent("unwritable") from None
        try:
            async with asyncio.timeout(self._questions.timeout):
                status, answer = await self._answer(Outgoing(f"/v1/data/{path}", body))
        except (TimeoutError, UpstreamTimeout):
            raise _Silent("timeout") from None
        except UpstreamError:
            raise _Silent("unreachable") from None
        if status != _OK:
            raise _Silent("status")
        return _boolean(answer)

    async def _answer(self, outgoing: Outgoing) -> tuple[int, bytes]:
        answer = await self._opened(outgoing)
        try:
            return answer.status, await answer.read()
        finally:
            await answer.aclose()

    async def _opened(self, outgoing: Outgoing) -> Answer:
        try:
            return await self._upstream.open(outgoing)
        except UpstreamTimeout:
            raise
        except UpstreamError:
            return await self._upstream.open(outgoing)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError


def _boolean(answer: bytes) -> bool:
    """Read the result, which must be there and a boolean."""
    try:
        told = parse(answer)
    except CallerError:
        raise _Silent("malformed") from None
    if not isinstance(told, dict):
        raise _Silent("malformed")
    if "result" not in told:
        raise _Silent("undefined")
    if not isinstance(told["result"], bool):
        raise _Silent("not-boolean")
    return told["result"]
