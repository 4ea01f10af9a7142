"""
`cerbos`: a decision point of its own, started on this machine with one core and asked over a kept connection.

It is asked for one resource, and tells whether a rule allows the action. What it takes is counted by the clock on the
wall, since it decides in another process.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess  # nosec B404
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from yett.adapters.peers.language import CEL
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written
from yett.policy.expression import Operator

__all__ = ["CERBOS"]

_PATIENCE = 30.0
"""Seconds until it must have started, and to end."""
_LANGUAGE = replace(
    CEL,
    name="Cerbos",
    root="R.attr",
    phrases=MappingProxyType({**CEL.phrases, Operator.CIDR: "{field}.inIPAddrRange({network})"}),
)
_ASKED = MappingProxyType({"principal": {"id": "u", "roles": ["user"]}})
_JSON = MappingProxyType({"content-type": "application/json"})


def _policy(written: Written) -> str:
    allowed = {"actions": ["do"], "effect": "EFFECT_ALLOW", "roles": ["*"]}
    rules = [{**allowed, "condition": {"match": {"expr": rule}}} for rule in written.rules.values()]
    policy = {"resource": "r", "version": "default", "rules": rules}
    return json.dumps({"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": policy})


def _command(program: str, folder: str, ports: Sequence[int]) -> list[str]:
    told = {
        "storage.driver": "disk",
        "storage.disk.directory": folder,
        "telemetry.disabled": "true",
        "server.httpListenAddr": f"127.0.0.1:{ports[0]}",
        "server.grpcListenAddr": f"127.0.0.1:{ports[1]}",
    }
    return [program, "server", "--log-level=error", *(f"--set={name}={value}" for name, value in told.items())]


def _ports() -> list[int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return [each.getsockname()[1] for each in (one, two)]


@contextmanager
def _running(command: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run *command*, and end it with all that it has started: what npm puts on the path starts another program."""
    process = subprocess.Popen(  # noqa: S603 - a program that the user has installed to be run  # nosec B603
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GOMAXPROCS": "1"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for ending in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, ending)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
                break


def _await(connection: http.client.HTTPConnection, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            connection.request("GET", "/_cerbos/health")
            if connection.getresponse().read() and process.poll() is None:
                return
        except (OSError, http.client.HTTPException):
            connection.close()
        time.sleep(0.05)
    raise Untold("Cerbos did not start with these rules")


def _allows(connection: http.client.HTTPConnection, body: str) -> bool:
    try:
        connection.request("POST", "/api/check/resources", body, _JSON)
        results = json.loads(connection.getresponse().read())["results"]
    except (OSError, KeyError, http.client.HTTPException):
        connection.close()
        return False
    return bool(results[0]["actions"]["do"] == "EFFECT_ALLOW")


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    ports = _ports()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "r.json").write_text(_policy(written), "utf-8")
        with _running(_command(shutil.which("cerbos") or "cerbos", folder, ports)) as process:
            connection = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=_PATIENCE)
            try:
                _await(connection, process)

                def question(facts: Facts) -> object:
                    resource = {"kind": "r", "id": "1", "attr": facts}
                    return json.dumps({**_ASKED, "resources": [{"actions": ["do"], "resource": resource}]})

                yield Ready(question, lambda body: _allows(connection, body))
            finally:
                connection.close()


CERBOS = Peer(
    "cerbos, over HTTP", "cerbos", "npm install -g cerbos", write=_LANGUAGE.write, start=_started, server=True
)
