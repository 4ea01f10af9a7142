"""
Generation: the columns of an index as straight-line Python.

Rules:

1. Nothing that anybody wrote enters the generated source: it consists of fixed lines and numbered names, and every field,
   value and table is reached by its name in a table of constants.
2. The lines cover facts of the expected type only; everything else goes to `Column.narrow`, which is always right.
3. Costly columns come last, and are asked only while a possible conjunct still depends on them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from yett.model.unknown import Unknown
from yett.policy.index import Column, Equality, Members, Ranges
from yett.policy.values import Sort

__all__ = ["Early", "Scan", "generate"]

Early = Sequence[tuple[int, int]]
"""Per rule: its conjuncts that are complete, and those that could at most say the same once more."""
_Bits = tuple[int, int]
"""The conjuncts that are possible, and those whose truth is uncertain."""


class Scan(NamedTuple):
    """The generated functions."""

    whole: Callable[[Mapping[str, object]], _Bits]
    """From facts that are all there."""
    cheap: Callable[[Mapping[str, object]], _Bits]
    """From the facts that cost nothing."""
    costly: Callable[[int, int, Callable[[str], object]], _Bits]
    """On from there, by demanding what is still needed."""
    source: str
    """What was generated, for whoever wants to read it."""


class _Gone:
    """What lies below a fact that is no mapping."""

    def __init__(self, unknown: Unknown) -> None:
        self._unknown = unknown

    def get(self, _name: str, _default: object) -> Unknown:
        return self._unknown


_MISSING = _Gone(Unknown.MISSING)
_UNAVAILABLE = _Gone(Unknown.UNAVAILABLE)


def _branch(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    return _UNAVAILABLE if value is Unknown.UNAVAILABLE else _MISSING


def _settle(possible: int, early: Early) -> int:
    """Leave out the conjuncts of rules that match already; whether one is only possibly true is seen in the end."""
    for complete, late in early:
        if possible & complete:
            possible &= ~late
    return possible


def generate(every: int, cheap: Sequence[Column], costly: Sequence[tuple[Column, Early]]) -> Scan:
    """Generate the functions that find which of *every* conjunct match."""
    writer = _Writer(every)
    start = ["  acc = EVERY", "  unk = 0"]
    plain = [line for column in cheap for line in writer.asked_of_mapping(column, guarded=False)]
    rest = [line for column, _ in costly for line in writer.asked_of_mapping(column, guarded=True)]
    demanded = [line for column, early in costly for line in writer.demanded(column, early)]
    end = ["  return acc, unk"]
    source = "\n".join(
        [
            "def whole(known):",
            *(start + plain + rest + end),
            "def cheap(known):",
            *(start + plain + end),
            "def costly(acc, unk, demand):",
            *(demanded + end),
        ]
    )
    # The source is made of fixed lines and numbered names alone (rule 1), so there is nothing foreign to execute.
    exec(compile(source, "<policy>", "exec"), writer.constants)  # noqa: S102
    functions = writer.constants
    return Scan(functions["whole"], functions["cheap"], functions["costly"], source)  # type: ignore[arg-type]


class _Writer:
    """Writes the lines, and keeps the constants that they name."""

    def __init__(self, every: int) -> None:
        self.constants: dict[str, object] = {
            "__builtins__": {
                "type": type,
                "str": str,
                "int": int,
                "float": float,
                "list": list,
                "tuple": tuple,
                "dict": dict,
            },
            "EVERY": every,
            "MISSING": Unknown.MISSING,
            "branch": _branch,
            "settle": _settle,
            "left": bisect_left,
            "right": bisect_right,
        }
        self.branches: dict[tuple[str, ...], str] = {(): "known"}

    def name(self, constant: object) -> str:
        """Name a constant."""
        name = f"k{len(self.constants)}"
        self.constants[name] = constant
        return name

    def asked_of_mapping(self, column: Column, *, guarded: bool) -> Iterable[str]:
        """Write how a column's fact is looked up, and what follows from it."""
        *path, last = column.field.split(".")
        indent = "    " if guarded else "  "
        if guarded:
            yield f"  if acc & {self.name(column.constrained)}:"
        branches = dict(self.branches)
        for depth in range(1, len(path) + 1):
            steps = tuple(path[:depth])
            if steps not in branches:
                branches[steps] = branch = f"n{len(branches)}_{len(self.constants)}"
                yield f"{indent}{branch} = {branches[steps[:-1]]}.get({self.name(path[depth - 1])}, MISSING)"
                yield f"{indent}if type({branch}) is not dict: {branch} = branch({branch})"
        if not guarded:
            self.branches = branches
        yield f"{indent}v = {branches[tuple(path)]}.get({self.name(last)}, MISSING)"
        for line in self._narrowed(column):
            yield indent + line
        yield f"{indent}if not acc: return 0, 0"

    def demanded(self, column: Column, early: Early) -> Iterable[str]:
        """Write how a column's fact is demanded, and what follows from it."""
        needed = f"  if acc & {self.name(column.constrained)}:"
        if early:
            yield needed
            yield f"    acc = settle(acc, {self.name(tuple(early))})"
        yield needed
        yield f"    v = demand({self.name(column.field)})"
        for line in self._narrowed(column):
            yield "    " + line
        yield "    if not acc: return 0, 0"

    def _narrowed(self, column: Column) -> Iterable[str]:
        """Write what the fact `v` leaves possible."""
        slow = f"acc, unk = {self.name(column.narrow)}(v, acc, unk)"
        lines = list(self._expected(column, slow))
        return [*lines, f"else: {slow}"] if lines else [slow]

    def _expected(self, column: Column, slow: str) -> Iterable[str]:
        """Write the branches for a fact of the expected type; nothing where there is no faster way."""
        match column.sort:
            case Sort.STRING:
                yield "if type(v) is str:"
                yield from self._tables(column)
            case Sort.ANY if not any(isinstance(group, Ranges) for group in column.groups):
                yield "if type(v) is str:"
                yield from self._tables(column)
            case Sort.NUMBER:
                yield "if (type(v) is float and v == v) or type(v) is int:"
                yield from self._tables(column)
            case Sort.BOOLEAN if not column.tests:
                yield from self._truths(column)
            case Sort.STRINGS if not column.tests:
                yield from self._members(column, slow)

    def _tables(self, column: Column) -> Iterable[str]:
        for group in column.groups:
            if isinstance(group, Equality):
                yield f"  acc &= {self.name(group.masks.get)}(v, {self.name(group.default)})"
            elif isinstance(group, Ranges):
                yield f"  acc &= {self._region(group)}"
        if column.tests:
            tested = 0
            for test in column.tests:
                tested |= test.constrained
            yield f"  if acc & {self.name(tested)}: acc, unk = {self.name(column.sift)}(v, acc, unk)"

    def _region(self, group: Ranges) -> str:
        """Write how the region of a number is found: where cuts belong to a neighbour throughout, by one search."""
        cuts, masks = self.name(group.cuts), group.masks
        if masks[1::2] == masks[:-1:2]:
            return f"{self.name(masks[::2])}[left({cuts}, v)]"
        if masks[1::2] == masks[2::2]:
            return f"{self.name(masks[::2])}[right({cuts}, v)]"
        return f"{self.name(masks)}[left({cuts}, v) + right({cuts}, v)]"

    def _truths(self, column: Column) -> Iterable[str]:
        for word, truth in (("if", True), ("elif", False)):
            mask = -1
            for group in column.groups:
                mask &= group.mask(truth) or 0
            yield f"{word} v is {truth}: acc &= {self.name(mask)}"

    def _members(self, column: Column, slow: str) -> Iterable[str]:
        groups = [group for group in column.groups if isinstance(group, Members)]
        yield "if type(v) is list or type(v) is tuple:"
        for number, group in enumerate(groups):
            yield f"  m{number} = {self.name(0 if group.forbids else group.default)}"
        yield "  for e in v:"
        yield "    if type(e) is not str:"
        yield f"      {slow}"
        yield "      break"
        for number, group in enumerate(groups):
            yield f"    m{number} |= {self.name(group.masks.get)}(e, 0)"
        yield "  else:"
        for number, group in enumerate(groups):
            yield f"    acc &= {'~' if group.forbids else ''}m{number}"
