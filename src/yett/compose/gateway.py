"""
Gateway: run the gateway, from the command line or in code.

    Gateway(config_file="yett.yaml", security_policy=SecurityPolicy(max_prompt_length=2000)).run()
"""

import gc
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from yett.compose.house import House
from yett.compose.loading import SettingsSource
from yett.compose.protocol import Bounds
from yett.compose.serving import App, Drain, listen, run
from yett.policy.documents import Document
from yett.policy.parser import PolicyParser

__all__ = ["Gateway", "SecurityPolicy", "serve"]

_COLLECT = (20_000, 20, 50)
"""An exchange makes some hundred objects that die at once and hardly any cycles, so cycles are looked for seldom."""


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
                "condition": {"operator": "matches", "field": "llm.prompt", "value": f"(?i:{pattern})"},
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
        return self._wrapped(self._house())

    def run(self, host: str | None = None, port: int | None = None) -> None:
        """
        Serve until told to stop.

        Raises:
            OperatorError: the configuration or a policy is wrong, or the port is taken.
        """
        house = self._house({"server.host": host, "server.port": port})
        _run(house, self._wrapped(house))

    def _house(self, overrides: dict[str, object] | None = None) -> House:
        most = self._policy.max_prompt_length
        return House(
            SettingsSource(self._config, overrides={**(overrides or {}), "server.max_prompt_length": most}),
            self._policy.documents(),
        )

    def _wrapped(self, app: App) -> App:
        for _, middleware in self._middleware:
            app = middleware(app)
        return app


def serve(source: SettingsSource) -> None:
    """
    Serve what *source* says until told to stop.

    Raises:
        OperatorError: the configuration or a policy is wrong, or the port is taken.
    """
    house = House(source)
    _run(house, house)


def _run(house: House, app: App) -> None:
    settings = house.loaded.settings
    logging.basicConfig(
        level=settings.logging.level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    server = settings.server
    listener = listen(server.host, server.port)

    def tell(port: int) -> None:
        host = f"[{server.host}]" if ":" in server.host else server.host
        lines = [f"yett serves http://{host}:{port}"]
        if server.mode == "development":
            lines.append("development mode: the token is dev-token; the model is stub, which echoes")
        lines += [str(notice) for notice in house.loaded.notices]
        print("\n".join(lines), flush=True)  # noqa: T201 - the one thing that `yett serve` prints

    gc.collect()
    gc.freeze()  # what was compiled stays; the collector need not walk it again and again
    gc.set_threshold(*_COLLECT)
    run(app, listener, Bounds(body_bytes=server.max_request_size), Drain(finish=server.drain_timeout), tell)
