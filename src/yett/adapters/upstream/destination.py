"""
Destination: where an upstream is, how Yett shows who it is there, and how long and how much it puts up with.

All of it is the operator's, and was checked when the configuration was read. Addresses on this machine or in a
private network are as good as any other, because no request can name one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

__all__ = ["Destination", "Patience", "Style"]

_PATTERN = frozenset("*?[")


class Style(StrEnum):
    """How a credential is sent."""

    BEARER = "bearer"
    """`authorization: Bearer …`, as OpenAI and most others have it."""
    API_KEY = "x-api-key"
    """`x-api-key: …`, as Anthropic has it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds, each part of an answer may take."""

    connect: float = 5
    first_byte: float = 600
    """Until the answer's head is there; an answer that does not stream is only sent when the model is done."""
    idle: float = 120
    """Between two pieces."""
    total: float = 1800


@dataclass(frozen=True, slots=True)
class Destination:
    """One provider, as configured."""

    name: str
    base_url: str
    """Such as `https://api.openai.com/v1`; it holds no credential."""
    models: tuple[str, ...] = ()
    """Names, or patterns such as `llama3*`."""
    credential: str = field(default="", repr=False)
    style: Style = Style.BEARER
    patience: Patience = Patience()
    answer_bytes: int = 32 * 1024 * 1024
    header_bytes: int = 16 * 1024
    """Of all headers of an answer together, interim ones and trailers too."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that show who we are."""
        if not self.credential:
            return {}
        if self.style is Style.API_KEY:
            return {"x-api-key": self.credential}
        return {"authorization": f"Bearer {self.credential}"}

    @property
    def named(self) -> tuple[str, ...]:
        """The models that are named, patterns left out."""
        return tuple(model for model in self.models if _PATTERN.isdisjoint(model))

    def serves(self, model: str) -> bool:
        """Say whether *model* is one of the names or fits one of the patterns."""
        return any(model == known or fnmatchcase(model, known) for known in self.models)
