"""What the floors hand to each other cannot change: their dataclasses are frozen and slotted, `Record` excepted."""

import ast

import pytest

from tests.house.sources import PACKAGE, modules, named, parsed

FILLED_ALONG_THE_WAY = frozenset({"Record"})
FLOORS = ("model", "ports")


def options(node: ast.ClassDef) -> dict[str, bool] | None:
    """Return what the dataclass decorator of *node* was told; None where there is none."""
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(call).rpartition(".")[2] == "dataclass":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            return {str(keyword.arg): ast.unparse(keyword.value) == "True" for keyword in keywords}
    return None


def loose(tree: ast.Module) -> list[str]:
    """List the dataclasses that can change or grow."""
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and (told := options(node)) is not None:
            if not told.get("slots"):
                complaints.append(f"{node.name} has no slots")
            if not told.get("frozen") and node.name not in FILLED_ALONG_THE_WAY:
                complaints.append(f"{node.name} can change")
    return complaints


def test_the_words_of_the_house_cannot_change() -> None:
    paths = [path for floor in FLOORS for path in modules(PACKAGE / floor)]
    assert {named(path): found for path in paths if (found := loose(parsed(path)))} == {}


@pytest.mark.parametrize(
    ("code", "complaints"),
    [
        ("@dataclass\nclass A: ...", ["A has no slots", "A can change"]),
        ("@dataclass(slots=True)\nclass A: ...", ["A can change"]),
        ("@dataclasses.dataclass(frozen=True)\nclass A: ...", ["A has no slots"]),
        ("@dataclass(frozen=False, slots=True)\nclass A: ...", ["A can change"]),
        ("@dataclass(slots=True)\nclass Record: ...", []),
        ("@dataclass(frozen=True, slots=True)\nclass A: ...", []),
        ("class A: ...", []),
    ],
)
def test_a_loose_dataclass_is_seen(code: str, complaints: list[str]) -> None:
    assert loose(ast.parse(code)) == complaints
