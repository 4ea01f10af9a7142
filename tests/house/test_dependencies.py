"""What the package imports it asks for, what it asks for it imports, and what it asks for is locked."""

import ast
import re
import sys
import tomllib

import pytest

from tests.house.sources import PACKAGE, ROOT, modules, parsed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

IMPORTED_AS = {
    "grpcio": "grpc",
    "grpcio-health-checking": "grpc_health",
    "grpcio-reflection": "grpc_reflection",
    "protobuf": "google",
    "google-re2": "re2",
    "prometheus-client": "prometheus_client",
    "python-dotenv": "dotenv",
    "pyyaml": "yaml",
    "z3-solver": "z3",
}
"""Distributions whose modules have another name."""
BROUGHT_ALONG = {"lsprotocol": "pygls", "pydantic_core": "pydantic", "simpleeval": "casbin"}
"""Modules that belong to another distribution's interface."""
ONLY_FOR_TESTING = {"openai"}
"""Imported by `yett.testing`, which is for those who test; it comes with the extra `test`."""
MEASURED_BESIDE = {"casbin", "cedarpy", "cel", "celpy"}
"""Other policy engines, which `yett policy bench` measures where somebody has them; nothing of ours runs on them."""


APART = {"federated"}
"""Extras whose libraries contradict those of others, so that they have a lock and an environment of their own."""


LOADED_BY_NAME = {"pg8000"}
"""Drivers that another library imports when an address asks for them."""


def imported(tree: ast.Module) -> set[str]:
    """Return the top-level names of all modules that are not ours and not Python's."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return {BROUGHT_ALONG.get(name, name) for name in names - sys.stdlib_module_names - {"yett"}}


def distribution(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found.group().lower().replace("_", "-")


def locked(text: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def extras() -> set[str]:
    """Return what the optional parts ask for; `all` only names the others."""
    optional = PROJECT["optional-dependencies"]
    return {distribution(each) for name, asked in optional.items() if name not in {"all", "test"} for each in asked}


def test_what_is_imported_is_asked_for_and_the_other_way_round() -> None:
    asked = {distribution(requirement) for requirement in PROJECT["dependencies"]} | extras()
    used = set().union(*(imported(parsed(path)) for path in modules(PACKAGE))) - ONLY_FOR_TESTING - MEASURED_BESIDE
    assert used == {IMPORTED_AS.get(name, name.replace("-", "_")) for name in asked - LOADED_BY_NAME}


def test_all_is_every_optional_part() -> None:
    optional = PROJECT["optional-dependencies"]
    named = set().union(*(re.findall(r"[a-z]+", each.partition("[")[2]) for each in optional["all"]))
    assert named == set(optional) - {"all", "test", *APART}


@pytest.mark.parametrize(("use", "extra"), [("serve", None), ("test", "test"), ("federated", "federated")])
def test_what_is_asked_for_is_locked_and_hashed(use: str, extra: str | None) -> None:
    text = (ROOT / "requirements" / f"{use}.lock").read_text(encoding="utf-8")
    asked = [*PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] if extra else [])]
    assert {distribution(requirement) for requirement in asked} - locked(text) == set()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import os, re\nimport yett.model", set()),
        ("def f():\n    import httpx.sub", {"httpx"}),
        ("from pydantic_core import PydanticCustomError", {"pydantic"}),
        ("from . import span", set()),
    ],
)
def test_an_import_is_seen(code: str, names: set[str]) -> None:
    assert imported(ast.parse(code)) == names
