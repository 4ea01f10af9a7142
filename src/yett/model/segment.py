"""
Segment and Origin: a text, and who wrote it.

Rules:

1. Every text that passes is a Segment: a prompt, a system prompt, a retrieved document, a tool's result, a tool's
   arguments, a tool's definition, an answer. So one guard serves them all.
2. Trust follows from the origin, never from the wording.
3. A path is a JSON pointer (RFC 6901) into the payload that the text was read from, so that it can be written back.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Origin", "Segment"]


class Origin(StrEnum):
    """Who wrote a text."""

    OPERATOR = "operator"
    """The application's builder: system and developer messages."""
    USER = "user"
    """The person in front of the application."""
    MODEL = "model"
    """The model: answers, its earlier turns, the arguments of its tool calls."""
    TOOL = "tool"
    """A tool's result."""
    DOCUMENT = "document"
    """A retrieved document: a chunk of context."""
    DEFINITION = "definition"
    """The builder's machinery: tool definitions, schemas, stop words, names."""
    UNKNOWN = "unknown"
    """A place that the dialect does not know. It is trusted as little as a document."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One text: *path* says where it stands, *origin* who wrote it."""

    path: str
    origin: Origin
    text: str
