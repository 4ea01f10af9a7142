"""
Disguises: what people do to a text so that a filter does not know it again.

Each is a pure function of the text. An innocent text in disguise is still innocent.
"""

import base64
import codecs
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["DISGUISES"]

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
