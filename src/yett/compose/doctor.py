"""
Doctor: look whether everything that Yett needs is there and works.

Rules:

1. Every check is made, whatever the others say, and none changes anything that stays.
2. A finding comes with its cure. Only what keeps Yett from doing its work is wrong; what merely costs is a note.
"""

import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from yett.compose.library import open_guard
from yett.compose.loading import Loaded, SettingsSource
from yett.compose.provider import Provider
from yett.compose.settings import Records, Server
from yett.model.errors import OperatorError

__all__ = ["Check", "State", "examine"]

_PYTHON = (3, 11)
_PATIENCE = 2.0  # seconds for a connection; who needs longer is not within reach
_PORTS = {"http": 80, "https": 443}


class State(StrEnum):
    """What a check came to."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    cure: str = ""


def examine(source: SettingsSource) -> Iterator[Check]:
    """Make every check, one after the other."""
    yield _python(sys.version_info[:2])
    yield _library("google-re2", "re2", State.WRONG, "`pip install google-re2`")
    yield _library(
        "hyperscan", "hyperscan", State.NOTE, "`pip install hyperscan`: detection finds the same, more slowly"
    )
    try:
        loaded = source.load()
    except OperatorError as error:
        yield from (Check("configuration", State.WRONG, str(problem)) for problem in error.problems)
        return
    yield from _configuration(loaded)
    yield from _policies(source)
    yield _folder(loaded.settings.records)
    yield _port(loaded.settings.server)
    for name, provider in loaded.settings.providers.items():
        yield _upstream(name, provider)


def _python(found: tuple[int, ...]) -> Check:
    told = ".".join(map(str, found))
    if found >= _PYTHON:
        return Check("python", State.OK, told)
    return Check("python", State.WRONG, told, f"install Python {'.'.join(map(str, _PYTHON))} or later")


def _library(package: str, module: str, absent: State, cure: str) -> Check:
    try:
        if find_spec(module) is not None:
            return Check(package, State.OK, version(package))
    except PackageNotFoundError:
        return Check(package, State.OK, "there, of unknown version")
    return Check(package, absent, "not installed", cure)


def _configuration(loaded: Loaded) -> Iterator[Check]:
    yield Check("configuration", State.OK, str(loaded.file) if loaded.file else "defaults and variables, no file")
    for notice in loaded.notices:
        yield Check("configuration", State.NOTE, f"{notice.place}: {notice.message}", notice.hint)


def _policies(source: SettingsSource) -> Iterator[Check]:
    try:
        open_guard(source.config)
    except OperatorError as error:
        yield from (Check("policies", State.WRONG, str(problem)) for problem in error.problems)
    else:
        yield Check("policies", State.OK, "they compile, and their tests pass")


def _folder(records: Records) -> Check:
    """Look whether the journal can be written, without leaving anything behind."""
    nearest = next(path for path in (records.path.absolute(), *records.path.absolute().parents) if path.exists())
    cure = "write a folder into `records.path` that Yett may write"
    try:
        with TemporaryFile(dir=nearest) as file:
            file.write(b"\0")
            os.fsync(file.fileno())
    except OSError as error:
        return Check("journal", State.WRONG, f"{nearest}: {(error.strerror or 'unusable').lower()}", cure)
    return Check("journal", State.OK, f"{records.path} can be written")


def _port(server: Server) -> Check:
    told = f"{server.host} port {server.port}"
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if _serves(server):
            return Check("port", State.NOTE, f"{told}: a gateway serves there already")
        why = (error.strerror or "unusable").lower()
        return Check("port", State.WRONG, f"{told}: {why}", "free it, or choose another by `server.port`")
    return Check("port", State.OK, f"{told} is free")


def _serves(server: Server) -> bool:
    connection = HTTPConnection(server.host, server.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200  # noqa: PLR2004 - RFC 9110
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _upstream(name: str, provider: Provider) -> Check:
    label = f"upstream {name}"
    if provider.base_url is None:
        return Check(label, State.OK, "built in")
    parts = urlsplit(provider.base_url)
    port = parts.port or _PORTS[parts.scheme]
    try:
        with socket.create_connection((parts.hostname or "", port), _PATIENCE):
            return Check(label, State.OK, f"{parts.hostname} port {port} answers")
    except OSError as error:
        why = (error.strerror or str(error) or "no answer").lower()
        cure = f"start it, or correct `llm_providers.{name}.base_url`"
        return Check(label, State.WRONG, f"{parts.hostname} port {port}: {why}", cure)
