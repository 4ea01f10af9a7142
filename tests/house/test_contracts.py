"""Each import contract is broken on purpose, in a small copy of the house, and is caught."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT, parsed

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in LINTER["contracts"]}

PURE_ROOMS = frozenset("guard policy detectors dialects records identity limits privacy integrity".split())
ROOMS = sorted(PURE_ROOMS) + "model ports services compose cli testing doors.proxy doors.rest".split()
ROOMS += "adapters.memory adapters.sql adapters.telemetry adapters.upstream".split()
MODULES = {
    "model.segment": "",
    "model.interaction": "import yett.model.segment",
    "model.verdict": "import yett.model.segment",
    "model.decision": "",
    "ports.decider": "import yett.model.decision",
    "guard.enforcement": "import yett.model.verdict",
    "guard.guard": "import yett.guard.enforcement, yett.ports.decider",
    "policy.program": "import re2, yaml, yett.model.decision",
    "detectors.patterns": "import re2, hyperscan",
    "detectors.rules": "import yaml",
    "detectors.classifier": "",
    "detectors.hidden_text": "import yett.detectors.patterns",
    "detectors.leakage": "",
    "detectors.links": "import yett.detectors.patterns",
    "detectors.shots": "",
    "detectors.lifted": "import yett.detectors.patterns",
    "detectors.size": "import yett.detectors.patterns",
    "learning.metrics": "import numpy",
    "services.exchange": "import asyncio, yett.guard.guard",
    "services.relay": "import yett.guard.guard",
    "adapters.memory.counters": "import yett.ports.decider",
    "adapters.sql.database": "import sqlalchemy, sqlite3",
    "adapters.upstream.connection": "import httptools",
    "doors.proxy.app": "import yett.services.exchange",
    "doors.rest.app": "import yett.services.exchange",
    "compose.house": "import yett.adapters.sql.database, yett.doors.proxy.app, pydantic, uvicorn, yaml",
    "cli.app": "import click, rich, yett.compose.house",
    "testing.demo": "import openai, rich, yett.compose.house",
}

BREACHES = [
    ("floors", "ports.decider", "import yett.policy.program"),
    ("floors", "guard.guard", "import yett.policy.program"),
    ("floors", "services.relay", "import yett.adapters.memory.counters"),
    ("floors", "doors.proxy.app", "import yett.adapters.memory.counters"),
    ("floors", "testing.demo", "import yett.cli.app"),
    ("floors", "attic", ""),
    ("pure", "guard.guard", "import asyncio"),
    ("blind", "policy.program", "import yett.model.segment"),
    ("blind", "records.building", "import yett.ports.sight"),
    ("hands", "services.relay", "import yett.guard.enforcement"),
    ("story", "services.relay", "import yett.services.exchange"),
    ("story", "cli.app", "import yett.services.exchange"),
    ("composition", "cli.app", "import yett.adapters.memory.counters"),
    ("doors", "doors.rest.app", "import yett.doors.proxy.app"),
    ("adapters", "adapters.sql.database", "import yett.adapters.memory.counters"),
    ("detectors", "detectors.size", "import yett.detectors.hidden_text"),
    ("cycles", "policy.program", "import yett.policy.compiler"),
    ("sql", "adapters.memory.counters", "import sqlite3"),
    ("client", "services.relay", "import aiohttp"),
    ("server", "doors.proxy.app", "from uvloop import install"),
    ("server", "adapters.memory.counters", "import httptools"),
    ("patterns", "guard.guard", "import re2"),
    ("patterns", "policy.program", "import hyperscan"),
    ("arrays", "guard.guard", "import numpy"),
    ("signatures", "cli.app", "import cryptography"),
    ("solver", "cli.app", "import z3"),
    ("plots", "learning.metrics", "import matplotlib"),
    ("yaml", "dialects.events", "import yaml"),
    ("invention", "guard.guard", "import faker"),
    ("rego", "policy.program", "import regopy"),
    ("peers", "adapters.peers.rego", "import cedarpy"),
    ("peers", "cli.measuring", "import casbin"),
    ("settings", "doors.proxy.app", "from pydantic import BaseModel"),
    ("grpc", "compose.house", "import grpc"),
    ("grpc", "doors.rest.app", "from google.protobuf import message"),
    ("rest", "doors.proxy.app", "import fastapi"),
    ("rest", "compose.house", "from starlette.routing import Route"),
    ("tokens", "services.relay", "import rs_bpe"),
    ("terminal", "compose.house", "import rich"),
    ("terminal", "testing.demo", "import click"),
    ("names", "services.relay", "import spacy"),
    ("lsp", "cli.app", "import pygls"),
    ("lsp", "compose.editing", "import lsprotocol"),
    ("encoder", "services.relay", "import onnxruntime"),
    ("encoder", "limits.estimates", "import tokenizers"),
    ("federation", "learning.metrics", "import flwr"),
    ("metrics", "services.relay", "import prometheus_client"),
    ("official", "services.relay", "import openai"),
]
ACCOMPLICES = {"ports.sight": "import yett.model.verdict", "policy.compiler": "import yett.policy.program"}
"""Modules that only lead somewhere when a breach goes through them."""


def write(root: Path, module: str, code: str) -> None:
    """Write *module* below *root*, with the packages around it."""
    path = root.joinpath("src", "yett", *module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code + "\n", encoding="utf-8")
    for folder in path.relative_to(root / "src").parents[:-1]:
        (root / "src" / folder / "__init__.py").touch()


@pytest.fixture(scope="module")
def small_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small_house")
    (root / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    for room in ROOMS:
        write(root, f"{room}.__init__", "")
    for module, code in (MODULES | ACCOMPLICES).items():
        write(root, module, code)
    return root


def lint(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
        *options,
    ]
    return subprocess.run(
        command,
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_house_passes(small_house: Path) -> None:
    told = lint(small_house)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize(("contract", "module", "code"), BREACHES)
def test_a_breach_is_caught(small_house: Path, contract: str, module: str, code: str) -> None:
    write(small_house, module, f"{MODULES.get(module, '')}\n{code}")
    try:
        told = lint(small_house, "--contract", contract)
    finally:
        path = small_house.joinpath("src", "yett", *module.split(".")).with_suffix(".py")
        path.write_text(MODULES[module], encoding="utf-8") if module in MODULES else path.unlink()
    assert told.returncode == 1, told.stdout
    assert "BROKEN" in told.stdout


def test_every_pure_room_is_watched_for_every_impurity(small_house: Path) -> None:
    rooms = [room.removeprefix("yett.") for room in CONTRACTS["pure"]["source_modules"]]
    impurities = ("os", "time", "random", "logging", "socket", "threading", "urllib", "sqlalchemy")
    for room in rooms:
        write(small_house, f"{room}.impure", "\n".join(f"import {name}" for name in impurities))
    told = lint(small_house, "--contract", "pure").stdout
    for room in rooms:
        small_house.joinpath("src", "yett", room, "impure.py").unlink()
    expected = {f"yett.{room}.impure -> {name} " for room in rooms for name in impurities}
    assert {chain for chain in expected if chain not in told} == set()


def test_every_contract_is_broken_once() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(CONTRACTS)


def test_every_pure_room_is_held_to_purity() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.name in PURE_ROOMS and any(path.glob("*.py"))}
    assert {f"yett.{room}" for room in rooms} <= set(CONTRACTS["pure"]["source_modules"])


def test_every_detector_is_a_stranger_to_the_others() -> None:
    detectors = {
        f"yett.detectors.{path.stem}"
        for path in (PACKAGE / "detectors").glob("*.py")
        if path.stem != "patterns" and any(detects(node) for node in ast.walk(parsed(path)))
    }
    assert detectors == set(CONTRACTS["detectors"]["modules"])


def detects(node: ast.AST) -> bool:
    """Tell whether *node* is a detector: a class that detects and holds."""
    if not isinstance(node, ast.ClassDef):
        return False
    return {"detect", "hold"} <= {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
