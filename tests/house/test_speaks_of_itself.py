"""The tree speaks of itself: no address of a package registry, no path of somebody's machine, no plan that is not here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT

TOPS = ("bench", "changes", "docs", "examples", "fuzz", "requirements", "src", "tests", ".ci")

RULES = ROOT / "src" / "yett" / "detectors" / "data"
"""Rules name what they look for, other people's hosts among it."""

FOREIGN = re.compile(
    r"""
    (?<![\w.])/(?:work|root/\.|tmp/venv|tmp/bash_jobs|opt/(?:wheels|pypi))(?:/|\b|(?<=\.))  # machines
    | /home/(?!user\b)\w+
    | \b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)\b  # registries
    | ^\s*--(?:extra-)?(?:index-url|find-links)
    | \b(?:CONTRACT|HOUSE|MODELS)\.md\b  # plans
    | \bshared/(?:design|reference|data)\b
    """,
    re.VERBOSE | re.MULTILINE,
)


def foreign(text: str) -> list[str]:
    return [match.group() for match in FOREIGN.finditer(text)]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file that belongs to the project, this one excepted: it has to name what it looks for."""
    paths = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    paths += [path for top in TOPS for path in (ROOT / top).rglob("*") if path.is_file()]
    for path in sorted(paths):
        if path.suffix not in {".onnx", ".pyc", ".png"} and path != Path(__file__) and RULES not in path.parents:
            yield path, path.read_text(encoding="utf-8")


def test_the_tree_speaks_of_itself() -> None:
    found = {path.relative_to(ROOT).as_posix(): foreign(text) for path, text in texts()}
    assert {path: strings for path, strings in found.items() if strings} == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /work/main/src",
        "in /tmp/venv/y/bin/python",
        "logs in /tmp/bash_jobs.0/1",
        "/root/.cache",
        "find-links = /opt/wheels",
        "--index-url https://example.org/simple",
        "https://pypi.org/simple",
        "files.pythonhosted.org",
        "as CONTRACT.md says",
        "../shared/reference/protocols.md",
        "/home/somebody/yett",
    ],
)
def test_what_is_foreign_is_seen(text: str) -> None:
    assert foreign(text) != []


@pytest.mark.parametrize("text", ["the framework/library", "https://example.org/work", "docs/work.md", "/etc/passwd"])
def test_what_is_ours_is_let_be(text: str) -> None:
    assert foreign(text) == []
