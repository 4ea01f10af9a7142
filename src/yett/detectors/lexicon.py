"""
Lexicon: words that mean alike, in many languages, under one number.

What is learnt of `ignore … instructions` in one language then holds for its like in all others. An entry is one to three
words as `letters` cuts them, so each character of Chinese is a word; a star at the end stands for whatever follows the
first five letters of a single word.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

__all__ = ["STEM", "Lexicon", "read_lexicon"]

STEM = 5
"""So many letters of a word are its stem."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by their meaning; meanings count from 1."""

    meanings: tuple[str, ...]
    entries: Mapping[str, int]


def read_lexicon(text: str) -> Lexicon:
    """Read *text*, YAML that maps each meaning to its words, separated by commas; the first meaning of a word counts."""
    data = yaml.safe_load(text)
    entries: dict[str, int] = {}
    for number, words in enumerate(data.values(), 1):
        for entry in ",".join(words).split(","):
            entries.setdefault(_plain(entry.strip()), number)
    return Lexicon(tuple(data), entries)


def _plain(entry: str) -> str:
    """Write *entry* as texts are read: in lower case, Latin letters without accents."""
    return "".join(map(_bare, unicodedata.normalize("NFC", entry).lower()))


def _bare(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if bare.isascii() else character
