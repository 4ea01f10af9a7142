"""`__all__` equals what is public, in every module: what a module defines, and what a package passes on."""

import ast

import pytest

from tests.house.sources import PACKAGE, modules, named, parsed, statements


def exported(tree: ast.Module) -> set[str] | None:
    """Return what `__all__` says; None where there is none."""
    for statement in statements(tree):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                return set(ast.literal_eval(statement.value))
    return None


def bound(statement: ast.stmt, *, package: bool) -> set[str]:
    """Return the names that *statement* binds; in a *package*, those that it imports as well."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Assign():
            return {node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.ImportFrom(module=str(source)) if package and source.split(".")[0] == "yett":
            return {alias.asname or alias.name for alias in statement.names}
    return set()


def public(tree: ast.Module, *, package: bool) -> set[str]:
    names = {name for statement in statements(tree) for name in bound(statement, package=package)}
    if not package:
        names -= {
            alias.asname or alias.name
            for node in statements(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
    return {name for name in names if not name.startswith("_")}


def unequal(tree: ast.Module, *, package: bool = False) -> list[str]:
    """List the names that are public and not exported, or the other way round."""
    told, defined = exported(tree), public(tree, package=package)
    if told is None:
        return ["no __all__"] if defined else []
    told = {name for name in told if not name.startswith("__")}
    return [f"{name} is not in __all__" for name in sorted(defined - told)] + [
        f"{name} is only in __all__" for name in sorted(told - defined)
    ]


def test_every_module_says_what_it_offers() -> None:
    found = {
        named(path): unequal(parsed(path), package=path.name == "__init__.py")
        for path in modules(PACKAGE)
        if not path.name.endswith("_pb2.py")
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("code", "package", "complaints"),
    [
        ("def f(): ...", False, ["no __all__"]),
        ("__all__ = ['f']\ndef f(): ...\nclass A: ...", False, ["A is not in __all__"]),
        ("__all__ = ['f', 'g']\ndef f(): ...", False, ["g is only in __all__"]),
        ("__all__ = ['X']\nX, Y = 1, 2", False, ["Y is not in __all__"]),
        ("from yett.model.span import Span\n__all__ = ['Span']", False, ["Span is only in __all__"]),
        ("from yett.model.span import Span", True, ["no __all__"]),
        ("from yett.model.span import Span\n__all__ = ['Span']", True, []),
        (
            "import re\nfrom os import path\n__all__ = ['f', '_g']\ndef f(): ...\ndef _g(): ...",
            False,
            ["_g is only in __all__"],
        ),
        ("try:\n    import fast\nexcept ImportError:\n    fast = None", False, []),
        ('"""Nothing but words."""', False, []),
    ],
)
def test_a_difference_is_seen(code: str, package: bool, complaints: list[str]) -> None:
    assert unequal(ast.parse(code), package=package) == complaints
