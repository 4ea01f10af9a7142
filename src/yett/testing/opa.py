"""
Rego over HTTP as Open Policy Agent serves it, so that its clients are tried with real Rego over real sockets.

The rules are evaluated by regopy, with built-ins that fail or are not there as errors, so that nothing is undefined by
accident. `/v1/data/{path}` is answered as OPA does: 200 without a result where the path is undefined. `/health` says
that it is well. Everything that a provider can do wrong can be told to it, too: scripts come first.

    async with RegoServer("package gateway
default deny := false") as opa:
        ...  # ask opa.address
"""

from collections.abc import Iterable

import orjson
import re2  # noqa: F401 - before regopy, which brings a copy of its own: the other way round the process aborts
import regopy

from yett.testing.provider import Provider, Request, Script, answer

__all__ = ["RegoServer"]

_DATA = "/v1/data"


class RegoServer(Provider):
    """It answers by *modules* of Rego, once its *scripts* are used up."""

    def __init__(self, *modules: str, scripts: Iterable[Script] = ()) -> None:
        super().__init__()
        self._interpreter = regopy.Interpreter()
        self._interpreter.strict_built_in_errors = True
        for number, module in enumerate(modules):
            self._interpreter.add_module(f"module-{number}", module)
        self._before = list(scripts)

    @property
    def address(self) -> str:
        """Where it is, as `OPA_URL` has it."""
        return f"http://127.0.0.1:{self.port}"

    def asked(self, request: Request) -> Script:
        """Take note of *request* and answer it."""
        super().asked(request)
        if self._before:
            return self._before.pop(0)
        path = request.target.partition("?")[0]
        if path == "/health":
            return answer({})
        if path != _DATA and not path.startswith(f"{_DATA}/"):
            return answer({"code": "resource_not_found", "message": "path not found"}, 404)
        return self._evaluated(path.removeprefix(_DATA), request.body)

    def _evaluated(self, path: str, body: bytes) -> Script:
        try:
            said = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError:
            return answer({"code": "invalid_parameter", "message": "body contains malformed JSON"}, 400)
        self._interpreter.set_input(said.get("input", {}))
        steps = "".join([f'["{step}"]' for step in path.split("/") if step])
        output = self._interpreter.query(f"found := data{steps}")  # a bare `false` would count as undefined
        if not output.ok():
            return answer({"code": "internal_error", "message": "error(s) occurred while evaluating query"}, 500)
        found = output.results[0].bindings if output.results else {}
        return answer({"result": found["found"]} if "found" in found else {})
