"""
Contexts: facts as a caller states them, texts among them.

Where no guard runs detectors, conditions on text are answered from the strings in the context, each when it is first
asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.interpreter import lookup
from yett.policy.lifting import compiled
from yett.ports.decider import TextTest

__all__ = ["Texts", "stage_of"]

_Tests = Mapping[str, tuple[str, Callable[[str], bool]]]


def stage_of(context: Mapping[str, object]) -> Stage:
    """Return the stage that *context* speaks of: that of a response where there is one."""
    return Stage.RESPONSE if "response" in context else Stage.REQUEST


class Texts:
    """The conditions on text of a program."""

    def __init__(self, tests: Iterable[TextTest]) -> None:
        self._tests: _Tests = {test.id: (test.field, compiled(test)) for test in tests}

    def answered(self, context: Mapping[str, object]) -> Mapping[str, object]:
        """Return *context* with the answers to these conditions in it."""
        return {**context, "text": _Answers(self._tests, context)} if self._tests else context


class _Answers(Mapping[str, object]):
    """Answers by the condition's identifier; each is found when it is asked for."""

    def __init__(self, tests: _Tests, context: Mapping[str, object]) -> None:
        self._tests = tests
        self._context = context

    def __getitem__(self, name: str) -> object:
        field, holds = self._tests[name]
        text = lookup(self._context, field)
        if isinstance(text, str):
            return holds(str.__str__(text))
        return Unknown.UNAVAILABLE if text is Unknown.UNAVAILABLE else Unknown.MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self._tests)

    def __len__(self) -> int:
        return len(self._tests)
