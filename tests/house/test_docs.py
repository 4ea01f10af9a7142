"""What the pages say works: every example runs as it stands, and the reference is what the code says."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import re2  # noqa: F401 - before regopy, which brings a copy of its own: the other way round the process aborts
import yaml
from regopy import Interpreter

from tests.house.pages import ADDRESS, Block, Command, blocks, commands, pages, readable
from tests.house.reference import FOLDER, PAGES
from tests.house.sources import PACKAGE, ROOT, modules, parsed
from yett.policy.parser import PolicyParser

LANGUAGES = {"console", "python", "rego", "text", "yaml"}
STARTS = "make serve"
PROMISED = ("Try it", "Your own policy", "As a library")


@contextmanager
def gateway(folder: Path) -> Iterator[str]:
    """Run a gateway as `make serve` does, on a free port; give its address."""
    command = [sys.executable, "-m", "yett", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=surroundings(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout
        told = []
        try:
            for line in running.stdout:
                told.append(line)
                if (at := line.find("http://127.0.0.1:")) >= 0:
                    yield line[at + len("http://") :].split()[0].rstrip("/.,")
                    break
            else:
                pytest.fail("".join(told))
        finally:
            running.terminate()


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment in which `yett` is this one and nothing is configured."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "yett"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m yett "$@"\n')
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT / "src")}


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=surroundings(folder), capture_output=True, text=True, check=False, timeout=60
    )


def run_commands(folder: Path, told: list[Command], exports: list[str]) -> None:
    for command in told:
        if command.text == STARTS:
            continue
        if command.text.startswith("export "):
            exports.append(command.text)
            continue
        done = run(folder, ["bash", "-c", "\n".join([*exports, command.text])])
        assert done.returncode == command.code, f"{command.text}\n{done.stdout}{done.stderr}"
        assert readable(command.printed, done.stdout), f"{command.text}\n{done.stdout}{done.stderr}"


def read_yaml(text: str, file: str) -> None:
    """Load a policy as a policy; anything else must at least be YAML."""
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    if "rules" in found:
        PolicyParser().parse_yaml(text, file or "<page>")


def uses_gateway(text: str) -> bool:
    return any(ADDRESS in block.text and block.language in {"console", "python"} for block in blocks(text))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_example_works(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    exports: list[str] = []
    with ExitStack() as until_done:
        address = until_done.enter_context(gateway(tmp_path)) if uses_gateway(text) else ADDRESS
        for block in blocks(text):
            assert block.language in LANGUAGES, f"line {block.line}: {block.language}"
            here = Block(block.language, block.file, block.text.replace(ADDRESS, address), block.line)
            work(here, tmp_path, exports)


def work(block: Block, folder: Path, exports: list[str]) -> None:
    if block.file:
        (folder / block.file).write_text(block.text, encoding="utf-8")
    match block.language:
        case "console":
            run_commands(folder, list(commands(block.text)), exports)
        case "python":
            done = run(folder, [sys.executable, "-c", block.text])
            assert done.returncode == 0, f"line {block.line}\n{done.stdout}{done.stderr}"
        case "rego":
            Interpreter().add_module("page", block.text)
        case "yaml":
            read_yaml(block.text, block.file)


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == PAGES[name](), "make reference"


def test_links_lead_somewhere() -> None:
    lost = [
        f"{page.name}: {target}"
        for page in [*pages(), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in targets(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert lost == []


def targets(text: str) -> list[str]:
    """Return the files that a page links to."""
    links = [part.partition(")")[0].partition("#")[0] for part in text.split("](")[1:]]
    return [link for link in links if link and "://" not in link]


def test_the_first_page_shows_what_it_promises() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [head for head in PROMISED if f"## {head}\n" not in text] == []


def problem_codes(tree: ast.Module) -> set[str]:
    """Return the codes of the problems that a module makes."""
    places = {"Problem": 1, "add": 1, "reject": 0}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            place = places.get(name, len(node.args))
            if len(node.args) > max(place, 2 if name == "add" else 0) and isinstance(node.args[place], ast.Constant):
                found.add(str(node.args[place].value))
    return found


def answer_codes(tree: ast.Module) -> set[str]:
    """Return the codes that a module answers callers with."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [*node.args[1:2]] if ast.unparse(node.func).endswith("Refusal") else []
            given += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            found |= {str(value.value) for value in given if isinstance(value, ast.Constant)}
    return found


def everywhere(codes: Callable[[ast.Module], set[str]]) -> set[str]:
    return set().union(*(codes(parsed(path)) for path in modules(PACKAGE)))


def test_every_problem_is_explained() -> None:
    told = {page.stem for page in (ROOT / "docs" / "problems").glob("*.md")}
    assert everywhere(problem_codes) - told == set()


def test_every_answer_is_explained() -> None:
    told = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert {code for code in everywhere(answer_codes) if f"`{code}`" not in told} == set()


@pytest.mark.parametrize(
    ("code", "problems", "answers"),
    [
        ("Problem(place, 'bad-value', 'no')", {"bad-value"}, set()),
        ("self.problems.add(place, 'empty', 'no')", {"empty"}, set()),
        ("names.add('empty')", set(), set()),
        ("raise reject('bad-value', 'no')", {"bad-value"}, set()),
        ("Refusal(403, 'policy_violation', 'no')", set(), {"policy_violation"}),
        ("CallerError('no', status=413, code='request_too_large')", set(), {"request_too_large"}),
    ],
)
def test_codes_are_seen(code: str, problems: set[str], answers: set[str]) -> None:
    assert problem_codes(ast.parse(code)) == problems
    assert answer_codes(ast.parse(code)) == answers


PAGE = """
```console
$ false  # a comment
$ printf 'one\\ntwo\\n'
two
```

```yaml file=a.yaml
a: 1
```
"""


def test_blocks_are_found_with_their_commands() -> None:
    console, saved = blocks(PAGE)
    assert (console.language, saved.language, saved.file, saved.text) == ("console", "yaml", "a.yaml", "a: 1\n")
    assert list(commands(console.text)) == [
        Command("false  # a comment", ()),
        Command("printf 'one\\ntwo\\n'", ("two",)),
    ]


@pytest.mark.parametrize(
    "block",
    [
        Block("console", "", "$ false\n", 1),
        Block("console", "", "$ true  # exit code 1\n", 1),
        Block("console", "", "$ echo one\ntwo\n", 1),
        Block("python", "", "raise SystemExit(1)", 1),
        Block("python", "", "import yett.nowhere", 1),
        Block("yaml", "", "- 1", 1),
    ],
)
def test_a_broken_example_is_seen(block: Block, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        work(block, tmp_path, [])


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        ((), "anything", True),
        (("one", "three"), "one\ntwo\nthree\n", True),
        (("three", "one"), "one\ntwo\nthree\n", False),
        (("t…o",), "one\ntwo\n", True),
        (("t…x",), "one\ntwo\n", False),
        (("one", "one"), "one\n", False),
    ],
)
def test_printed_lines_are_compared(expected: tuple[str, ...], printed: str, fits: bool) -> None:
    assert readable(expected, printed) is fits
