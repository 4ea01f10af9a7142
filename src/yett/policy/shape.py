"""Shape: nodes to plain things; whatever has another shape than it should is noted as a problem."""

import math
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from yett.model.errors import Place
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.problems import Problems, meant

__all__ = ["Shape", "quoted"]

_Choice = TypeVar("_Choice", bound=StrEnum)


def quoted(words: Collection[str]) -> str:
    """List *words* for a message."""
    return ", ".join(f"`{word}`" for word in words)


class Shape:
    """Look at nodes, and note what is wrong with them."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._members: dict[type[StrEnum], dict[str, StrEnum]] = {}

    def fields(
        self, node: Node, what: str, allowed: Collection[str], required: Collection[str] = ()
    ) -> Mapping[str, Node]:
        """Return the entries of a table with *allowed* keys only; *what* names it in messages."""
        if not isinstance(node, Table):
            self.wrong(node.place, f"{what} must be a mapping", f"with the keys {quoted(allowed)}")
            return {}
        found = {}
        for key, value in node.entries:
            if key.text in allowed:
                found[key.text] = value
            else:
                hint = meant(key.text, allowed) or f"{what} has the keys {quoted(allowed)}"
                self.problems.add(key.place, "unknown-key", f"unknown key `{key.text}` in {what}", hint)
        for key_text in required:
            if key_text not in found:
                self.lacks(node, what, key_text)
        return found

    def lacks(self, node: Node, what: str, key: str) -> None:
        """Note that *node*, called *what*, lacks a *key*."""
        self.problems.add(node.place, "missing-key", f"{what} has no `{key}`")

    def wrong(self, place: Place, message: str, hint: str = "") -> None:
        """Note that something is of the wrong type."""
        self.problems.add(place, "wrong-type", message, hint)

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """Return the items of a list; none where there is none."""
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.wrong(node.place, f"{what} must be a list")
            return ()
        return node.items

    def label(self, node: Node | None, what: str, default: str = "") -> str:
        """Return a name as it was written, so that the version `1.0` stays `1.0`."""
        if node is None:
            return default
        if not isinstance(node, Scalar) or node.value is None or not node.text:
            self.wrong(node.place, f"{what} must be a word")
            return default
        return node.text

    def text(self, node: Node | None, what: str) -> str:
        """Return a string; empty where there is none."""
        if node is None:
            return ""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self.wrong(node.place, f"{what} must be a string", "put it in quotes" if isinstance(node, Scalar) else "")
            return ""
        return node.value

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Return a list of strings, at least one where there is a list."""
        return tuple(text for _, text in self.placed_texts(node, what))

    def placed_texts(self, node: Node | None, what: str) -> tuple[tuple[Place, str], ...]:
        """Return a list of strings, each with its place."""
        items = self.items(node, what)
        if isinstance(node, Items) and not items:
            self.problems.add(node.place, "wrong-value", f"{what} is empty")
        return tuple((item.place, self.text(item, f"an item of {what}")) for item in items)

    def flag(self, node: Node | None, what: str, *, default: bool) -> bool:
        """Return a boolean."""
        if node is None:
            return default
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            self.wrong(node.place, f"{what} must be `true` or `false`")
            return default
        return node.value

    def integer(self, node: Node | None, what: str, default: int, low: int = 0, high: int = 2**53) -> int:
        """Return a whole number from *low* to *high*."""
        if node is None:
            return default
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int):
            self.wrong(node.place, f"{what} must be a whole number")
            return default
        if not low <= node.value <= high:
            self.problems.add(node.place, "wrong-value", f"{what} must be from {low} to {high}")
            return default
        return node.value

    def day(self, node: Node | None, what: str) -> date | None:
        """Return a day, written as ISO 8601 has it; None where there is none."""
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else ""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        # Python 3.11 reads other forms of ISO 8601, too; one form is enough.
        if day is None or day.isoformat() != text:
            self.problems.add(node.place, "wrong-value", f"{what} must be a day", "such as `2027-01-01`")
            return None
        return day

    def choice(self, node: Node | None, what: str, choices: type[_Choice]) -> _Choice | None:
        """Return a member of *choices*; None where there is none."""
        if node is None:
            return None
        word = node.text if isinstance(node, Scalar) else ""
        members = self._members.get(choices)
        if members is None:
            members = self._members[choices] = {choice.value: choice for choice in choices}
        chosen = members.get(word)
        if chosen is None:
            cure = meant(word, members) or f"one of {quoted(members)}"
            self.problems.add(node.place, "wrong-value", f"`{word}` is no {what}", cure)
        return chosen  # type: ignore[return-value]  # kept by their type

    def scalar(self, node: Node, what: str) -> str | int | float | bool | None:
        """Return a single value that is not null; None where it is not one."""
        if not isinstance(node, Scalar) or node.value is None:
            self.wrong(node.place, f"{what} must be a string, a number or a boolean")
            return None
        if isinstance(node.value, float) and not math.isfinite(node.value):
            self.problems.add(node.place, "wrong-value", f"`{node.text}` is not a finite number")
            return None
        return node.value
