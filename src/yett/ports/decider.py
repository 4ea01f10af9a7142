"""
Decider and Facts: facts in, decision out.

Policy is blind to text. It sees facts: cheap ones that are simply there, and costly ones that are computed when, and
only when, a rule that may still match asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from yett.model.decision import Decision
from yett.model.stage import Stage

__all__ = ["Decider", "Facts", "TextTest"]


@dataclass(frozen=True, slots=True)
class TextTest:
    """
    A condition on text, lifted out of a policy to be asked of a detector: policy only sees its boolean.

    The fact is the field `text.<id>`.
    """

    id: str
    field: str
    """The text that is meant: `llm.prompt`, `response.text`, `tool.arguments` or `context.text`."""
    operator: str
    """`contains`, `starts_with`, `ends_with`, `eq`, `in` or `matches`; negation stays in the policy."""
    value: str | tuple[str, ...]


class Facts(Protocol):
    """The only view of an interaction that policy gets. It holds no text."""

    @property
    def known(self) -> Mapping[str, object]:
        """The cheap facts, as nested mappings: `{"llm": {"model": "gpt-4"}, "team": {"tier": "free"}}`."""
        ...

    def demand(self, field: str) -> object:
        """Compute or look up the costly fact *field*, such as `injection.score`; `Unknown` when it has no value."""
        ...

    def quiet(self, fields: tuple[str, ...]) -> bool:
        """
        Say whether *fields*, which count findings, are all known at little cost to be what they are when nothing is found.

        The everyday text has nothing in it, and then one answer does for all of them. A no promises nothing.
        """
        ...


class Decider(Protocol):
    """A compiled policy, or a remote one."""

    @property
    def revision(self) -> str:
        """The digest of the policies that decide."""
        ...

    @property
    def text_tests(self) -> tuple[TextTest, ...]:
        """The conditions on text that detectors must answer for it."""
        ...

    def reads(self, stage: Stage) -> frozenset[str]:
        """The fields that the rules of this stage may ask for."""
        ...

    def monotone(self, stage: Stage) -> bool:
        """Whether seeing more findings can never turn a deny into an allow; streams need it."""
        ...

    def decide(self, stage: Stage, facts: Facts) -> Decision:
        """Decide. Total: it never raises for any facts."""
        ...
