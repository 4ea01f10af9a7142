"""
Tokens: a text as windows of word pieces, the way the encoder reads it.

Rules:

1. Training, evaluation and the running gateway cut texts here, so that all of them mean the same by a window.
2. A window holds at most 128 tokens, marks included; the next begins 96 tokens later, so that what lies across a border
   is read whole once.
3. Who wrote a text is part of it: a document's and a tool's windows begin with a word that says so. A text that begins
   with such a word by itself gains nothing: it is read with more suspicion, not with less.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tokenizers import Tokenizer

from yett.model.segment import Origin

__all__ = ["LONGEST", "STRIDE", "WINDOW", "Tokens"]

WINDOW = 128
"""Tokens of a window, its marks included."""
STRIDE = 96
"""Tokens from the beginning of a window to that of the next."""
LONGEST = 4096
"""Characters of a text that are read; detectors ask about windows of theirs, which are shorter."""
_MARKS: Mapping[Origin, str] = MappingProxyType(
    {Origin.DOCUMENT: "[document]", Origin.UNKNOWN: "[document]", Origin.TOOL: "[tool]"}
)


class Tokens:
    """Cuts texts into windows of the numbers of tokens."""

    def __init__(self, description: bytes) -> None:
        """
        Read the vocabulary and the rules of cutting from *description*, a `tokenizer.json`.

        Raises:
            ValueError: it is none.
        """
        self._tokenizer = Tokenizer.from_buffer(description)
        self._tokenizer.encode_special_tokens = True  # a text that says [SEP] or [PAD] says letters
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._begin, self._end = (self._number(word) for word in ("[CLS]", "[SEP]"))
        self._marks = {origin: self._pieces(mark) for origin, mark in _MARKS.items()}

    def windows(self, text: str, origin: Origin, most: int = 4) -> list[list[int]]:
        """Return up to *most* windows of *text*, from its beginning on; one, nearly empty, for a text without words."""
        pieces = self._pieces(text[:LONGEST].encode(errors="replace").decode())  # half a surrogate pair is no character
        mark = self._marks.get(origin, [])
        room = WINDOW - 2 - len(mark)
        starts = range(0, max(1, len(pieces) - room + STRIDE), STRIDE)[:most]
        return [[self._begin, *mark, *pieces[start : start + room], self._end] for start in starts]

    def _pieces(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _number(self, word: str) -> int:
        number = self._tokenizer.token_to_id(word)
        if number is None:
            raise ValueError(f"has no token `{word}`")
        return number
