"""
Pseudonyms: placeholders that stay stable within a conversation.

The same value gets the same typed placeholder, numbered by first appearance. A conversation is sent again with every
turn, so the numbers are the same at every turn and need no store. A placeholder that the texts already hold is never
given out, or a caller could ask for what another value hides behind it.
"""

import re
from collections.abc import Iterable

__all__ = ["Pseudonyms"]

_PLACEHOLDER = re.compile(r"<[^<>\s]+_\d+>")


class Pseudonyms:
    """The placeholders of one conversation."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Avoid every placeholder that occurs in *texts*."""
        self._texts = texts
        self._taken: set[str] | None = None
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def of(self, kind: str, value: str) -> str:
        """Return the placeholder of *value*, such as `<EMAIL_1>` for an e-mail address."""
        if self._taken is None:  # most conversations never need one
            self._taken = {found for text in self._texts for found in _PLACEHOLDER.findall(text)}
        word = kind.partition(".")[2].upper() or kind.upper()
        key = (word, value.casefold())
        while key not in self._given:
            self._counts[word] = self._counts.get(word, 0) + 1
            placeholder = f"<{word}_{self._counts[word]}>"
            if placeholder not in self._taken:
                self._given[key] = placeholder
        return self._given[key]
