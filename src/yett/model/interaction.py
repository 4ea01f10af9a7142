"""Interaction: what is asked, by whom, about which texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from yett.model.principal import ANONYMOUS, Principal
from yett.model.segment import Segment
from yett.model.stage import Stage

__all__ = ["Interaction"]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One question to the guard."""

    stage: Stage
    segments: tuple[Segment, ...]
    principal: Principal = ANONYMOUS
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What is known without reading any text, as nested mappings: `{"llm": {"model": …}, "request": {…}}`."""
    opaque: tuple[str, ...] = ()
    """The paths of parts that hold no readable text: images, audio, files, encrypted reasoning."""
    estimates: Mapping[str, Callable[[], object]] = field(default_factory=lambda: MappingProxyType({}))
    """Further facts by their field, each computed when policy asks for it, such as `llm.estimatedTokens`."""
    asked: tuple[Segment, ...] = ()
    """What the model was asked, as it was sent, where this is its answer."""
