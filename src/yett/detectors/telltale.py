"""
Telltale: the part of a pattern that tells enough where it occurs.

A pattern for a sentence is words, anything, words again. To look for all of that in one pass over a text is dear: whatever
may stand between keeps a search alive from the first of the words to the end of the text. One part of it with enough
letters is rare enough, and costs little more than a list of words. Whatever matches a pattern holds each of its parts,
so nothing that the pattern matches is missed. Where no part has enough and there are very many words, its parts are looked
for apart from one another, which is cheap, too: they must only all occur.
"""

from yett.detectors.syntax import Assertion, Atom, Choice, Group, Node, Repeat, Sequence, width

__all__ = ["apart", "letters", "telltale"]

# Fewer letters than this are common; of what is written without an alphabet, each character counts double.
_ENOUGH = 6
_UNALPHABETIC = 0x2E80
# What has fewer letters than this is nearly everywhere.
_SOME = 2
# So many characters, whatever they are, tell as much as one letter more.
_FOR_LETTER = 8
# What is repeated more often than this may be passed over.
_FEW = 2
# What these repeat hardly parts what stands on both sides of it.
_NARROW = frozenset({r"\s", r"\d"})
# An optional beginning is left out where so many characters are still asked for.
_LONG = 12


def telltale(node: Node) -> Node:
    """Return the part of *node*, and of each of its options, that tells enough by itself; all of it where none does."""
    match node:
        case Group(opening, part):
            return Group(opening, telltale(part))
        case Choice(options):
            return Choice(tuple(map(telltale, options)))
        case Sequence(parts):
            best = max(_between_gaps(parts), key=_telling)
            told = best if _telling(best) >= _ENOUGH else _begun(parts)
            # What stands beside something else must be kept whole, or the two would not meet.
            return telltale(told[0]) if len(told) == 1 else Sequence(told)
        case _:
            return node


def apart(node: Node) -> tuple[Node, ...]:
    """Return the parts of *node* that tell something, between what may be passed over: all of them occur where it does."""
    match node:
        case Group(opening, part):
            return tuple(Group(opening, each) for each in apart(part))
        case Sequence(parts):
            return tuple(Sequence(run) for run in _between_gaps(parts) if sum(map(letters, run)) >= _SOME)
        case _:
            return ()


def _between_gaps(parts: tuple[Node, ...]) -> list[tuple[Node, ...]]:
    runs: list[list[Node]] = [[]]
    for part in parts:
        if isinstance(part, Repeat) and _gap(part):
            # What stands there once at least stands beside what comes before it, and what comes behind it.
            once = [part.part] if part.least and letters(part.part) else []
            runs[-1] += once
            runs.append([*once])
        else:
            runs[-1].append(part)
    return list(map(tuple, runs))


def _gap(node: Node) -> bool:
    """Say whether *node* is a repetition of nearly anything."""
    if not isinstance(node, Repeat) or (node.most is not None and node.most <= _FEW):
        return False
    if not isinstance(node.part, Atom):
        return True
    text = node.part.text
    return text not in _NARROW and (
        not text.startswith("[") or text.startswith("[^") or ("a-z" in text and " " in text)
    )


def _telling(run: tuple[Node, ...]) -> int:
    """Return how much *run* tells: its letters, and a little of each character."""
    return sum(map(letters, run)) + sum(width(part)[0] for part in run) // _FOR_LETTER


def letters(node: Node) -> int:
    """Return how many letters a match of *node* has at least."""
    match node:
        case Atom(text):
            return 0 if len(text) > 1 or not text.isalpha() else 2 if ord(text) >= _UNALPHABETIC else 1
        case Assertion():
            return 0
        case Group(_, part):
            return letters(part)
        case Repeat(part, least, _, _):
            return letters(part) * least
        case Sequence(parts):
            return sum(map(letters, parts))
        case Choice(options):
            return min(map(letters, options))


def _begun(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    """Leave out what *parts* may begin with, where enough comes after it."""
    first = next((at for at, part in enumerate(parts) if not isinstance(part, Assertion)), len(parts))
    rest = parts[first + 1 :]
    optional = rest and width(parts[first])[0] == 0 and width(Sequence(rest))[0] >= _LONG
    return rest if optional else parts
