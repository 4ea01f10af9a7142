"""
Peer: another policy engine, as it is asked the same rules about the same facts.

Rules:

1. A rule is told to a peer in its own language, or it is left out, with why; it is never told by halves.
2. A peer is asked as its users are told to ask it: rules are compiled once, and facts are put into its own shape before
   the clock runs.
3. What goes wrong while a rule is asked is no match; it shows when the answers are compared.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec

from yett.policy.expression import Expression, Leaf, literals
from yett.policy.interpreter import lookup

__all__ = ["LARGEST", "SMALLEST", "Answer", "Facts", "Peer", "Ready", "Untold", "Written", "plain", "written"]

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""Whole numbers, as most engines have them."""

Facts = Mapping[str, object]
Answer = set[int] | bool
"""Which rules match, by their numbers, or only whether one does."""


class Untold(Exception):
    """Why something cannot be said in a peer's language."""


@dataclass(frozen=True, slots=True)
class Written:
    """Rules in a peer's language, by their numbers."""

    rules: Mapping[int, str]
    untold: Mapping[int, str]
    """Why the others cannot be said in it."""
    fractions: frozenset[str] = frozenset()
    """The fields that hold a number with a fraction somewhere; the numbers of all others are whole."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A peer that has read its rules."""

    question: Callable[[Facts], object]
    """Facts, plain, in the peer's own shape."""
    ask: Callable[..., Answer]
    """Answer a question."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What another engine is, and how it is told and asked."""

    name: str
    package: str
    """The module that is there when it is installed; of a `server`, the program on the path."""
    install: str
    """The command that installs it."""
    write: Callable[[Expression, frozenset[str]], str]
    """Say a condition in its language; given the fields that hold fractions; raises `Untold`."""
    start: Callable[[Written], AbstractContextManager[Ready]]
    """Read the rules; raises `Untold` where the peer refuses them."""
    server: bool = False
    """It decides in a process of its own."""

    @property
    def installed(self) -> bool:
        """Whether it is there."""
        return (shutil.which if self.server else find_spec)(self.package) is not None

    @property
    def clock(self) -> Callable[[], float]:
        """What its decisions are counted by: of a server, our processor's time says little."""
        return time.perf_counter if self.server else time.process_time


def written(peer: Peer, conditions: Sequence[Expression], contexts: Sequence[Facts]) -> Written:
    """Return *conditions* in the language of *peer*, which will be asked about *contexts*."""
    fractions = frozenset(_fractions(conditions, contexts))
    rules: dict[int, str] = {}
    untold: dict[int, str] = {}
    for number, condition in enumerate(conditions):
        try:
            rules[number] = peer.write(condition, fractions)
        except Untold as why:
            untold[number] = str(why)
    return Written(rules, untold, fractions)


def plain(facts: Facts, fractions: frozenset[str]) -> dict[str, object]:
    """
    Return *facts* as JSON has them, with a fraction in each number of a field among *fractions*.

    Whole numbers of more than 64 bits become fractions, too, since some engines take no facts at all with one in them.
    """
    return {name: _plain(value, name, fractions) for name, value in facts.items()}


def _plain(value: object, field: str, fractions: frozenset[str]) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(below, f"{field}.{name}", fractions) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, field, fractions) for each in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    whole = isinstance(value, int) and field not in fractions and SMALLEST <= value <= LARGEST
    return value if whole else float(str(value))


def _fractions(conditions: Sequence[Expression], contexts: Sequence[Facts]) -> Iterator[str]:
    read = set()
    for condition in conditions:
        for literal in literals(condition):
            read.add(literal.field)
            value = literal.value if isinstance(literal, Leaf) else None
            if any(isinstance(each, float | Decimal) for each in (value if isinstance(value, tuple) else (value,))):
                yield literal.field
    for field in read:
        if any(isinstance(lookup(facts, field), float | Decimal) for facts in contexts):
            yield field
