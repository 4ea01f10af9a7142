"""
Corpus: labelled texts, read from lines of JSON.

A line is an object with `text` and `label`, and may have `source`, `origin`, `kind`, `lang` and `licence`. The labels
are `benign`, `injection` and `jailbreak`; `attack`, numbers and booleans are understood, too. Where a line does not say
who wrote its text, its kind may (`indirect_tool` was returned by a tool); else a user did.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import orjson

from yett.learning.example import Example
from yett.model.errors import OperatorError, Place, Problem
from yett.model.segment import Origin

__all__ = ["LABELS", "origin_of", "read_examples"]

_ATTACKS = ("injection", "jailbreak", "attack", 1, True)
_BENIGN = ("benign", 0, False)
LABELS = ("benign", "injection", "jailbreak")
"""How texts are labelled."""
_FIELDS = ("source", "kind", "lang", "licence")
_BY_KIND: Mapping[str, Origin] = MappingProxyType(
    {
        "doc": Origin.DOCUMENT,
        "email": Origin.DOCUMENT,
        "passage": Origin.DOCUMENT,
        "policy": Origin.DOCUMENT,
        "poisoning": Origin.DOCUMENT,
        "table": Origin.DOCUMENT,
        "tool": Origin.TOOL,
    },
)
_MOST_PROBLEMS = 20


def origin_of(kind: str) -> Origin:
    """Return who is taken to have written a text of *kind*: `indirect_tool` a tool, `rag_poisoning` a document's author."""
    words = kind.partition(":")[0].split("_")
    if words[-1] == "definition":  # what an application's builder declares is no tool's result
        return Origin.USER
    return next((_BY_KIND[word] for word in words if word in _BY_KIND), Origin.USER)


def read_examples(lines: Iterable[bytes], file: str) -> Iterator[Example]:
    """
    Read one example from each of *lines* that is not blank; *file* names them in complaints.

    Raises:
        OperatorError: lines are no examples; it names up to twenty of them.
    """
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _example(line, file)
        except ValueError as error:
            problems.append(Problem(Place(file, number), "bad-example", str(error), _HINT))
            if len(problems) == _MOST_PROBLEMS:
                break
    if problems:
        raise OperatorError(*problems)


_HINT = 'write one JSON object a line, such as `{"text": "…", "label": "benign"}`'


def _example(line: bytes, file: str) -> Example:
    try:
        row = orjson.loads(line.removeprefix(BOM_UTF8))
    except orjson.JSONDecodeError:
        raise ValueError("is not JSON" if _is_text(line) else "is not UTF-8") from None
    if not isinstance(row, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - what is wrong is the data
    text, label = row.get("text"), row.get("label")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("has no `text`")
    if label is None:
        raise ValueError("has no `label`")
    if label not in _ATTACKS and label not in _BENIGN:
        raise ValueError(f"has the label `{label}`, not one of {', '.join(f'`{each}`' for each in LABELS)}")
    source, kind, language, licence = (_word(row, field) for field in _FIELDS)
    return Example(text, label in _ATTACKS, source or file, _origin(row, kind), kind, language, licence)


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _word(row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"has a `{field}` that is no text")  # noqa: TRY004 - what is wrong is the data
    return value


def _origin(row: Mapping[str, object], kind: str) -> Origin:
    written = _word(row, "origin")
    if not written:
        return origin_of(kind)
    if written not in tuple(Origin):
        raise ValueError(f"has the origin `{written}`, not one of {', '.join(f'`{each}`' for each in Origin)}")
    return Origin(written)
