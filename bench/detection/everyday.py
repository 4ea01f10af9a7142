"""
How often the whole guard takes this machine's own code and documentation for an attack.

    python -m bench.detection.everyday [FOLDER…]

Texts are docstrings and pieces of source code of the standard library and of installed packages, manual pages and other
documentation, at random places, as a user and as a document would bring them. FOLDERs are looked through beside them. The
classifier has learnt from some hundred such pieces of the machine where it was trained.
"""

import ast
import gzip
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from yett import Guard
from yett.learning.metrics import wilson

LENGTHS = (200, 400, 700, 1500, 3000)
COUNT = 1000
SHORTEST = 60
BALANCED = 0.7
ORIGINS = ("user", "document")


def read(file: Path) -> str:
    """Return the text of *file*; nothing where there is none."""
    try:
        raw = file.read_bytes()
        return (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode(errors="replace")
    except OSError:
        return ""


def pieces(files: Iterable[Path], dice: Random) -> Iterator[str]:
    """Cut two pieces out of each of *files*."""
    for file in dice.sample(chosen := sorted(files), len(chosen)):
        text = read(file)
        for _ in range(2 if len(text) > LENGTHS[1] else 0):
            begin = dice.randrange(len(text) - LENGTHS[0])
            yield text[begin : begin + dice.choice(LENGTHS)]


def docstrings(files: Iterable[Path], dice: Random) -> Iterator[str]:
    """Take up to four docstrings of each of *files*."""
    for file in dice.sample(chosen := sorted(files), len(chosen)):
        try:
            nodes = [*ast.walk(ast.parse(read(file)))]
        except (SyntaxError, ValueError):
            continue
        known = [
            ast.get_docstring(each) for each in nodes if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef)
        ]
        told = [each for each in known if each and len(each) > SHORTEST]
        yield from dice.sample(told, min(4, len(told)))


def sets(folders: Iterable[Path]) -> Iterator[tuple[str, Iterator[str]]]:
    """Name what is looked through."""
    library, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    shared, dice = Path("/usr/share"), Random(7)
    yield "standard library, docstrings", docstrings(library.glob("[a-z]*/*.py"), dice)
    yield "standard library, code", pieces(library.glob("[a-z]*/*.py"), dice)
    yield "installed packages, docstrings", docstrings(packages.glob("*/**/*.py"), dice)
    yield "installed packages, code", pieces(packages.glob("*/**/*.py"), dice)
    yield "installed packages, read-me", pieces(packages.glob("*/METADATA"), dice)
    yield "manual pages", pieces(shared.glob("man/man*/*.gz"), dice)
    yield "other documentation", pieces(shared.glob("doc/*/*"), dice)
    for folder in folders:
        yield str(folder), pieces((file for file in folder.rglob("*") if file.is_file()), dice)


def taken_for_attack(guard: Guard, text: str, origin: str) -> bool:
    """Say whether *text* is denied, or dropped as an attack, which is what happens to a document."""
    verdict = guard.check(text, origin)
    found = any(each.kind.startswith("injection.") and each.score >= BALANCED for each in verdict.findings)
    return found or verdict.effect == "deny"


def main() -> None:
    """Print the shares that are taken for attacks."""
    guard = Guard.default()
    for name, found in sets(map(Path, sys.argv[1:])):
        texts = [text for text, _ in zip(found, range(COUNT), strict=False)]
        for origin in ORIGINS if texts else ():
            hits = wilson(sum(taken_for_attack(guard, text, origin) for text in texts), len(texts))
            print(f"{name}, {origin}: {hits.share:.2%} ({hits.low:.2%} to {hits.high:.2%}) of {hits.total}")


if __name__ == "__main__":
    main()
