"""Example: a text, whether it is an attack, and where it comes from."""

from dataclasses import dataclass

from yett.model.segment import Origin

__all__ = ["Example"]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    text: str
    attack: bool
    """Whether it is an injection or a jailbreak."""
    source: str
    """The collection that it belongs to; texts of one source resemble each other, so they are held out together."""
    origin: Origin = Origin.USER
    """Who is taken to have written it."""
    kind: str = ""
    """What its source calls it, such as `persuasion`."""
    language: str = ""
    """A language's tag, such as `de`; empty where it is not known."""
    licence: str = ""
    """Under which terms its source gives it away."""
