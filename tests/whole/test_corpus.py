"""The corpus is what its README says: examples that parse, under their source, none of them twice."""

import unicodedata
from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.house.sources import ROOT
from yett.learning.corpus import LABELS, read_examples
from yett.model.segment import Origin

FOLDER = ROOT / "corpus"
FILES = sorted(FOLDER.glob("*.jsonl"))
FIELDS = {"text", "label", "source", "lang", "kind", "origin"}
ATTACKS = frozenset(
    (
        "override extraction persona obfuscation exfiltration tools many_shot refusal indirect persuasion fiction suffix"
    ).split()
)


def plain(text: str) -> str:
    """Return what is left of *text* without case, spaces and signs: two texts with the same are one."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower())) or text


def faults(line: bytes, source: str) -> list[str]:
    row = orjson.loads(line)
    found = [f"has no `{field}`" for field in sorted(FIELDS) if not str(row.get(field, "")).strip()]
    found += [f"has a field `{field}`" for field in sorted(row.keys() - FIELDS)]
    found += [f"is labelled `{row['label']}`"] if row.get("label") not in LABELS else []
    found += [f"is of the source `{row['source']}`"] if row.get("source") != source else []
    found += [f"is from `{row['origin']}`"] if row.get("origin") not in set(Origin) else []
    found += (
        [f"is an attack of the kind `{row['kind']}`"]
        if row.get("label") != "benign" and row.get("kind") not in ATTACKS
        else []
    )
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_line_is_an_example(file: Path) -> None:
    lines = file.read_bytes().splitlines()
    found = {number: faults(line, f"written_{file.stem}") for number, line in enumerate(lines, 1)}
    assert {number: said for number, said in found.items() if said} == {}
    assert len(list(read_examples(lines, file.name))) == len(lines)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": " "}, "has no `text`"),
        ({"label": "bad"}, "is labelled `bad`"),
        ({"source": "s"}, "is of the source `s`"),
        ({"origin": "moon"}, "is from `moon`"),
        ({"kind": "odd"}, "is an attack of the kind `odd`"),
        ({"more": "x"}, "has a field `more`"),
    ],
)
def test_faults_are_seen(row: dict[str, str], said: str) -> None:
    whole = {
        "text": "x",
        "label": "jailbreak",
        "source": "written_a",
        "lang": "en",
        "kind": "persona",
        "origin": "user",
    }
    assert faults(orjson.dumps(whole), "written_a") == []
    assert faults(orjson.dumps(whole | row), "written_a") == [said]


def test_no_text_is_there_twice() -> None:
    texts = Counter(plain(orjson.loads(line)["text"]) for file in FILES for line in file.read_bytes().splitlines())
    assert [text for text, times in texts.items() if times > 1] == []


def test_the_readme_tells_of_every_file() -> None:
    said = (FOLDER / "README.md").read_text("utf-8")
    assert FILES
    assert [file.name for file in FILES if f"`{file.name}`" not in said] == []
