"""
Complexity: how much a prompt asks of whoever reads it, in numbers.

Each part is a share of what is out of measure, from 0 to 1; together they make a score as independent doubts do. All of
it is counting: no part looks at what a text says, each takes time linear in it, and all but length, words and runs are
taken from the beginning of a very long one. What the operator wrote is not counted.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from yett.model.segment import Origin, Segment

__all__ = ["PARTS", "complexity", "part"]

_OPERATORS_OWN = frozenset({Origin.OPERATOR, Origin.DEFINITION})
_WEIGHT = 0.8
"""How much a part that is entirely out of measure counts; no part alone makes the score 1."""
_LONG, _DEEP, _WIDE, _RUN, _MARKED = 200_000, 64, 4_000, 400, 0.2
_WORDS, _SAMPLE = 20_000, 100_000
"""How many words, and characters, are looked at where each costs."""
_FEWEST_WORDS = 50
_BRACKET = re.compile(r"[()\[\]{}]")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_ORDER = re.compile(
    r"(?im)(?:^|[.!?;]\s)\s{0,8}(?:[-*\d.)]{1,4}\s{1,3})?(?:write|list|explain|translate|summari[sz]e|compare|create|generate|"
    r"analy[sz]e|describe|give|make|find|show|tell|repeat|count|calculate|convert|rewrite|then|also|next|finally)\b"
)
_ORDERS = 40


def _length(text: str) -> float:
    return len(text) / _LONG


def _nesting(text: str) -> float:
    depth = deepest = 0
    for bracket in _BRACKET.findall(text, 0, _SAMPLE):
        depth = max(depth + _BRACKETS[bracket], 0)
        deepest = max(deepest, depth)
    return deepest / _DEEP


def _repetition(text: str) -> float:
    words = text.split(None, _WORDS)[:_WORDS]
    if len(words) < _FEWEST_WORDS:
        return 0.0
    triples = list(zip(words, words[1:], words[2:], strict=False))
    return max(0.0, 2.0 * (1.0 - len(set(triples)) / len(triples)) - 1.0)


def _words(text: str) -> float:
    return max(map(len, text.split()), default=0) / _WIDE


def _runs(text: str) -> float:
    """Return how long the longest run of one character is, to within a step; in steps, so that it takes no time."""
    step = _RUN // 8
    longest = here = 0
    last = ""
    for start in range(0, len(text) - step + 1, step):
        piece = text[start : start + step]
        same = piece == piece[0] * step
        here = (here + step if piece[0] == last else step) if same else 0
        last = piece[0] if same else ""
        longest = max(longest, here)
    return longest / _RUN


def _marks(text: str) -> float:
    return 0.0 if text.isascii() else len(_MARKS.findall(text, 0, _SAMPLE)) / min(len(text), _SAMPLE) / _MARKED


def _orders(text: str) -> float:
    return len(_ORDER.findall(text, 0, _SAMPLE)) / _ORDERS


PARTS: Mapping[str, Callable[[str], float]] = MappingProxyType(
    {
        "length": _length,
        "marks": _marks,
        "nesting": _nesting,
        "orders": _orders,
        "repetition": _repetition,
        "runs": _runs,
        "words": _words,
    },
)
"""What is measured of a text, by name; 1 and more is out of measure."""


def part(name: str, segments: Iterable[Segment]) -> float:
    """Return the part called *name* of what makes *segments* complex: that of the worst of them."""
    measured = (PARTS[name](segment.text) for segment in segments if segment.origin not in _OPERATORS_OWN)
    return round(min(1.0, max(measured, default=0.0)), 4)


def complexity(segments: Iterable[Segment]) -> float:
    """Return how complex *segments* are, from 0 to 1."""
    texts = tuple(segments)
    simple = 1.0
    for name in PARTS:
        simple *= 1.0 - _WEIGHT * part(name, texts)
    return round(1.0 - simple, 4)
