"""`Any` says that foreign payloads have no type of ours: in dialects and doors, and nowhere else."""

import ast

import pytest

from tests.house.sources import PACKAGE, modules, named, parsed

ALLOWED = ("dialects/", "doors/")


def uses_any(tree: ast.Module) -> list[int]:
    """List the lines that bring `typing.Any` in."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "Any" for alias in node.names):
            lines.append(node.lineno)
        if isinstance(node, ast.Attribute) and node.attr == "Any":
            lines.append(node.lineno)
    return sorted(lines)


def test_any_stays_where_payloads_are_foreign() -> None:
    found = {named(path): lines for path in modules(PACKAGE) if (lines := uses_any(parsed(path)))}
    assert {path: lines for path, lines in found.items() if not path.startswith(ALLOWED)} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("from typing import Any", [1]),
        ("from typing_extensions import Any as Whatever", [1]),
        ("import typing\nx: typing.Any = 1", [2]),
        ("from typing import Protocol\nx: object = any([])", []),
    ],
)
def test_a_stray_any_is_seen(code: str, lines: list[int]) -> None:
    assert uses_any(ast.parse(code)) == lines
