"""
Gibberish: what a search by gradients writes behind a request, and what is innocent though nobody can read it.

Such strings are pieces of words, signs of code and scraps of other languages in no order, as A. Zou et al. (Universal and
Transferable Adversarial Attacks on Aligned Language Models, 2023) find them, and requests with a share of their letters
changed. The counterpart is what looks random for a reason: keys, digests, addresses, formulas, tables, parts of code.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from yett.learning.example import Example
from yett.learning.ornaments import ornament

__all__ = ["gibberish", "tokens"]

_Dice = np.random.Generator
_Thing = TypeVar("_Thing")
_PIECE = re.compile(r"\w+|[^\w\s]+")
_OPENERS = tuple(
    word
    for line in (
        "Sure Here is Here's tutorial Step Write paragraph opposite Please == ![ ]( two similarly now sentence revert",
        "INST [/ </ ## -- !! interface {$ }} ]] :: print list Begin Title",
    )
    for word in line.split()
)
"""What makes a model begin to answer, and what closes what it believes to be open."""
_LONG_WORD, _LONGEST = 5, 8
_HALF, _SPLIT, _CHANGED, _REPEATED, _OPENING, _CAPITAL, _APART, _ORNAMENTS = 0.5, 0.6, 0.3, 0.05, 0.12, 0.15, 0.55, 0.5
"""Shares of what is drawn."""
_FEWEST, _MOST = 0.06, 0.18
"""Of the letters of a changed request, at least and at most so many are changed."""
_NOISE_FIRST = (0.1, 0.1, 0.1, 0.7)
_TOKEN_FIRST = (0.2, 0.5, 0.3)
_HEXADECIMAL = "0123456789abcdef"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYS = "asdfghjklqwertyuiop"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + _LETTERS + "0123456789+/"
_FORMULAS = (
    r"\frac{%s}{%s}",
    r"\sum_{%s}^{%s} x_i^2",
    r"\int_{%s}^{%s} f(x)\,dx",
    r"\left( %s, %s \right)",
    "$%s_{%s}$",
)


def gibberish(requests: Sequence[str], texts: Sequence[str], count: int, seed: int = 0) -> list[Example]:
    """Write *count* attacks: one of *requests* each, and a string of pieces of *texts* behind, before or around it."""
    dice = np.random.default_rng(seed)
    pieces = [piece for text in texts for piece in _pieces(text, dice)]
    signs = [piece for piece in pieces if not piece[0].isalnum()]
    made = []
    for _ in range(count):
        request, noise = _one(requests, dice), _string((pieces, pieces, signs), dice)
        if dice.random() < _CHANGED:
            request = _garbled(request, dice)
        ways = (noise, f"{noise} {request}", f"{request}\n{noise}", f"{request} {noise}")
        text = ways[int(dice.choice(len(ways), p=_NOISE_FIRST))]
        made.append(Example(text, attack=True, source="authored_gibberish", kind="suffix"))
    return made


def tokens(requests: Sequence[str], count: int, seed: int = 0) -> list[Example]:
    """Write *count* innocent texts: what looks random for a reason, or is an ornament, alone and with one of *requests*."""
    dice = np.random.default_rng(seed)
    words = [word for request in requests for word in request.split()]
    made = []
    for _ in range(count):
        request = _one(requests, dice)
        token = ornament(words, dice) if dice.random() < _ORNAMENTS else _one(_REASONS, dice)(dice)
        ways = (token, f"{request} {token}", f"{token}\n{request}")
        text = ways[int(dice.choice(len(ways), p=_TOKEN_FIRST))]
        made.append(Example(text, attack=False, source="authored_tokens", kind="tokens"))
    return made


def _one(things: Sequence[_Thing], dice: _Dice) -> _Thing:
    return things[int(dice.integers(len(things)))]


def _pieces(text: str, dice: _Dice) -> list[str]:
    """Take *text* apart as a tokenizer may: words, some of them in two, and signs."""
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if piece[0].isalnum() and len(piece) > _LONG_WORD and dice.random() < _SPLIT:
            place = int(dice.integers(2, len(piece) - 1))
            found += [piece[:place], piece[place:]]
        else:
            found.append(piece[:_LONGEST])
    return found


def _string(pools: Sequence[Sequence[str]], dice: _Dice) -> str:
    length = int(dice.integers(8, 36))
    if dice.random() < _REPEATED:
        return ("!" + " " * int(dice.integers(2))) * length  # where such a search begins
    drawn: list[str] = []
    for _ in range(length):
        piece = _one(_OPENERS, dice) if dice.random() < _OPENING else _one(_one(pools, dice), dice)
        drawn.append(piece.capitalize() if dice.random() < _CAPITAL else piece)
        if dice.random() < _APART:
            drawn.append(" ")
    return "".join(drawn).strip()


def _garbled(text: str, dice: _Dice) -> str:
    """Replace some letters of *text*, and put signs behind others."""
    share = dice.uniform(_FEWEST, _MOST)
    letters = []
    for letter in text:
        if dice.random() < share:
            sign = chr(int(dice.integers(33, 127)))
            letters.append(sign if dice.random() < _HALF else letter + sign)
        else:
            letters.append(letter)
    return "".join(letters)


def _random(dice: _Dice, letters: str, least: int, most: int) -> str:
    return "".join(letters[place] for place in dice.integers(0, len(letters), int(dice.integers(least, most + 1))))


def _words(dice: _Dice, letters: str, count: int, between: str = " ") -> str:
    return between.join(_random(dice, letters, 2, 8) for _ in range(1 + int(dice.integers(count))))


def _formula(dice: _Dice) -> str:
    return _one(_FORMULAS, dice) % (_one("abcn01", dice), _one("xyz23", dice))


_REASONS: Sequence[Callable[[_Dice], str]] = (
    lambda dice: _random(dice, _HEXADECIMAL, 32, 64),
    lambda dice: _random(dice, _BASE64, 20, 120) + "=",
    lambda dice: "-".join(_random(dice, _HEXADECIMAL, size, size) for size in (8, 4, 4, 4, 12)),
    lambda dice: " ".join(_formula(dice) for _ in range(1 + int(dice.integers(5)))),
    lambda dice: _words(dice, _KEYS, 6),
    lambda dice: (
        f"https://{_random(dice, _LETTERS, 4, 9)}.example/?{_random(dice, _LETTERS, 1, 4)}={_random(dice, _BASE64, 8, 16)}"
    ),
    lambda dice: _words(dice, "0123456789.", 9, " | "),
    lambda dice: f"/^[A-Z]{{2,{dice.integers(3, 9)}}}\\d+(?:[-_]\\w+)*$/gi",
    lambda dice: f"{_random(dice, 'ABCDEFG', 3, 4)}-{_random(dice, '0123456789', 4, 6)}/{_random(dice, 'XYZ', 1, 2)}",
    lambda dice: (
        f"{_words(dice, _LETTERS, 3, '=')};{_words(dice, _LETTERS, 3, '_')}({_words(dice, _LETTERS, 3, ', ')}){{}}"
    ),
)
