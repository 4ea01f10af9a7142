"""
Opa: Open Policy Agent, asked over its data API (https://www.openpolicyagent.org/docs/rest-api).

Rules:

1. OPA answers 200 without a result where the path is undefined, also when its bundle never came or the path has a slip:
   that is no `false`, and neither is a result that is no boolean, any other status, a redirect, an answer that is
   malformed, too large, late, or cut off.
2. A question changes nothing, so one whose kept connection broke before the answer is asked once more.
3. What is said about a failure holds no address, and nothing that OPA said.
"""

import asyncio
from collections.abc import Mapping

import orjson

from yett.adapters.deciders.denier import Denier, Questions, Silent, plain
from yett.dialects.strict_json import parse
from yett.model.errors import CallerError, UpstreamError, UpstreamTimeout
from yett.ports.upstream import Answer, Outgoing, Upstream

__all__ = ["Opa"]

_OK = 200


class Opa(Denier):
    """Open Policy Agent."""

    name = "opa"
    mode = "OPA"

    def __init__(self, upstream: Upstream, questions: Questions) -> None:
        """Ask *questions* over *upstream*, which bounds an answer's size."""
        super().__init__(questions)
        self._upstream = upstream

    async def asked(self, path: str, facts: Mapping[str, object]) -> bool:
        """
        Ask what stands at *path* for *facts*.

        Raises:
            Silent: it is no boolean, or something went wrong.
        """
        try:
            body = orjson.dumps({"input": facts}, default=plain)
        except TypeError:
            raise Silent("unwritable") from None
        try:
            async with asyncio.timeout(self.questions.timeout):
                status, answer = await self._answer(Outgoing(f"/v1/data/{path}", body))
        except (TimeoutError, UpstreamTimeout):
            raise Silent("timeout") from None
        except UpstreamError:
            raise Silent("unreachable") from None
        if status != _OK:
            raise Silent("status")
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


def _boolean(answer: bytes) -> bool:
    """Read the result, which must be there and a boolean."""
    try:
        told = parse(answer)
    except CallerError:
        raise Silent("malformed") from None
    if not isinstance(told, dict):
        raise Silent("malformed")
    if "result" not in told:
        raise Silent("undefined")
    if not isinstance(told["result"], bool):
        raise Silent("not-boolean")
    return told["result"]
