"""
Spelling: a pattern as the gate needs it.

Rules:

1. What is spelled for the gate matches wherever the pattern does, and may match elsewhere too.
2. It speaks of bytes, not characters, since a database over characters is many times larger. So a character beyond ASCII
   becomes its bytes, and a set that holds such characters may take any bytes beyond ASCII.
3. It hardly counts: beyond a few times a repetition becomes endless, for the same reason.
4. Of a long row of sets, only the beginning is spelled: its end tells little more, and is dear to look for everywhere.
   Sets that follow one another for long are spelled as one, which is the cheapest of all that may begin anywhere, but
   where the first of them holds hardly anything.
5. Of a pattern that may pass over much, one part is spelled that tells enough (see `telltale`).
6. The end of a line or of the text is not asked for: of `a1?$`, Hyperscan misses an `a1` that a longer text ends with.
7. What a match ends with is spelled as short as it may be: neither what may be missing there nor the end of a word tells
   enough to keep a search alive for it.
8. Options that go on alike are spelled as one that goes on so: `(?:a|b)c`, not `ac|bc`.
9. Of two long rows of sets with something between them, the second is spelled with that, since a search for the first is
   begun in every word.
10. What is very large all the same is spelled as several patterns, which must all match, wherever that may be.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, takewhile

from yett.detectors.syntax import Assertion, Atom, Choice, Group, Node, Repeat, Sequence, Unreadable, parse, width
from yett.detectors.telltale import apart, letters, telltale

__all__ = ["demanded", "gated"]

# RE2's white space has no vertical tab, Hyperscan's has.
_SETS = {r"\s": r"\t\n\f\r ", r"\d": "0-9", r"\w": "0-9A-Za-z_"}
_LETTER = r"\pL"
_KEPT = {**_SETS, _LETTER: "A-Za-z"}
_WIDE = {
    ".": r"[\x00-\xff]",
    _LETTER: r"[A-Za-z\x80-\xff]",
    r"\S": r"[^\t\n\f\r ]",
    r"\D": "[^0-9]",
    r"\W": "[^0-9A-Za-z_]",
}
_BEYOND = r"\x80-\xff"
_ENDS = {"$", r"\z"}
# From here on the engines' ideas of upper and lower case part.
_CASED_ALIKE = 0x0590
_COUNTED = 2
_ANYTHING = r"[\x00-\xff]"
# An endless repetition of something this long is spelled as anything at all: the database stays small.
_LONG = 60
# So many characters of a row of sets tell enough.
_ENOUGH = 20
# So often, at most, is asked for what a match ends with over and over, and so few characters tell where a row begins.
_ENDING, _FEW = 8, 2
_LARGE = 2_048


@lru_cache(maxsize=4096)
def gated(pattern: str) -> str | None:
    """Spell *pattern* for the gate; None where that is not sure to let all of its matches through."""
    if any(ord(character) >= _CASED_ALIKE and character.lower() != character.upper() for character in pattern):
        return None
    try:
        node = _shortened(telltale(parse(pattern)))
        return _spelled(_ended(node)) if width(node)[0] else None
    except Unreadable:
        return None


def demanded(pattern: str) -> tuple[str, ...]:
    """Spell *pattern* for the gate as patterns that must all match; none where it is not gated."""
    spelled = gated(pattern)
    if spelled is None:
        return ()
    parts = apart(parse(pattern)) if len(spelled) > _LARGE else ()
    return tuple(_spelled(_ended(part)) for part in parts) if len(parts) > 1 else (spelled,)


def _shortened(node: Node) -> Node:
    """Leave out the sets that *node* ends with, where what stands before them is long enough to tell."""
    if not isinstance(node, Sequence):
        return node
    parts = node.parts
    first = next((at for at, part in enumerate(parts) if not isinstance(part, Assertion)), len(parts))
    row = tuple(takewhile(_listed, parts[first:]))
    if width(Sequence(row))[0] >= _ENOUGH:
        # Where a long row begins is seen no better for knowing what stands before it.
        behind = parts[first + len(row) :]
        return Sequence(behind if _long(behind) else parts[first:])
    while isinstance(last := parts[-1], Assertion) or _of_sets(last):
        if width(Sequence(parts[:-1]))[0] < _ENOUGH:
            break
        parts = parts[:-1]
    return Sequence(parts)


def _long(parts: tuple[Node, ...]) -> bool:
    """Say whether *parts* begin with a sign, and with another long row of sets behind it."""
    rows = [list(row) for listed, row in groupby(parts, _listed) if listed]
    signed = bool(parts) and isinstance(parts[0], Atom) and not _of_sets(parts[0])
    return signed and any(width(Sequence(tuple(row)))[0] >= _ENOUGH for row in rows)


def _ended(node: Node) -> Node:
    """Leave out what *node* may do without at its end; what is repeated there is lazy, and as often as it must be."""
    match node:
        case Group(opening, part):
            return Group(opening, _ended(part))
        case Choice(options):
            return Choice(tuple(map(_ended, options)))
        case Sequence(parts):
            needed = len(parts)
            while needed and not width(parts[needed - 1])[0]:
                needed -= 1
            return Sequence((*parts[: needed - 1], *map(_ended, parts[needed - 1 : needed])))
        case Repeat(part, 1) if not isinstance(part, Atom):
            return _ended(part)
        case Repeat(part, least):
            return Repeat(part, least, least, lazy=True) if least else Sequence(())
        case _:
            return Repeat(node, 1, 1, lazy=True) if isinstance(node, Atom) and _listed(node) else node


def _of_sets(node: Node) -> bool:
    atom = node.part if isinstance(node, Repeat) else node
    return isinstance(atom, Atom) and (atom.text.startswith("[") or atom.text in _SETS)


def _spelled(node: Node) -> str:
    match node:
        case Atom(text):
            set_, wide = _atom(text)
            return f"{set_}+" if wide else set_
        case Assertion(text):
            return "" if text in _ENDS else text
        case Group(opening, part):
            return f"{opening if opening.endswith(':') else '(?:'}{_spelled(part)})"
        case Sequence(parts):
            return "".join(
                _row(list(row)) if of_sets else "".join(map(_enclosed, row)) for of_sets, row in groupby(parts, _listed)
            )
        case Choice(options):
            return "|".join(_options(options))
        case Repeat():
            return _repeat(node)


def _options(options: Iterable[Node]) -> Iterator[str]:
    """Spell *options*, those that go on alike behind their beginnings as one."""
    begun: dict[str, list[str]] = {}
    for option in options:
        match option:
            case Sequence((Group() as first, *rest)) if rest:
                begun.setdefault(_spelled(Sequence(tuple(rest))), []).append(_spelled(first))
            case _:
                begun.setdefault("", []).append(_spelled(option))
    for on, spelled in begun.items():
        yield f"(?:{'|'.join(spelled)}){on}" if on and len(spelled) > 1 else f"{'|'.join(spelled)}{on}"


def _enclosed(node: Node) -> str:
    return f"(?:{_spelled(node)})" if isinstance(node, Choice) else _spelled(node)


def _listed(node: Node) -> bool:
    """Say whether *node* is a set of ASCII characters, once or more often."""
    atom = node.part if isinstance(node, Repeat) else node
    return isinstance(atom, Atom) and _members_of(atom.text) is not None


def _members_of(text: str) -> str | None:
    """Return the members of the set *text* as spelled; None where it is no list of ASCII characters."""
    if text in _SETS:
        return _SETS[text]
    if not text.startswith("[") or text.startswith("[^"):
        return None
    spelled, wide = _set(text)
    return None if wide else spelled[1:-1]


def _row(row: list[Node]) -> str:
    """Spell sets that follow one another: as one, where they are long and may begin anywhere."""
    length = sum(width(node)[0] for node in row)
    atoms = [node.part if isinstance(node, Repeat) else node for node in row]
    sets = [_members_of(atom.text) or "" for atom in atoms if isinstance(atom, Atom)]
    if len(row) == 1 or length < _ENOUGH or (len(sets[0]) <= _FEW and row[0] is atoms[0]):
        return "".join(map(_spelled, row))
    return f"[{''.join(dict.fromkeys(sets))}]{{{length}{'' if _lazy(row[-1]) else ','}}}"


def _lazy(node: Node) -> bool:
    """Say whether *node* is repeated as often as it must be, and no more often where that is enough."""
    return isinstance(node, Repeat) and node.lazy and node.least == node.most


def _repeat(node: Repeat) -> str:
    least, most = node.least, node.most
    if _lazy(node):
        if isinstance(node.part, Atom):
            return f"{_atom(node.part.text)[0]}{{{least}}}"
        return f"(?:{_spelled(node.part)}){{{min(least, _ENDING)}}}"
    if isinstance(node.part, Atom):
        spelled, wide = _atom(node.part.text)
        # A character beyond ASCII has several bytes, so at most so many characters is no bound for bytes.
        endless = wide or most is None or most > _COUNTED
    else:
        spelled, endless = f"(?:{_spelled(node.part)})", most is None or most > _COUNTED
        least = min(least, 1) if endless else least
        if endless and len(spelled) > _LONG:
            if least and not letters(node.part):
                return f"{spelled}{{{min(node.least, _COUNTED)}}}"
            return _ANYTHING + ("+" if least * width(node.part)[0] else "*")
    return f"{spelled}{{{least},{'' if endless else most}}}"


def _atom(text: str) -> tuple[str, bool]:
    """Spell one atom, and say whether it may match characters of several bytes."""
    if text.startswith("["):
        return _set(text)
    if text in _WIDE:
        return _WIDE[text], True
    if text in _SETS:
        return f"[{_SETS[text]}]", False
    if text.startswith((r"\p", r"\P")):
        raise Unreadable(text)
    character = _character(text)
    if character is None or character.isascii():
        return text if character is None else _literal(character), False
    cases = {character, *(case for case in (character.lower(), character.upper()) if len(case) == 1)}
    spelled = "|".join("".join(f"\\x{byte:02x}" for byte in case.encode()) for case in sorted(cases))
    return f"(?:{spelled})", False


def _literal(character: str) -> str:
    return character if character.isalnum() or character == " " else f"\\x{ord(character):02x}"


def _character(text: str) -> str | None:
    """Return the character that *text* stands for; None when it is an escape that both engines know."""
    if len(text) == 1:
        return text
    if text.startswith(r"\x"):
        return chr(int(text[2:].strip("{}"), 16))
    return None if text[1].isalnum() else text[1]


def _set(text: str) -> tuple[str, bool]:
    """Spell a set in brackets: its ASCII members as they are, any bytes beyond ASCII where it may hold some."""
    if "[[:" in text or "[^[:" in text:
        raise Unreadable(text)
    inverse = text.startswith("[^")
    members = text[2 if inverse else 1 : -1]
    kept, beyond, at = "", inverse, 0
    while at < len(members):
        first, at = _member(members, at)
        last = first
        if members[at : at + 1] == "-" and at + 1 < len(members):
            last, at = _member(members, at + 1)
        if first in _KEPT:
            kept += _KEPT[first]
            beyond = beyond or first == _LETTER
        elif first in _WIDE:
            raise Unreadable(text)
        elif _plain(first) and _plain(last):
            kept += first if last == first else f"{first}-{last}"
        elif not inverse:
            beyond = True
            if _plain(first):
                kept += rf"{first}-\x7f"
    if inverse:
        return f"[^{kept}]" if kept else r"[\x00-\xff]", True
    return f"[{kept}{_BEYOND if beyond else ''}]", beyond


def _member(members: str, at: int) -> tuple[str, int]:
    """Return the member of a set at *at* as the gate spells it, and where the next one begins."""
    length = 1
    if members.startswith(_LETTER, at):
        return _LETTER, at + len(_LETTER)
    if members[at] == "\\":
        length = 2
        if members[at + 1] == "x":
            length = members.index("}", at) + 1 - at if members[at + 2] == "{" else 4
        elif members[at + 1] in "pP":
            raise Unreadable(members)
    text = members[at : at + length]
    if text in _SETS or text in _WIDE:
        return (text if length > 1 else r"\x2e"), at + length
    character = _character(text)
    if character is None:
        return text, at + length
    return (_literal(character) if character.isascii() else character), at + length


def _plain(member: str) -> bool:
    return member.isascii()
