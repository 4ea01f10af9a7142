"""
Disguises: what people do to a text so that a filter does not know it again.

Each is a pure function of the text. An innocent text in disguise is still innocent.
"""

import base64
import codecs
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from yett.learning.example import Example

__all__ = ["DISGUISES", "disguised"]

_LONGEST = 400
"""Characters of a text that is disguised; nobody hides a novel."""
_LEET = str.maketrans("aeiostAEIOST", "4310574310$7")
_LOOK_ALIKES = str.maketrans("aeopcxy", "аеорсху")  # noqa: RUF001 - Cyrillic letters are what it is about


def _spaced(text: str) -> str:
    return "   ".join(" ".join(word) for word in text.split())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _mixed(text: str) -> str:
    """Turn every other letter that has a double in another script into that."""
    return "".join(letter.translate(_LOOK_ALIKES) if index % 2 else letter for index, letter in enumerate(text))


DISGUISES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "base64": _base64,
        "capitals": str.upper,
        "hex": lambda text: text.encode().hex(),
        "leet": lambda text: text.translate(_LEET),
        "look-alikes": _mixed,
        "reversed": lambda text: text[::-1],
        "rot13": lambda text: codecs.encode(text, "rot13"),
        "spaced": _spaced,
        "tags": lambda text: "".join(chr(0xE0000 + ord(each)) if " " <= each <= "~" else each for each in text),
        "zero-width": "\u200b".join,
    },
)
"""Every disguise by its name."""


def disguised(examples: Iterable[Example], share: float, seed: int = 0) -> list[Example]:
    """Return a *share* of those *examples* that are short and in ASCII, each in a disguise that is drawn by *seed*."""
    dice, names = np.random.default_rng(seed), sorted(DISGUISES)
    short = [example for example in examples if len(example.text) <= _LONGEST and example.text.isascii()]
    drawn = [example for example in short if dice.random() < share]
    ways = [names[place] for place in dice.integers(0, len(names), len(drawn))]
    return [replace(each, text=DISGUISES[way](each.text), kind=way) for each, way in zip(drawn, ways, strict=True)]
