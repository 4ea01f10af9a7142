"""No name says nothing: files, folders, classes and functions are called after what they are or do."""

import ast
import re

import pytest

from tests.house.sources import PACKAGE, TESTS, modules, named, parsed

EMPTY_WORDS = frozenset(
    "base common handler handlers helper helpers manager managers misc processor processors util utils wrapper wrappers".split()
)
EMPTY_FILES = EMPTY_WORDS | {"constants", "types"}
OTHER_PEOPLES = frozenset({"base_url"})
"""Names that a protocol or another library fixes."""


def words(name: str) -> list[str]:
    """Split *name* into its words, written with capitals or underscores."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*", name)]


def empty_path(path: str) -> list[str]:
    return [part for part in path.removesuffix(".py").split("/") if EMPTY_FILES.intersection(words(part))]


def empty_names(tree: ast.Module) -> list[str]:
    defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, defined) and node.name not in OTHER_PEOPLES and EMPTY_WORDS.intersection(words(node.name))
    ]


def test_every_name_says_something() -> None:
    found = {named(path): [*empty_path(named(path)), *empty_names(parsed(path))] for path in modules(PACKAGE)}
    found |= {named(path, TESTS): empty_path(named(path, TESTS)) for path in modules(TESTS)}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("path", ["guard/utils.py", "common/spans.py", "policy/type_helpers.py", "model/types.py"])
def test_an_empty_file_name_is_seen(path: str) -> None:
    assert empty_path(path) != []


@pytest.mark.parametrize("path", ["adapters/sql/database.py", "model/kinds.py", "doors/proxy/endpoint.py"])
def test_a_telling_file_name_is_let_be(path: str) -> None:
    assert empty_path(path) == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("class RequestHandler: ...", ["RequestHandler"]),
        ("class A:\n    def wrapper_of(self): ...", ["wrapper_of"]),
        ("async def misc(): ...", ["misc"]),
        ("class Database:\n    def base_url(self): ...\n    def base64(self): ...", []),
    ],
)
def test_an_empty_name_in_code_is_seen(code: str, names: list[str]) -> None:
    assert empty_names(ast.parse(code)) == names
