"""
Holes: where rules that are alike may differ, found in their text.

A rule's name, its reason, and the values of comparisons may differ; of a value only its kind is looked at. What has no kind
of its own, such as `true`, belongs to what must be the same.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from yett.policy.nodes import resolved
from yett.policy.values import Scalar

__all__ = [
    "MARK",
    "MARK_WORD",
    "Hole",
    "Holes",
    "Parted",
    "filled",
    "holes_of",
    "kind_of",
    "marked",
    "parted",
    "rules_in",
]

_PLAIN = r"(?:[A-Za-z0-9_/]|[-+.](?=[A-Za-z0-9]))[A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*"
_QUOTED = r'"[^"\\\n$]+"|' + r"'[^'\n$]+'"
_HOLE = re.compile(
    r": (?:(?<=value: )|(?<=reason: )|(?<=[{ ]id: ))"
    rf"(\[[^\][{{}}#:\"'$\n]+\]|{_QUOTED}|{_PLAIN}(?=[,\n}}\] ]|\Z))"
)
"""What may differ between rules that are alike, with the colon before it, which is what is searched for."""
_WORD = re.compile(_PLAIN)
_RULES = re.compile(r"\nrules: *\n")
_BEHIND = re.compile(r"\n[^ #\n-]")
"""What stands behind the rules begins a line."""
_IDLE = re.compile(r"^ *(?:#[^\n]*)?\n", re.MULTILINE)
"""A line that says nothing."""
_QUOTES = frozenset("\"'")
_FIRST = re.compile(r"( *)- ")
MARK = 900_000_000
"""Marks are the numbers from it on, or words that tell them."""
MARK_WORD = "Mark"
"""What such a word begins with."""
_new = tuple.__new__
_Value = Scalar | tuple[Scalar, ...]


class Hole(NamedTuple):
    """What stands in one place of a rule: *kind* says what of it must be the same in rules that are alike."""

    kind: str
    text: str
    """As a name it would be this."""
    value: _Value | None = None
    """None where it belongs to what must be the same."""


class Parted(NamedTuple):
    """The text of a document."""

    rest: str
    """All but its rules, in the same lines."""
    rules: str
    """Its rules, without lines that say nothing."""
    indent: str
    """How far they are indented."""


def parted(text: str) -> Parted | None:
    """Part the text of a document from its rules; None where it is not plain where they are."""
    begins = list(_RULES.finditer(f"\n{text}"))
    if len(begins) != 1:
        return None
    start = begins[0].end() - 1
    behind = _BEHIND.search(text, start - 1)
    end = behind.start() + 1 if behind else len(text)
    body = text[start:end].rstrip("\n") + "\n"
    if "#" in body or "\n\n" in body:
        body = _IDLE.sub("", body)
    first = _FIRST.match(body)
    if first is None:
        return None
    begun = (f"{first[1]}- ", f"{first[1]}  ")
    if not all(line.startswith(begun) for line in body.split("\n")[:-1]):
        return None
    lines = "\n" * text.count("\n", start, end)
    return Parted(f"{text[: begins[0].start()]}rules: []\n{lines}{text[end:]}", body, first[1])


def rules_in(body: str, indent: str) -> Iterator[str]:
    """Part rules where a line begins with a dash at their indentation."""
    start = f"{indent}- "
    rules = body.removesuffix("\n").split(f"\n{start}")
    return chain((f"{rules[0]}\n",), (f"{start}{rule}\n" for rule in rules[1:]))


class Holes(dict[str, Hole]):
    """Holes by their texts."""

    def __missing__(self, text: str) -> Hole:
        hole = self[text] = _listed(text) if text[0] == "[" else _single(text)
        return hole


def holes_of(rule: str, known: Holes) -> tuple[list[str], list[Hole]]:
    """Part the text of a *rule*, into what must be the same and what may differ, in turn; return the latter's holes, too."""
    parts = _HOLE.split(rule)
    return parts, list(map(known.__getitem__, parts[1::2]))


def filled(parts: Sequence[str]) -> str:
    """Return the text of a rule that was split into *parts*."""
    return "".join([parts[0], *[f": {hole}{rest}" for hole, rest in zip(parts[1::2], parts[2::2], strict=True)]])


def _single(text: str) -> Hole:
    if text[0] in _QUOTES:
        return Hole("word", text[1:-1], text[1:-1])
    if text[0].isalpha() and resolved(text) is text:
        return _new(Hole, ("word", text, text))
    try:
        value = resolved(text)
    except ValueError:
        value = None
    if isinstance(value, str):
        return Hole("word", text, value)
    if isinstance(value, bool) or value is None or value - value != 0:
        return Hole(f"={text}", text)
    return _new(Hole, ("number", text, value))


def _listed(text: str) -> Hole:
    words = [word.strip(" ") for word in text[1:-1].split(",")]
    if not all(_WORD.fullmatch(word) for word in words):
        return Hole(f"={text}", text)
    holes = [_single(word) for word in words]
    values = tuple([hole.value for hole in holes if hole.value is not None and not isinstance(hole.value, tuple)])
    kinds = {hole.kind for hole in holes}
    return Hole(f"list of {kinds.pop()}s", text, values) if len(kinds) == 1 and values else Hole(f"={text}", text)


def kind_of(parts: list[str], holes: Sequence[Hole]) -> str:
    """Return what must be the same in rules that are alike."""
    return "\0".join((*parts[::2], *[hole.kind for hole in holes]))


def marked(hole: Hole, number: int) -> Hole:
    """Return a hole of the same kind with the mark of that *number* in it; one that must be the same stays."""
    if hole.value is None:
        return hole
    word, mark = f"{MARK_WORD}{MARK + number}", MARK + number
    match hole.kind:
        case "word":
            return Hole(hole.kind, word, word)
        case "number":
            return Hole(hole.kind, str(mark), mark)
        case "list of words":
            return Hole(hole.kind, f"[{word}]", (word,))
        case _:
            return Hole(hole.kind, f"[{mark}]", (mark,))
