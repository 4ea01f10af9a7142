"""
Tokens: a line of CEL cut into words, literals and signs.

Rules:

1. What CEL has and `when` does not is refused by its name (`OutsideError`); what is no CEL at all is `MalformedError`.
   Nothing is read as something else than CEL means by it.
2. Comments are refused: YAML folds lines together, and then one would swallow the next line.
"""

import math
import re
from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["MalformedError", "OutsideError", "Token", "Type", "WhenError", "tokens"]

_MAX_CHARACTERS = 64 * 1024
_MAX_INTEGER = 2**63
"""CEL's integers have 64 bits."""
_SURROGATES = range(0xD800, 0xE000)
_LAST_CHARACTER = 0x10FFFF
_TOKEN = re.compile(
    r"""(?P<blank>[\t\n\f\r ]+)
    | (?P<comment>//)
    | (?P<hexadecimal>0x[0-9a-fA-F]+)
    | (?P<double>[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)? | [0-9]+[eE][-+]?[0-9]+)
    | (?P<integer>[0-9]+)
    | (?P<string>(?:[rR]?[bB]?|[bB][rR])(?:\"\"\"|'''|\"|'))
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>&&|\|\||==|!=|<=|>=|[-!<>()\[\],.{}?:+*/%])""",
    re.VERBOSE,
)
_ESCAPED = MappingProxyType(
    {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    | {char: char for char in ("\\", "?", '"', "'", "`")}
)
_CODE = re.compile(r"[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})")
_OCTAL = re.compile(r"[0-3][0-7]{2}")


class WhenError(ValueError):
    """A line of CEL that cannot be used; *at* is the offset of what is wrong."""

    def __init__(self, at: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.hint = hint


class MalformedError(WhenError):
    """It is no CEL."""


class OutsideError(WhenError):
    """It is CEL, outside the part that is read."""


class Type(Enum):
    """What a token is."""

    WORD = "word"
    LITERAL = "literal"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """One token; *value* is that of a literal."""

    type: Type
    text: str
    at: int
    value: str | int | float = ""


def tokens(text: str) -> Iterator[Token]:
    """
    Cut *text* into tokens, an end last.

    Raises:
        WhenError: there is something in it that cannot be read.
    """
    if len(text) > _MAX_CHARACTERS:
        raise MalformedError(0, f"more than {_MAX_CHARACTERS} characters", "split the rule")
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _strange(text, at)
        if found.lastgroup == "comment":
            raise OutsideError(at, "comments are not read here", "put a YAML comment, `#`, above")
        end = found.end()
        if found.lastgroup == "string":
            value, end = _string(text, at, found[0])
            yield Token(Type.LITERAL, text[at:end], at, value)
        elif found.lastgroup in {"hexadecimal", "double", "integer"}:
            yield Token(Type.LITERAL, found[0], at, _number(text, found))
        elif found.lastgroup != "blank":
            yield Token(Type.WORD if found.lastgroup == "word" else Type.SIGN, found[0], at)
        at = end
    yield Token(Type.END, "", at)


def _strange(text: str, at: int) -> WhenError:
    char = text[at]
    if text.startswith("=~", at):
        return MalformedError(at, "`=~` has no meaning here", "a pattern is asked by `field.matches(…)`")
    hint = {
        "=": "equality is `==`",
        "&": "conjunction is `&&`",
        "|": "disjunction is `||`",
        "$": "constants have no `$`",
        "`": "strings stand in quotes",
        "“": "strings stand in straight quotes",
        "”": "strings stand in straight quotes",
    }
    return MalformedError(at, f"`{char}` has no meaning here", hint.get(char, ""))


def _number(text: str, found: re.Match[str]) -> int | float:
    at, after = found.start(), text[found.end() : found.end() + 1]
    if after in {"u", "U"}:
        raise OutsideError(at, f"`{found[0]}{after}` is an unsigned number", "leave the `u` out")
    if after.isalnum() or after == "_":
        raise MalformedError(at, f"`{found[0]}{after}` is no number")
    if found.lastgroup == "double":
        number = float(found[0])
        if not math.isfinite(number):
            raise MalformedError(at, f"`{found[0]}` is too large a number")
        return number
    digits = found[0] if found.lastgroup == "integer" else found[0][2:]
    # The one of 20 digits that fits has a minus before it, so it is measured when that has been seen.
    if (
        len(digits.lstrip("0")) > len(str(_MAX_INTEGER))
        or (integer := int(digits, 10 if found.lastgroup == "integer" else 16)) > _MAX_INTEGER
    ):
        raise MalformedError(at, f"`{found[0]}` is too large a number", "integers have 64 bits")
    return integer


def _string(text: str, at: int, opening: str) -> tuple[str, int]:
    """Read the string that begins *at*; return it, and where it ends."""
    prefix, quote = opening.rstrip("\"'").lower(), opening.lstrip("rRbB")
    if "b" in prefix:
        raise OutsideError(at, "bytes are not read here", "write a string, without `b`")
    if len(quote) > 1:
        raise OutsideError(at, "strings in three quotes are not read here", f"write it in one `{quote[0]}`")
    here, chars = at + len(opening), list[str]()
    while here < len(text) and text[here] not in {quote, "\n", "\r"}:
        if text[here] == "\\" and not prefix:
            char, here = _escape(text, here)
            chars.append(char)
        else:
            chars.append(text[here])
            here += 1
    if text[here : here + 1] != quote:
        raise MalformedError(at, "the string does not end", f"`{quote}` is missing")
    return "".join(chars), here + 1


def _escape(text: str, at: int) -> tuple[str, int]:
    """Read the escape that begins *at*; return its character, and where it ends."""
    letter = text[at + 1 : at + 2]
    if letter in _ESCAPED:
        return _ESCAPED[letter], at + 2
    if octal := _OCTAL.match(text, at + 1):
        return chr(int(octal[0], 8)), octal.end()
    if code := _CODE.match(text, at + 1):
        point = int(code[code.lastindex or 0], 16)
        if point not in _SURROGATES and point <= _LAST_CHARACTER:
            return chr(point), code.end()
        raise MalformedError(at, f"`\\{code[0]}` is no character")
    raise MalformedError(at, f"`\\{letter}` is no escape", "a backslash is written `\\\\`, or the string r'…'")
