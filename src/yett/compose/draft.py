"""
Draft: the configuration while it is put together, before it has types.

Every value keeps its place, so that a problem can point at the line, the variable or the option that said it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from yett.compose.complaints import KeyPath, Places
from yett.compose.references import ReferenceProblem
from yett.model.errors import Place, Problem

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """Nested mappings and lists, and where each value was said."""

    root: Place
    data: dict[str, object] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    hidden: set[KeyPath] = field(default_factory=set)

    def put(self, path: tuple[str, ...], value: object, place: Place, *, only_gaps: bool = False) -> None:
        """Set the value at *path*; with *only_gaps*, only where there is none."""
        *above, last = path
        box: object = self.data
        way: KeyPath = ()
        for step in above:
            way = (*way, _step(box, step))
            box = _entered(box, way[-1])
            self.places.setdefault(way, place)
        key = _step(box, last)
        if not isinstance(box, dict | list) or (only_gaps and isinstance(box, dict) and box.get(str(key)) is not None):
            return  # what is no mapping is already a problem of its own place
        _set(box, key, value)
        self.places[(*way, key)] = place

    def get(self, *path: str) -> object:
        """Return the value at *path*, or None."""
        value: object = self.data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def rewrite(self, change: Callable[[str], str]) -> Iterator[Problem]:
        """Pass every text through *change*, and report the references that lead nowhere."""
        for path, box, key, text in list(_texts(self.data)):
            try:
                changed = change(text)
            except ReferenceProblem as problem:
                yield Problem(self.whereabouts.of(path), problem.code, problem.message, problem.hint)
                continue
            if changed != text:
                _set(box, key, changed)
                self.hidden.add(path)

    @property
    def whereabouts(self) -> Places:
        """The places of everything."""
        return Places(self.root, self.places, frozenset(self.hidden))


def _step(box: object, step: str) -> str | int:
    """Return the key in *box* that a variable's *step* means: it cannot write capitals and hyphens."""
    if isinstance(box, list):
        return int(step) if step.isdecimal() else step
    if isinstance(box, dict):
        alike = (key for key in box if str(key).lower().replace("-", "_") == step.lower().replace("-", "_"))
        return str(next(alike, step))
    return step


def _entered(box: object, step: str | int) -> object:
    if isinstance(box, dict):
        if box.get(str(step)) is None:
            box[str(step)] = {}
        return box[str(step)]
    return box[step] if isinstance(box, list) and isinstance(step, int) and step < len(box) else None


def _set(box: object, key: str | int, value: object) -> None:
    match box, key:
        case dict(), _:
            box[key] = value
        case list(), int() if key < len(box):
            box[key] = value
        case _:
            pass  # what is neither is already a problem of its own place


def _texts(box: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object, str | int, str]]:
    entries = box.items() if isinstance(box, dict) else enumerate(box) if isinstance(box, list) else ()
    for key, value in entries:
        if isinstance(value, str):
            yield (*path, key), box, key, value
        else:
            yield from _texts(value, (*path, key))
