"""
Ornaments: what separates, aligns and repeats in documents and code, and is innocent though it holds few words.

Rulers, banners, dotted leaders, frames of tables, dumps, escapes in rows, lists of names that look alike. Nothing of it is
language, and neither is what a search by gradients writes (see `gibberish`), so a classifier has to see both.
"""

from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["ornament"]

_Dice = np.random.Generator
_RULERS = (
    "-",
    "=",
    "#",
    "*",
    "~",
    "_",
    ".",
    "+",
    "/",
    "- ",
    ". ",
    "* ",
    "= ",
    "-=",
    "~-",
    "#-",
    "\\-",
    "\\s",
    "\\\\s",
    '.\\" ~',
)
_LEADERS = (".", ". ", "-", "_", " .")


def ornament(words: Sequence[str], dice: _Dice) -> str:
    """Draw an ornament; *words* stand in it where it has any."""
    return _ORNAMENTS[int(dice.integers(len(_ORNAMENTS)))](words, dice)


def _ruler(dice: _Dice) -> str:
    return _RULERS[int(dice.integers(len(_RULERS)))] * int(dice.integers(8, 90))


def _said(words: Sequence[str], dice: _Dice, most: int = 5) -> str:
    return " ".join(words[place] for place in dice.integers(0, len(words), 1 + int(dice.integers(most))))


def _name(words: Sequence[str], dice: _Dice) -> str:
    joint = ("_", "", ".", "-")[int(dice.integers(4))]
    parts = _said(words, dice, 4).split()
    return joint.join(part.capitalize() if joint == "" else part.lower() for part in parts)


def _banner(words: Sequence[str], dice: _Dice) -> str:
    edge, ruler = ("# ", "// ", " * ", '.\\" ', "; ", "")[int(dice.integers(6))], _ruler(dice)
    return "\n".join(edge + line for line in (ruler, _said(words, dice), ruler))


def _contents(words: Sequence[str], dice: _Dice) -> str:
    leader = _LEADERS[int(dice.integers(len(_LEADERS)))]
    lines = (f"{_said(words, dice)} {leader * int(dice.integers(5, 40))} {dice.integers(1, 400)}" for _ in range(6))
    return "\n".join(lines)


def _frame(words: Sequence[str], dice: _Dice) -> str:
    widths = dice.integers(4, 20, 1 + int(dice.integers(4))).tolist()
    line = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    rows = ("|" + "|".join(f" {_said(words, dice, 1)[:width]:{width}} " for width in widths) + "|" for _ in range(3))
    return "\n".join((line, *rows, line))


def _dump(dice: _Dice) -> str:
    def line(number: int) -> str:
        drawn = bytes(dice.integers(0, 256, 16).tolist())
        seen = "".join(chr(each) if 32 <= each < 127 else "." for each in drawn)  # noqa: PLR2004 - what can be printed
        return f"{number * 16:08x}  {drawn.hex(' ')}  |{seen}|"

    return "\n".join(line(number) for number in range(int(dice.integers(1, 9))))


def _names(words: Sequence[str], dice: _Dice) -> str:
    stem, joint = _name(words, dice), (",\n    ", " | ", "\n", ", ")[int(dice.integers(4))]
    names = [f"{stem}{_name(words, dice)}" for _ in range(int(dice.integers(4, 16)))]
    return joint.join(f"{name} as {name}" if joint[0] == "," and dice.random() < 0.3 else name for name in names)  # noqa: PLR2004


def _columns(words: Sequence[str], dice: _Dice) -> str:
    start = int(dice.integers(32, 240))
    rows = ((f"{code:03o}", str(code), f"0x{code:02X}", _said(words, dice).upper()) for code in range(start, start + 8))
    return "\n".join("\t".join(row) for row in rows)


_ORNAMENTS: Sequence[Callable[[Sequence[str], _Dice], str]] = (
    lambda _, dice: _ruler(dice),
    lambda _, dice: _dump(dice),
    lambda words, dice: f"{_said(words, dice)}\n{_ruler(dice)}\n{_said(words, dice)}",
    _banner,
    _contents,
    _frame,
    _names,
    _columns,
)
