"""Every source file that does something has its test file and the other way round; files and functions stay small."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.house.sources import BENCH, PACKAGE, TESTS, modules, named, parsed, statements

LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 50
PARAMETERS = 5

ABOUT_THE_WHOLE = ("conformance", "house", "whole")
"""Folders of tests that mirror no room: one corpus for all engines, rules about the house, walks through all of it."""


def expected(source: str) -> str:
    """Return the test file of *source*; both relative to their roots."""
    path = PurePosixPath(source)
    return str(path.with_name(f"test_{path.stem.strip('_')}.py"))


def untested(sources: set[str], tests: set[str]) -> list[str]:
    return [f"{source} has no {expected(source)}" for source in sorted(sources) if expected(source) not in tests]


def homeless(sources: set[str], tests: set[str], data: frozenset[str] = frozenset()) -> list[str]:
    """List the tests without a source; those beside a folder of *data* test the data."""
    owed = {expected(source) for source in sources}
    return [
        f"{test} has no source file"
        for test in sorted(tests - owed)
        if test.split("/")[0] not in ABOUT_THE_WHOLE and str(PurePosixPath(test).parent) not in data
    ]


def too_long(text: str) -> list[str]:
    count = len(text.splitlines())
    return [f"has {count} lines"] if count > LINES_OF_A_FILE else []


def too_big(tree: ast.Module) -> list[str]:
    """List functions with too many lines or parameters."""
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            parameters = len(names) - (names[:1] in (["self"], ["cls"]))
            if lines > LINES_OF_A_FUNCTION:
                complaints.append(f"{node.name} has {lines} lines")
            if parameters > PARAMETERS:
                complaints.append(f"{node.name} has {parameters} parameters")
    return complaints


def acts(tree: ast.Module) -> bool:
    """Tell whether a module does anything: Protocols, enumerations and plain dataclasses only say how things look."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = [
                item for item in node.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
            ]
            if said:
                return True
    return any(isinstance(item, ast.Expr) and isinstance(item.value, ast.Call) for item in statements(tree))


def sources() -> set[str]:
    return {named(path) for path in modules(PACKAGE) if path.name != "__init__.py"}


def written_tests() -> set[str]:
    return {named(path, TESTS) for path in TESTS.rglob("test_*.py")}


def data_folders() -> frozenset[str]:
    """Return the folders of the package that hold data and no code."""
    folders = {path.parent for path in PACKAGE.rglob("*.yaml")}
    return frozenset(
        named(folder) for folder in folders if all(path.name == "__init__.py" for path in folder.glob("*.py"))
    )


def test_every_source_file_that_does_something_has_its_test_file() -> None:
    doing = {source for source in sources() if acts(parsed(PACKAGE / source))}
    assert untested(doing, written_tests()) == []


def test_every_test_file_has_its_source_file() -> None:
    assert homeless(sources(), written_tests(), data_folders()) == []


def test_files_stay_small() -> None:
    found = {
        named(path, folder.parent): complaints
        for folder in (PACKAGE, TESTS, BENCH)
        for path in modules(folder)
        if (complaints := too_long(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_functions_stay_small() -> None:
    assert {named(path): found for path in modules(PACKAGE) if (found := too_big(parsed(path)))} == {}


def test_a_source_without_a_test_is_seen() -> None:
    assert untested({"guard/spans.py", "__main__.py"}, {"test_main.py"}) == [
        "guard/spans.py has no guard/test_spans.py"
    ]


def test_a_test_without_a_source_is_seen() -> None:
    found = {"guard/test_gone.py", "house/test_names.py", "policies/test_default.py"}
    assert homeless({"guard/spans.py"}, found, frozenset({"policies"})) == ["guard/test_gone.py has no source file"]


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ('class Clock(Protocol):\n    def now(self) -> float:\n        """Return the time."""\n        ...', False),
        ("@dataclass\nclass Span:\n    start: int\nTABLE = frozenset({1})", False),
        ("def f(): return 1", True),
        ('class A:\n    @property\n    def b(self):\n        """B."""\n        return self.c', True),
        ("if __name__ == '__main__':\n    main()", True),
    ],
)
def test_a_module_that_does_something_is_seen(code: str, does: bool) -> None:
    assert acts(ast.parse(code)) is does


@pytest.mark.parametrize(("lines", "complaints"), [(500, []), (501, ["has 501 lines"])])
def test_a_long_file_is_seen(lines: int, complaints: list[str]) -> None:
    assert too_long("x = 1\n" * lines) == complaints


@pytest.mark.parametrize(
    ("code", "complaints"),
    [
        ("def short(a, b, c, d, *, e): ...", []),
        ("class A:\n    def method(self, a, b, c, d, e): ...", []),
        ("def many(a, b, c, d, e, f): ...", ["many has 6 parameters"]),
        ("def many(a, b, c, /, d, *, e, f): ...", ["many has 6 parameters"]),
        ("async def long():\n" + "    x = 1\n" * 50, ["long has 51 lines"]),
    ],
)
def test_a_big_function_is_seen(code: str, complaints: list[str]) -> None:
    assert too_big(ast.parse(code)) == complaints
