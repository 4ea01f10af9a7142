"""The tree that the tests about the house look at, and how a module looks as syntax."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["BENCH", "PACKAGE", "ROOT", "TESTS", "modules", "named", "parsed", "statements"]

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "yett"
TESTS = ROOT / "tests"
BENCH = ROOT / "bench"


def modules(folder: Path) -> list[Path]:
    """Return every Python file below *folder*, in order."""
    return sorted(folder.rglob("*.py"))


def named(path: Path, folder: Path = PACKAGE) -> str:
    """Return how a complaint calls *path*."""
    return path.relative_to(folder).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return *path* as syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run when the module is imported, those below `if`, `try` and `with` included."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop(0)
        yield statement
        for block in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                waiting += getattr(statement, block, [])
        for handler in getattr(statement, "handlers", []):
            waiting += handler.body
