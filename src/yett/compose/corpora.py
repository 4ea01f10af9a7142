"""
Corpora: the texts that a classifier is trained and measured on, read from files.

Beside what is handed in there are two kinds: examples that are written by rule (`yett/learning/data`), and innocent texts
that any machine with Python has: the standard library, installed packages and what they say of themselves. The latter
are never copied anywhere; what is learnt of them is numbers.
"""

import gzip
import sysconfig
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml

from yett.learning.corpus import read_examples
from yett.learning.example import Example
from yett.learning.gibberish import gibberish, tokens
from yett.learning.phrases import phrases, read_grammar
from yett.model.errors import OperatorError, Place, Problem
from yett.model.segment import Origin

__all__ = ["noise", "read_corpus", "surroundings", "written_by_rule"]

_SUFFIXES = (".jsonl", ".jsonl.gz")
_ORIGINS = (Origin.USER, Origin.DOCUMENT, Origin.TOOL)
_LENGTHS = (300, 1000, 3000)
_SHORTEST, _SHORT = 80, 200
_PIECES = 5
"""Of a file at most."""
_SHARED = Path("/usr/share")
_DOCUMENTS = {".md", ".rst", ".txt"}
_NOTICES = ("METADATA", "LICENSE", "COPYING", "NOTICE", "copyright", "README", "TODO", "changelog")
_NOTES = {*_DOCUMENTS, ".html", ".texi", ".gz", ".example"}
_SOURCES = {
    *_DOCUMENTS,
    ".c",
    ".css",
    ".h",
    ".html",
    ".js",
    ".json",
    ".pl",
    ".pm",
    ".pod",
    ".sh",
    ".sql",
    ".tcl",
    ".xml",
}
_GRAMMARS = {"innocents": 2000, "assaults": 1400}
_NOISE = {"gibberish": 700, "tokens": 700}


def read_corpus(paths: Iterable[Path]) -> list[Example]:
    """
    Read the examples in *paths*: files of lines of JSON, gzipped or not, or folders of such.

    Raises:
        OperatorError: one cannot be read, or holds something that is no example.
    """
    examples: list[Example] = []
    for path in paths:
        inside = sorted(each for each in path.iterdir() if each.name.endswith(_SUFFIXES)) if path.is_dir() else [path]
        for file in inside:
            examples += _read(file)
    if not examples:
        place = ", ".join(str(path) for path in paths)
        raise OperatorError(Problem(Place(place), "empty", "holds no examples", "name files of lines of JSON"))
    return examples


def _read(file: Path) -> list[Example]:
    try:
        with gzip.open(file) if file.name.endswith(".gz") else file.open("rb") as lines:
            return list(read_examples(lines, str(file)))
    except (OSError, EOFError) as error:
        why = (getattr(error, "strerror", None) or "is no gzip file").lower()
        raise OperatorError(Problem(Place(str(file)), "unreadable-file", f"`{file}` {why}")) from None


def written_by_rule(seed: int) -> list[Example]:
    """Return the examples that are written by rule, innocent and not."""
    made = []
    for name, count in _GRAMMARS.items():
        text = (files("yett.learning") / "data" / f"{name}.yaml").read_text("utf-8")
        made += phrases(read_grammar(yaml.safe_load(text)), count, seed)
    return made


def noise(examples: Iterable[Example], seed: int) -> list[Example]:
    """Return gibberish, and what looks like it, around requests and out of pieces that innocent *examples* have."""
    innocent = [example for example in examples if not example.attack]
    requests = [example.text for example in innocent if example.origin is Origin.USER and len(example.text) < _SHORT]
    texts = [example.text for example in innocent]
    if not requests:
        return []
    return gibberish(requests, texts, _NOISE["gibberish"], seed) + tokens(requests, _NOISE["tokens"], seed)


def surroundings(count: int, seed: int) -> list[Example]:
    """
    Return up to *count* innocent texts of each kind that this machine has, drawn by *seed*.

    Those are the standard library, installed packages and their documentation, and where there are any the manuals,
    notes, licences, headers, scripts and data of what else is installed.
    """
    library, installed = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    places: Sequence[tuple[str, Path, Callable[[Path], bool]]] = (
        ("machine_library", library, lambda path: path.suffix == ".py" and installed not in path.parents),
        ("machine_packages", installed, lambda path: path.suffix == ".py"),
        ("machine_documents", installed, lambda path: path.suffix in _DOCUMENTS or path.name.startswith(_NOTICES)),
        ("machine_manuals", _SHARED / "man", lambda path: path.suffix == ".gz"),
        ("machine_notes", _SHARED / "doc", lambda path: path.suffix in _NOTES or path.name.startswith(_NOTICES)),
        ("machine_sources", _SHARED, lambda path: path.suffix in _SOURCES),
    )
    dice = np.random.default_rng(seed)
    return [example for name, root, wanted in places for example in _cuttings(name, root, wanted, (count, dice))]


def _cuttings(
    source: str, root: Path, wanted: Callable[[Path], bool], drawn: tuple[int, np.random.Generator]
) -> Iterator[Example]:
    """Yield pieces of the files below *root* that are *wanted*; of each a few, where there are not files enough."""
    count, dice = drawn
    paths = sorted(path for path in root.rglob("*") if wanted(path) and path.is_file())
    turns = [place for _ in range(_PIECES) for place in dice.permutation(len(paths)).tolist()]
    for place in turns[:count]:
        text = _text_of(paths[place])
        length = _LENGTHS[int(dice.integers(len(_LENGTHS)))]
        start = int(dice.integers(max(1, len(text) - length)))
        cutting = text[start : start + length].strip()
        if len(cutting) >= _SHORTEST:
            yield Example(cutting, attack=False, source=source, origin=_ORIGINS[int(dice.integers(3))], kind=source)


def _text_of(file: Path) -> str:
    """Read *file*; nothing of one that is no text or cannot be read."""
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error):
        return ""
    return "" if b"\0" in raw else raw.decode("utf-8", "replace")
