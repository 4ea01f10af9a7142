"""A gateway whose REST door is asked: by the policy of the README, unless it is told otherwise."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.whole.gate import Gate, gate, posted

__all__ = ["COST", "FREE", "POLICY", "ask", "get", "point"]

POLICY = """
metadata: {id: cost-limit, name: Monthly cost limit, version: 1.0.0, namespace: production, priority: 100}
rules:
  - id: deny-expensive-models
    condition:
      operator: and
      conditions:
        - {operator: gt, field: llm.estimatedCost, value: 1.0}
        - {operator: eq, field: team.tier, value: free}
    action: {decision: deny, reason: "Cost exceeds free tier limit ($1.00)"}
tests:
  - given: {llm: {estimatedCost: 2.0}, team: {tier: free}}
    expect: {decision: deny, rules: [deny-expensive-models]}
status: active
"""
FREE = {"team": {"tier": "free"}}
COST = {**FREE, "llm": {"estimatedCost": 2.5}}


@asynccontextmanager
async def point(folder: Path, policy: str = POLICY, **settings: Mapping[str, object]) -> AsyncIterator[Gate]:
    """Serve a gateway that decides by *policy* alone."""
    file = folder / "policy.yaml"
    file.write_text(policy, "utf-8")
    settings.setdefault("policies", {"default": "none", "files": [str(file)]})
    async with gate(folder, **settings) as gateway:
        yield gateway


async def ask(gateway: Gate, path: str, body: Any = None, **head: str) -> tuple[int, Any]:
    """Post *body*; return status and what was told."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in head.items()}
    status, headers, told = await posted(gateway.port, sent, path, names)
    return status, json.loads(told) if "json" in headers.get("content-type", "") else told


async def get(gateway: Gate, path: str, method: str = "GET", **head: str) -> tuple[int, dict[str, str], bytes]:
    """Ask without a body; return status, headers and what was told."""
    own = {"host": "gate.test", "authorization": "Bearer dev-token", "connection": "close", **head}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items() if value), "", ""]
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(60):
        told = await reader.read()
    writer.close()
    top, _, rest = told.partition(b"\r\n\r\n")
    first, *names = top.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in names)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, rest
