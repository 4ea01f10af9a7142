"""
Nothing is swallowed: `except Exception` occurs where a failure becomes a value on purpose, and nowhere else.

A detector that breaks becomes a finding (`guard/detection.py`), an error that reached the door becomes an answer
(`doors/*/errors.py`), and the server reports what stopped it (`compose/server.py`).
"""

import ast
from fnmatch import fnmatch

import pytest

from tests.house.sources import PACKAGE, modules, named, parsed

ALLOWED = ("guard/detection.py", "doors/*/errors.py", "compose/server.py")


def caught(kind: ast.expr | None) -> set[str]:
    """Return the names of the exceptions that an `except` clause names; everything, where it names none."""
    if kind is None:
        return {"BaseException"}
    return {node.id for node in ast.walk(kind) if isinstance(node, ast.Name)}


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether *handler* only tidies up: its last statement raises again."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad(tree: ast.Module) -> list[int]:
    """List the lines that catch everything."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            names = caught(node.type)
            if "Exception" in names or ("BaseException" in names and not passes_on(node)):
                lines.append(node.lineno)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "suppress":
            names = {name for argument in node.args for name in caught(argument)}
            if names & {"Exception", "BaseException"}:
                lines.append(node.lineno)
    return sorted(lines)


def allowed(path: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in ALLOWED)


def test_everything_is_caught_in_three_places_only() -> None:
    found = {named(path): lines for path in modules(PACKAGE) if (lines := broad(parsed(path)))}
    assert {path: lines for path, lines in found.items() if not allowed(path)} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("try: f()\nexcept Exception: pass", [2]),
        ("try: f()\nexcept Exception as e: raise", [2]),
        ("try: f()\nexcept (ValueError, Exception): pass", [2]),
        ("try: f()\nexcept: pass", [2]),
        ("try: f()\nexcept BaseException: pass", [2]),
        ("try: f()\nexcept BaseException:\n    g()\n    raise", []),
        ("try: f()\nexcept* Exception: pass", [2]),
        ("with contextlib.suppress(Exception): f()", [1]),
        ("with suppress(OSError): f()", []),
        ("try: f()\nexcept ValueError: pass", []),
    ],
)
def test_a_broad_catch_is_seen(code: str, lines: list[int]) -> None:
    assert broad(ast.parse(code)) == lines


@pytest.mark.parametrize("path", ["guard/guard.py", "doors/proxy/app.py", "compose/serving.py", "services/errors.py"])
def test_only_the_listed_places_are_allowed(path: str) -> None:
    assert not allowed(path)
