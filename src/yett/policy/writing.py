"""
Writing: the lines of generated code that ask one column.

Rules:

1. Nothing that anybody wrote enters a line: it consists of fixed words and numbered names, and every field, value and
   table is reached by its name in a table of constants.
2. The lines cover facts of the expected type only; for everything else they go to a road that is always right.
"""

from collections.abc import Iterable

from yett.policy.index import Column, Equality, Members, Ranges
from yett.policy.values import Sort

__all__ = ["Writer"]

_RARELY = 4
"""A column that constrains fewer than one conjunct in so many is asked only of what it constrains."""
_FEW = 16
"""As many conjuncts are asked without looking first."""


class Writer:
    """Writes lines, and keeps the *constants* that they name."""

    def __init__(self, constants: dict[str, object]) -> None:
        self.constants = constants
        self._branches: dict[tuple[str, ...], str] = {(): "known"}

    def name(self, constant: object) -> str:
        """Name a constant."""
        name = f"k{len(self.constants)}"
        self.constants[name] = constant
        return name

    def looked_up(self, column: Column) -> Iterable[str]:
        """Write how a column's fact is looked up in facts of any shape, and what follows from it."""
        *path, last = column.field.split(".")
        for parent, branch, name in self._steps(path, self._branches):
            yield f"  {branch} = {parent}.get({name}, MISSING)"
            yield f"  if type({branch}) is not dict: {branch} = branch({branch})"
        yield f"  v = {self._branches[tuple(path)]}.get({self.name(last)}, MISSING)"
        slow = f"acc, unk = {self.name(column.narrow)}(v, acc, unk)"
        for line in self._narrowed(column, slow):
            yield "  " + line
        yield "  if not acc: return 0, 0"

    def demanded(self, column: Column, early: object) -> Iterable[str]:
        """Write how a column's fact is demanded, and what follows from it."""
        needed = f"  if acc & {self.name(column.constrained)}:"
        if early:
            yield needed
            yield f"    acc = settle(acc, {self.name(early)})"
        yield needed
        yield f"    v = demand({self.name(column.field)})"
        slow = f"acc, unk = {self.name(column.narrow)}(v, acc, unk)"
        for line in self._narrowed(column, slow):
            yield "    " + line
        yield "    if not acc: return 0, 0"

    def direct(self, column: Column, every: int) -> Iterable[str]:
        """Write how a column's fact is taken where all is as expected, and what follows; else all is begun anew."""
        conjuncts = every.bit_count()
        guarded = conjuncts > _FEW and (column.constrained & every).bit_count() * _RARELY < conjuncts
        indent, branches = "    ", self._branches
        if guarded:
            yield f"    if acc & {self.name(column.constrained)}:"
            # What is looked up here may not have been when the next column is asked.
            indent, branches = "      ", dict(self._branches)
        *path, last = column.field.split(".")
        for parent, branch, name in self._steps(path, branches):
            yield f"{indent}{branch} = {parent}[{name}]"
            yield f"{indent}if type({branch}) is not dict: {branch} = view({branch})"
        yield f"{indent}v = {branches[tuple(path)]}[{self.name(last)}]"
        for line in self._narrowed(column, "return slow(known)", test=True):
            yield indent + line
        yield f"{indent}if not acc: return decided(0) or tell(0)"

    def together(self, columns: Iterable[Column], every: int) -> Iterable[str]:
        """Write what `direct` does for *columns*, the last ones, where any of them is needed."""
        needed = 0
        for column in columns:
            needed |= column.constrained
        if needed:
            yield f"    if acc & {self.name(needed)}:"
            for column in columns:
                for line in self.direct(column, every):
                    yield f"  {line}"

    def _steps(self, path: list[str], branches: dict[tuple[str, ...], str]) -> Iterable[tuple[str, str, str]]:
        """Name what lies on the way along *path* and is not in *branches* yet: whose, what, and its key."""
        for depth in range(1, len(path) + 1):
            steps = tuple(path[:depth])
            if steps not in branches:
                branches[steps] = f"n{len(branches)}_{len(self.constants)}"
                yield branches[steps[:-1]], branches[steps], self.name(path[depth - 1])

    def _narrowed(self, column: Column, slow: str, *, test: bool = False) -> Iterable[str]:
        """Write what the fact `v` leaves possible; with *test*, what has no table is left where it is uncertain."""
        lines = list(self._expected(column, slow, test=test))
        if lines:
            return [*lines, f"else: {slow}"]
        return self._sifted(self.name(column.narrow), test=test) if test else [slow]

    def _sifted(self, function: str, *, test: bool) -> list[str]:
        lines = [f"acc, unk = {function}(v, acc, {0 if test else 'unk'})"]
        return [*lines, "if unk: return slow(known)"] if test else lines

    def _expected(self, column: Column, slow: str, *, test: bool) -> Iterable[str]:
        """Write the branches for a fact of the expected type; nothing where there is no faster way."""
        match column.sort:
            case Sort.STRING:
                yield "if type(v) is str:"
                yield from self._tables(column, test=test)
            case Sort.ANY if not any(isinstance(group, Ranges) for group in column.groups):
                yield "if type(v) is str:"
                yield from self._tables(column, test=test)
            case Sort.NUMBER:
                yield "if (type(v) is float and v == v) or type(v) is int:"
                yield from self._tables(column, test=test)
            case Sort.BOOLEAN if not column.tests:
                yield from self._truths(column)
            case Sort.STRINGS if not column.tests:
                yield from self._members(column, slow)

    def _tables(self, column: Column, *, test: bool) -> Iterable[str]:
        for group in column.groups:
            if isinstance(group, Equality):
                yield f"  acc &= {self.name(group.masks.get)}(v, {self.name(group.default)})"
            elif isinstance(group, Ranges):
                yield f"  acc &= {self._region(group)}"
        if column.tests:
            tested = 0
            for each in column.tests:
                tested |= each.constrained
            yield f"  if acc & {self.name(tested)}:"
            for line in self._sifted(self.name(column.sift), test=test):
                yield "    " + line

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
