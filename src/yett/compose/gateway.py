"""
Gateway: run the gateway, from the command line or in code.

    Gateway(config_file="yett.yaml", security_policy=SecurityPolicy(max_prompt_length=2000)).run()
"""

import gc
import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

from yett.compose.grpc_door import reserved
from yett.compose.house import House
from yett.compose.loading import Loaded, SettingsSource
from yett.compose.logs import begin
from yett.compose.protocol import Bounds
from yett.compose.serving import App, Drain, listen, run
from yett.compose.settings import Server
from yett.compose.workers import Crew, supervise
from yett.policy.documents import Document
from yett.policy.parser import PolicyParser

__all__ = ["Gateway", "SecurityPolicy", "serve"]

_COLLECT = (20_000, 20, 50)
"""An exchange makes some hundred objects that die at once and hardly any cycles, so cycles are looked for seldom."""
_TURN = 0.0005
"""
Seconds after which a thread that computes (long texts, the journal's carrier) lets the event loop go on, if it waits.

By Python's default of 5 ms every exchange that meets such a thread would wait so long, at each of its steps.
"""
_PARTING = 30
"""Seconds, beside the drain's, for a worker to let idle connections go and to carry its last records."""


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """What is asked of every prompt, said in code."""

    max_prompt_length: int | None = None
    """Characters of all texts of a request together."""
    blocked_patterns: tuple[str, ...] | list[str] = ()
    """Patterns (RE2) that a prompt must not match, in any case of letters."""

    def documents(self) -> tuple[Document, ...]:
        """
        Say the patterns as a policy.

        Raises:
            OperatorError: one of them is no pattern.
        """
        if not self.blocked_patterns:
            return ()
        rules = [
            {
                "id": f"blocked-pattern-{number}",
                "condition": {"operator": "matches", "field": "llm.prompt", "value": f"(?i){pattern}"},
                "action": {"decision": "deny", "reason": "the prompt matches a blocked pattern"},
            }
            for number, pattern in enumerate(self.blocked_patterns, start=1)
        ]
        metadata = {"id": "security-policy", "name": "Patterns blocked in code", "version": "1.0.0", "priority": 1000}
        document = {"metadata": metadata, "rules": rules, "status": "active"}
        return (PolicyParser().parse_yaml(json.dumps(document), "SecurityPolicy"),)


class Gateway:
    """The whole proxy, in code."""

    def __init__(self, config_file: str | Path | None = None, security_policy: SecurityPolicy | None = None) -> None:
        """Serve what *config_file* says, and *security_policy* besides."""
        self._policy = security_policy or SecurityPolicy()
        self._config = Path(config_file) if config_file else None
        self._middleware: list[tuple[str, Callable[[App], App]]] = []

    def add_middleware(self, name: str, middleware: Callable[[App], App]) -> Self:
        """Put *middleware*, which makes an ASGI application out of one, around the gateway; the last added is outermost."""
        self._middleware.append((name, middleware))
        return self

    def app(self) -> App:
        """
        Return the gateway as an ASGI application, for any server that speaks `lifespan`.

        Raises:
            OperatorError: the configuration or a policy is wrong.
        """
        plan = self._plan({})
        return plan.wrapped(plan.house())

    def run(self, host: str | None = None, port: int | None = None) -> None:
        """
        Serve until told to stop; with several workers, below `if __name__ == "__main__"`, for each of them imports it all.

        Raises:
            OperatorError: the configuration or a policy is wrong, or the port is taken.
            NotReady: what it needs cannot be used.
        """
        _run(self._plan({"server.host": host, "server.port": port}))

    def _plan(self, overrides: Mapping[str, object]) -> "_Plan":
        overrides = {**overrides, "server.max_prompt_length": self._policy.max_prompt_length}
        source = SettingsSource(self._config, overrides=overrides)
        return _Plan(source, self._policy, tuple(middleware for _, middleware in self._middleware))


def serve(source: SettingsSource) -> None:
    """
    Serve what *source* says until told to stop.

    Raises:
        OperatorError: the configuration or a policy is wrong, or the port is taken.
        NotReady: what it needs cannot be used.
    """
    _run(_Plan(source))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be served; each worker makes its own house of it."""

    source: SettingsSource
    policy: SecurityPolicy = SecurityPolicy()
    middleware: tuple[Callable[[App], App], ...] = ()
    workers: int = 1

    def house(self) -> House:
        return House(self.source, self.policy.documents(), workers=self.workers)

    def wrapped(self, app: App) -> App:
        for middleware in self.middleware:
            app = middleware(app)
        return app

    def __call__(self, listener: socket.socket, started: Callable[[], None]) -> None:
        """Be one of several workers."""
        house = self.house()
        begin(house.loaded.settings.logging, house.loaded.settings.app_name)
        self.serve(house, listener, started)

    def serve(self, house: House, listener: socket.socket, started: Callable[[], None]) -> None:
        """Serve *house* on *listener*."""
        server = house.loaded.settings.server
        _keep()
        gc.set_threshold(*_COLLECT)
        sys.setswitchinterval(_TURN)
        bounds, drain = (
            Bounds(body_bytes=server.max_request_size),
            Drain(finish=server.drain_timeout, beside=house.drain),
        )

        def begun(_port: int) -> None:
            _keep()  # also what opening has made
            started()

        run(self.wrapped(house), listener, bounds, drain, begun)


def _keep() -> None:
    """Take what there is out of the collector's sight: what was compiled stays, and need not be walked again and again."""
    gc.collect()
    gc.freeze()


def _run(plan: _Plan) -> None:
    house = plan.house()
    loaded, server = house.loaded, house.loaded.settings.server
    begin(loaded.settings.logging, loaded.settings.app_name)
    listener = listen(server.host, server.port)
    tell = partial(_tell, loaded, listener.getsockname()[1])
    if server.workers == 1:
        _alone(plan, house, listener, tell)
    else:
        del house  # it stood, so it will stand in every worker
        _together(replace(plan, workers=server.workers), listener, server, tell)


def _alone(plan: _Plan, house: House, listener: socket.socket, tell: Callable[[int | None], None]) -> None:
    plan.serve(house, listener, lambda: tell(house.grpc_port))


def _together(plan: _Plan, listener: socket.socket, server: Server, tell: Callable[[int | None], None]) -> None:
    crew = Crew(server.workers, finish=server.drain_timeout + _PARTING)
    if server.grpc_port is None:
        supervise(plan, listener, crew, lambda: tell(None))
        return
    with reserved(server.host, server.grpc_port) as port:
        source = replace(plan.source, overrides={**plan.source.overrides, "server.grpc_port": port})
        supervise(replace(plan, source=source), listener, crew, lambda: tell(port))


def _tell(loaded: Loaded, port: int, grpc_port: int | None) -> None:
    """Say where the gateway serves."""
    server = loaded.settings.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    lines = [f"yett serves http://{host}:{port}"]
    if grpc_port is not None:
        lines.append(f"gRPC: {host}:{grpc_port}")
    if server.mode == "development":
        lines.append("development mode: the token is dev-token; the model is stub, which echoes")
    lines += [str(notice) for notice in loaded.notices]
    print("\n".join(lines), flush=True)  # noqa: T201 - the one thing that `yett serve` prints
