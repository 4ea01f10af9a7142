"""
Denier: an authority that is asked whether something is denied, and answers true or false.

Rules:

1. Only a plain `false` lets pass. Whatever else is said, and whatever is not said, denies, with the reason.
2. It is relied on only after a positive sign: what is asked, asked about nobody, is a boolean, and, where a sentinel is
   configured, that is `true`. While the sign is missing, each question asks for it anew, and is denied without it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from yett.model.decision import Decision, Effect, Reason

__all__ = ["NOBODY", "Denier", "Questions", "Silent", "plain"]

NOBODY: Mapping[str, object] = MappingProxyType({"tenant": "", "model": "", "stage": "request"})
"""Who is asked about to see that the path is defined."""

_SAID: Mapping[str, str] = MappingProxyType(
    {
        "timeout": "it did not answer in time",
        "unreachable": "it could not be reached",
        "status": "it answered with an error",
        "undefined": "its path is undefined",
        "malformed": "its answer cannot be read",
        "not-boolean": "its answer is no boolean",
        "unwritable": "the facts cannot be written as JSON",
        "not-true": "its sentinel is not true",
        "not-looked-at": "it has not been asked yet",
        "failed": "its rules failed",
        "ended": "its process ended",
    }
)


class Questions(NamedTuple):
    """What is asked."""

    path: str = "gateway/deny"
    """Whether an exchange is denied, as a path below `data`."""
    sentinel: str = ""
    """What must be true before it is relied on; without one, *path* must be defined."""
    timeout: float = 1.0
    """Seconds for one answer."""


class Silent(Exception):
    """It did not say yes or no."""

    def __init__(self, why: str) -> None:
        """Say *why*, in a word that `_SAID` explains."""
        super().__init__(why)
        self.why = why


class Denier(ABC):
    """A policy engine that says what is denied."""

    name = ""
    mode = ""

    def __init__(self, questions: Questions) -> None:
        """Ask *questions*."""
        self.questions = questions
        self._why = "not-looked-at"

    @property
    def trouble(self) -> str:
        """Why it could not be relied on when it was looked at last; empty when it could."""
        return _SAID.get(self._why, "")

    async def look(self) -> None:
        """Ask for the positive sign."""
        path, sentinel, _ = self.questions
        try:
            await self.asked(path, NOBODY)
            ready = not sentinel or await self.asked(sentinel, NOBODY)
        except Silent as silence:
            self._why = silence.why
        else:
            self._why = "" if ready else "not-true"

    async def decide(self, facts: Mapping[str, object]) -> Decision:
        """Decide by *facts*. Total: whatever goes wrong is a denial."""
        try:
            denied = await self._denied(facts)
        except Silent as silence:
            text = f"the policy engine `{self.name}` did not decide: {_SAID[silence.why]}"
            return self._decision(Effect.DENY, text, f"{self.name}.{silence.why}")
        if denied:
            return self._decision(Effect.DENY, f"denied by the policy engine `{self.name}`")
        return self._decision(Effect.ALLOW)

    @abstractmethod
    async def asked(self, path: str, facts: Mapping[str, object]) -> bool:
        """
        Ask what stands at *path* for *facts*.

        Raises:
            Silent: it is no boolean, or something went wrong.
        """

    async def _denied(self, facts: Mapping[str, object]) -> bool:
        if self._why:
            await self.look()
        if self._why:
            raise Silent(self._why)
        return await self.asked(self.questions.path, facts)

    def _decision(self, effect: Effect, text: str = "", *unknown: str) -> Decision:
        # Told as OPA's own address: `opa@v1/data/gateway/deny`.
        reason = Reason(self.name, "v1", f"data/{self.questions.path}", effect, text, unknown)
        return Decision(effect is Effect.ALLOW, effect, (reason,))


def plain(value: object) -> object:
    """
    Return what JSON has no word for in words that it has.

    Raises:
        TypeError: there are none.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError
