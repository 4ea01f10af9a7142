"""
Generation: the columns of an index as straight-line Python.

Rules:

1. What is executed is what `yett.policy.writing` writes: fixed words and numbered names, nothing that anybody else wrote.
2. `direct` is for the everyday case, in which all facts are there and of the expected type. Wherever one is not, it
   begins anew on the general road, which is `cheap` and then `costly`.
3. Costly columns come last in `costly`, and are asked only while a possible conjunct still depends on them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from yett.model.decision import Decision
from yett.model.unknown import Unknown
from yett.policy.index import Column
from yett.policy.writing import Writer

__all__ = ["Ask", "Early", "Ending", "Scan", "Start", "directly", "generate"]

Ask = Callable[[Mapping[str, object]], Decision]
Early = Sequence[tuple[int, int]]
"""Per rule: its conjuncts that are complete, and those that could at most say the same once more."""
_Bits = tuple[int, int]
"""The conjuncts that are possible, and those whose truth is uncertain."""


class Scan(NamedTuple):
    """The generated functions of the general road."""

    cheap: Callable[[Mapping[str, object]], _Bits]
    """From the facts that cost nothing."""
    costly: Callable[[int, int, Callable[[str], object]], _Bits]
    """On from there, by demanding what is still needed."""
    source: str
    """What was generated, for whoever wants to read it."""


class Start(NamedTuple):
    """What is known before any fact is asked."""

    possible: int
    """The conjuncts that may match."""
    uncertain: int
    """Those among them that can no more be certain."""


class Ending(NamedTuple):
    """What `direct` ends in."""

    slow: Ask
    """The general road."""
    decided: Callable[[int], Decision | None]
    """A decision that is there already, by the conjuncts that match."""
    tell: Callable[[int], Decision]
    """A decision, by the conjuncts that match."""


class _Gone:
    """What lies below a fact that is no mapping."""

    def __init__(self, unknown: Unknown) -> None:
        self._unknown = unknown

    def get(self, _name: str, _default: object) -> Unknown:
        return self._unknown


_MISSING = _Gone(Unknown.MISSING)
_UNAVAILABLE = _Gone(Unknown.UNAVAILABLE)


def _branch(value: object) -> "Mapping[str, object] | _Gone":
    if isinstance(value, Mapping):
        return value
    return _UNAVAILABLE if value is Unknown.UNAVAILABLE else _MISSING


def _settle(possible: int, early: Early) -> int:
    """Leave out the conjuncts of rules that match already; whether one is only possibly true is seen in the end."""
    for complete, late in early:
        if possible & complete:
            possible &= ~late
    return possible


class _View:
    """What is no plain dict, behind a subscript that looks and never makes anything."""

    def __init__(self, branch: "Mapping[str, object] | _Gone") -> None:
        self._branch = branch

    def __getitem__(self, name: str) -> object:
        return self._branch.get(name, Unknown.MISSING)


def _view(value: object) -> _View:
    return _View(_branch(value))


def generate(start: Start, cheap: Sequence[Column], costly: Sequence[tuple[Column, Early]]) -> Scan:
    """Generate the functions that find which conjuncts match from the *start*, whatever the facts are."""
    writer = Writer(_constants(start))
    plain = [line for column in cheap for line in writer.looked_up(column)]
    demanded = [line for column, early in costly for line in writer.demanded(column, tuple(early))]
    end = "  return acc, unk"
    functions, source = _executed(
        [
            "def cheap(known):",
            "  acc = EVERY",
            "  unk = UNSURE",
            *plain,
            end,
            "def costly(acc, unk, demand):",
            *demanded,
            end,
        ],
        writer.constants,
    )
    return Scan(functions["cheap"], functions["costly"], source)  # type: ignore[arg-type]


def directly(start: Start, columns: Sequence[Column], ending: Ending) -> tuple[Ask, str]:
    """Generate the function that decides where all facts are there as expected; return it and its source."""
    writer = Writer({**_constants(start), **ending._asdict()})
    soon, late = _by_need(sorted(columns, key=lambda each: (-each.constrained.bit_count(), each.field)), start.possible)
    lines = [line for column in soon for line in writer.direct(column, start.possible)]
    lines += writer.together(late, start.possible)
    functions, source = _executed(
        [
            "def direct(known):",
            "  if type(known) is not dict: return slow(known)",
            "  acc = EVERY",
            "  try:",
            *(lines or ["    pass"]),
            "  except KeyError: return slow(known)",
            "  return decided(acc) or tell(acc)",
        ],
        writer.constants,
    )
    return functions["direct"], source  # type: ignore[return-value]


def _by_need(columns: Sequence[Column], possible: int) -> tuple[Sequence[Column], Sequence[Column]]:
    """
    Part *columns* by whether what the first of them leaves alone depends on them.

    It constrains most. So where it leaves nothing of what it constrains, which is the rule where rules ask for much of
    something, the others need not be asked.
    """
    alone = possible & ~columns[0].constrained if columns else 0
    late = [column for column in columns[1:] if not column.constrained & alone]
    return ([column for column in columns if column not in late], late) if len(late) > 1 else (columns, ())


def _constants(start: Start) -> dict[str, object]:
    plain = {kind.__name__: kind for kind in (type, str, int, float, list, tuple, dict, KeyError)}
    return {
        "__builtins__": plain,
        "EVERY": start.possible,
        "UNSURE": start.uncertain,
        "MISSING": Unknown.MISSING,
        "branch": _branch,
        "view": _view,
        "settle": _settle,
        "left": bisect_left,
        "right": bisect_right,
    }


def _executed(lines: Sequence[str], constants: dict[str, object]) -> tuple[dict[str, object], str]:
    source = "\n".join(lines)
    # The source is made of fixed words and numbered names alone (rule 1), so there is nothing foreign to execute.
    exec(compile(source, "<policy>", "exec"), constants)  # noqa: S102
    return constants, source
