"""
Turning: parts of a text that are written in rot13 or backwards, where they read better turned.

A few words say where it may be worth a try, in one pass over all of a text. Whether a sentence then reads better is told
by its pairs of letters: for rot13 by those that are frequent in English, and for what stands backwards by those that are
more frequent than their opposite (`th`, `nd`, a space before `a`). Of 3,000 lines of documentation none of the margins
below takes more than one in a thousand for turned, and of the same lines turned more than 97 in a hundred are seen.
"""

from collections.abc import Iterator

import re2

from yett.guard.piece import Piece, exact

__all__ = ["turned"]

_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)
_TELLING = [
    "the",
    "and",
    "you",
    "your",
    "all",
    "with",
    "that",
    "this",
    "for",
    "from",
    "are",
    "not",
    "what",
    "how",
    "ignore",
    "disregard",
    "forget",
    "previous",
    "prior",
    "above",
    "earlier",
    "instructions",
    "instruction",
    "rules",
    "system",
    "prompt",
    "reveal",
    "print",
    "show",
    "tell",
    "password",
    "secret",
    "guidelines",
    "safety",
    "pretend",
    "override",
    "bypass",
]
_HIDDEN = "|".join([*(word.translate(_ROT13) for word in _TELLING), *(word[::-1] for word in _TELLING)])
_HINT = re2.compile(rf"(?i)\b(?:{_HIDDEN})\b".encode())
_SENTENCE = re2.compile(rf'(?i)[^\n.!?:;"()]*\b(?:{_HIDDEN})\b[^\n.!?:;"()]*'.encode())
_FREQUENT = tuple(
    "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur ro".split()  # noqa: SIM905 - as above
)
_FORWARD = tuple(
    pair.replace("_", " ")
    for pair in [
        "he",
        "th",
        "_i",
        "nt",
        "nd",
        "e_",
        "in",
        "ea",
        "ha",
        "ch",
        "wi",
        "nc",
        "hi",
        "_c",
        "ng",
        "_b",
        "io",
        "y_",
        "mp",
        "ho",
        "ns",
        "rs",
        "rn",
        "_a",
        "ex",
        "_w",
        "ue",
        "ct",
        "be",
        "wh",
        "co",
        "on",
        "xt",
        "ou",
        "pr",
        "cl",
        "ck",
        "as",
        "s_",
        "qu",
        "is",
        "n_",
        "st",
        "_u",
        "bj",
        "by",
        "an",
        "ly",
        "ke",
        "al",
        "pl",
        "me",
        "_p",
        "le",
        "g_",
        "or",
        "ry",
        "ve",
        "je",
        "rm",
    ]
)
_BETTER = 0.05
_FEWEST = 8


def turned(text: str, data: bytes) -> Iterator[Piece | None]:
    """
    Yield the parts of *text* that read better in rot13 or backwards, so read; None for one that does not.

    *data* is the text with one byte for each character.
    """
    for found in _SENTENCE.finditer(data):
        start, end = found.span()
        piece = _better(text[start:end], start)
        if piece is None:
            # Words that are turned may stand in a sentence that is not.
            hints = [hint.span() for hint in _HINT.finditer(data, start, end)]
            first, last = hints[0][0], hints[-1][1]
            piece = _better(text[first:last], first)
        yield piece


def _better(written: str, start: int) -> Piece | None:
    """Return *written*, which stands at *start*, turned the way in which it reads better."""
    if len(written) < _FEWEST:
        return None
    lowered = written.lower()
    least = len(written) * _BETTER
    if _count(lowered.translate(_ROT13), _FREQUENT) > _count(lowered, _FREQUENT) + least:
        return exact("rot13", start, written.translate(_ROT13))
    if _count(lowered[::-1], _FORWARD) > _count(lowered, _FORWARD) + least:
        end = start + len(written)
        return Piece("reversed", start, end, written[::-1], range(end - 1, start - 1, -1), range(end, start, -1))
    return None


def _count(text: str, pairs: tuple[str, ...]) -> int:
    return sum(map(text.count, pairs))
