"""
Phrases: examples written by rule, for what no collection has enough of.

A line may hold `{slot}`, any of a slot's words, and `{this|that}`, either; `{{` and `}}` are braces. Every line is used
about equally often, each time with other words, as long as there are any.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yett.learning.corpus import origin_of
from yett.learning.example import Example

__all__ = ["Grammar", "phrases", "read_grammar"]

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]+)\}")
_DEPTH = 4
_CAPITALISED = 0.7
_TRIES = 4
_BARREN = 8
"""Rounds without anything new, after which there is taken to be nothing."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Lines with holes, and what may stand in them."""

    source: str
    attack: bool
    slots: Mapping[str, Sequence[str]]
    lines: tuple[tuple[str, str], ...]
    """Kinds and lines."""


def read_grammar(data: object) -> Grammar:
    """
    Read *data*, a mapping of `source`, `label`, `slots` and `texts`.

    Raises:
        ValueError: it is no such thing, or names a slot that is not there.
    """
    match data:
        case {"source": str(source), "label": str(label), "slots": dict(slots), "texts": list(texts)}:
            lines = tuple((str(each["kind"]), str(line)) for each in texts for line in each["lines"])
        case _:
            raise ValueError("has no `source`, `label`, `slots` and `texts`")
    grammar = Grammar(source, label != "benign", {name: [str(word) for word in slots[name]] for name in slots}, lines)
    for _, line in lines:
        for hole in _HOLE.findall(line):
            if hole and "|" not in hole and hole not in grammar.slots:
                raise ValueError(f"has no slot `{hole}`")
    return grammar


def phrases(grammar: Grammar, count: int, seed: int = 0) -> list[Example]:
    """Make at most *count* examples by *grammar*, no two alike."""
    dice = np.random.default_rng(seed)
    made: dict[str, str] = {}
    barren = 0
    while len(made) < count and barren < _BARREN:
        before = len(made)
        for kind, line in _turns(grammar, count - len(made), dice):
            made.setdefault(_filled(line, grammar.slots, dice), kind)
        barren = barren + 1 if len(made) == before else 0
    return [
        Example(text, grammar.attack, grammar.source, origin_of(kind), kind) for text, kind in [*made.items()][:count]
    ]


def _turns(grammar: Grammar, count: int, dice: np.random.Generator) -> Iterator[tuple[str, str]]:
    for _ in range(_TRIES):
        for index in dice.permutation(len(grammar.lines))[:count].tolist():
            yield grammar.lines[index]


def _filled(line: str, slots: Mapping[str, Sequence[str]], dice: np.random.Generator) -> str:
    def fill(found: re.Match[str]) -> str:
        hole = found[1]
        if hole is None:
            return found[0]
        words = hole.split("|") if "|" in hole else slots[hole]
        return words[int(dice.integers(len(words)))]

    for _ in range(_DEPTH):
        line = _HOLE.sub(fill, line)
    text = line.replace("{{", "{").replace("}}", "}")
    return text[:1].upper() + text[1:] if dice.random() < _CAPITALISED else text
