"""Modules hold no state: no `global`, and what stands at module level is never changed."""

import ast

import pytest

from tests.house.sources import PACKAGE, modules, named, parsed, statements

MUTABLE = frozenset(
    "Counter ContextVar OrderedDict WeakKeyDictionary WeakValueDictionary bytearray defaultdict deque dict list local set".split()
)
DISPLAYS = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
CHANGES = frozenset(
    "add append appendleft clear discard extend insert pop popitem popleft remove reverse setdefault sort update".split()
)


def mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in MUTABLE
    return isinstance(value, DISPLAYS)


def held(tree: ast.Module) -> dict[str, int]:
    """Return the mutable objects that module-level names are bound to, with their lines."""
    found = {}
    for statement in statements(tree):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and mutable(statement.value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {target.id: statement.lineno for target in targets if isinstance(target, ast.Name)}
    found.pop("__all__", None)
    return found


def changed(tree: ast.Module) -> set[str]:
    """Return the names whose contents some statement of the module changes."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            names.add(ast.unparse(node.value))
        if isinstance(node, ast.AugAssign):
            names.add(ast.unparse(node.target))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            names.add(ast.unparse(node.func.value))
    return names


def state(tree: ast.Module) -> list[str]:
    """List `global` statements, mutable objects that are not written as constants, and constants that change."""
    complaints = [f"line {node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)]
    moving = changed(tree)
    for name, line in held(tree).items():
        if name != name.upper():
            complaints.append(f"line {line}: {name} can change")
        elif name in moving:
            complaints.append(f"line {line}: {name} is changed")
    return complaints


def test_modules_hold_no_state() -> None:
    assert {named(path): found for path in modules(PACKAGE) if (found := state(parsed(path)))} == {}


@pytest.mark.parametrize(
    ("code", "complaints"),
    [
        ("def f():\n    global x\n    x = 1", ["line 2: global"]),
        ("seen = {}", ["line 1: seen can change"]),
        ("seen: dict[str, int] = dict()", ["line 1: seen can change"]),
        ("import collections\nqueue = collections.deque()", ["line 2: queue can change"]),
        ("if True:\n    cache = set()", ["line 2: cache can change"]),
        ("try:\n    import x\nexcept ImportError:\n    lost = []", ["line 4: lost can change"]),
        ("SEEN = []\ndef f(x): SEEN.append(x)", ["line 1: SEEN is changed"]),
        ("SEEN = {}\ndef f(x): SEEN[x] = 1", ["line 1: SEEN is changed"]),
        ("SEEN = {}\ndef f(x): del SEEN[x]", ["line 1: SEEN is changed"]),
        ("STATE = {}\nSTATE |= {1: 2}", ["line 1: STATE is changed"]),
        ("RANKS = {'a': 1}", []),
        ("__all__ = ['a']", []),
        ("NAMES = frozenset({'a'})", []),
        ("def f():\n    seen = {}\n    seen[1] = 2", []),
    ],
)
def test_state_is_seen(code: str, complaints: list[str]) -> None:
    assert state(ast.parse(code)) == complaints
