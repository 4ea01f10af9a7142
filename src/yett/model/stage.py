"""Stage: at which point of an exchange a text is looked at."""

from enum import StrEnum

__all__ = ["Stage"]


class Stage(StrEnum):
    """The point of an exchange; rules may be bound to some of them, and facts exist only at some of them."""

    REQUEST = "request"
    """What the caller sends to a model."""
    CONTEXT = "context"
    """Retrieved documents, before they are placed in a prompt."""
    TOOL = "tool"
    """A tool call or a tool's result on its own."""
    RESPONSE = "response"
    """What the model answers."""
