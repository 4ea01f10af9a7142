"""Problems: gather everything that is wrong with a policy, so that its author hears it all at once."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from yett.model.errors import OperatorError, Place, Problem

__all__ = ["Problems", "meant"]

_CLOSE = 0.6
"""difflib's own default; below it suggestions are guesses."""


def meant(word: str, choices: Iterable[str]) -> str:
    """Say which of *choices* was probably meant by *word*, as a hint; empty when none comes close."""
    close = get_close_matches(word, sorted(choices), n=1, cutoff=_CLOSE)
    return f"did you mean `{close[0]}`?" if close else ""


class Problems:
    """A growing list of problems."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note one problem."""
        self._found.append(Problem(place, code, message, hint))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def add_all(self, others: Iterable[Problem]) -> None:
        """Note all of *others*, too."""
        self._found.extend(others)

    def raise_any(self) -> None:
        """
        Raise if there are any, in the order of the files.

        Raises:
            OperatorError: it carries every problem, each once.
        """
        if self._found:
            unique = dict.fromkeys(self._found)
            raise OperatorError(*sorted(unique, key=lambda each: (each.place.file, each.place.line, each.place.column)))
