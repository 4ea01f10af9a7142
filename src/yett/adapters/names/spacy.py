"""
Names by spaCy: whatever pipeline the operator has installed says who and what is named.

Rules:

1. Only texts that come in are read: a model's answer may stream, and no one can say from its beginning what a name will be.
2. A text is read in pieces, in batches, and what the pipeline remembers of it is let go of afterwards, since its
   vocabulary would otherwise grow with every word that passes.
3. One text at a time: a pipeline is not promised to be safe for several.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from threading import Lock
from types import MappingProxyType
from typing import Protocol, cast

from yett.model.errors import OperatorError, Place, Problem
from yett.model.finding import Match
from yett.model.segment import Origin

__all__ = ["Names", "load_names"]

_KINDS = MappingProxyType(
    {
        **dict.fromkeys(("PERSON", "PER", "persName", "PRS", "person"), "pii.person"),
        **dict.fromkeys(("GPE", "LOC", "placeName", "geogName", "location"), "pii.location"),
        **dict.fromkeys(("ORG", "orgName", "organization", "organisation"), "pii.organisation"),
        **dict.fromkeys(("FAC", "ADDRESS", "address"), "pii.address"),
    }
)
_PIECE = 5_000
_BATCH = 8


class _Entity(Protocol):
    start_char: int
    end_char: int
    label_: str


class _Document(Protocol):
    ents: Iterable[_Entity]


class _Zone(Protocol):
    def __enter__(self) -> object: ...
    def __exit__(self, *_: object) -> bool | None: ...


class _Pipeline(Protocol):
    """What is asked of a spaCy pipeline."""

    meta: dict[str, object]

    def pipe(self, texts: Iterable[str], *, batch_size: int) -> Iterator[_Document]:
        """Read *texts*."""
        ...

    def memory_zone(self) -> _Zone:
        """Let go of what is remembered, at the end."""
        ...


class Names:
    """A detector of names."""

    name = "names"
    kinds = frozenset({"pii"})
    cost = 2
    readings = frozenset({"raw"})
    origins = frozenset({Origin.USER, Origin.DOCUMENT, Origin.TOOL, Origin.UNKNOWN})
    look_behind = 0

    def __init__(self, pipeline: _Pipeline, *, score: float = 0.85, wanted: Iterable[str] = ()) -> None:
        """Ask *pipeline*, and believe it so far as *score* says; report the kinds that are *wanted*, or all."""
        self._pipeline = pipeline
        self._score = score
        self._wanted = frozenset(wanted) or frozenset(_KINDS.values())
        self._alone = Lock()
        told = ":".join(str(pipeline.meta.get(key, "")) for key in ("lang", "name", "version"))
        self.revision = f"{version('spacy')}:{told}:{score}:{','.join(sorted(self._wanted))}"

    def detect(self, text: str, origin: Origin, start: int = 0) -> list[Match]:
        """Report the names that begin at or after *start*, ordered by start."""
        if origin not in self.origins or not text.strip():
            return []
        pieces = list(_pieces(text))
        found: list[Match] = []
        with self._alone, self._pipeline.memory_zone():
            documents = self._pipeline.pipe([text[first:last] for first, last in pieces], batch_size=_BATCH)
            for (first, _), document in zip(pieces, documents, strict=True):
                found += self._of(document, first)
        return sorted(match for match in found if match.start >= start)

    def _of(self, document: _Document, first: int) -> Iterator[Match]:
        for entity in document.ents:
            kind = _KINDS.get(entity.label_)
            if kind in self._wanted:
                yield Match(first + entity.start_char, first + entity.end_char, str(kind), self._score, entity.label_)

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Hold nothing of an answer, which is not read; and everything else, whose names depend on what follows."""
        return start if origin in self.origins else len(text)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut *text* at ends of lines, or else of words, into pieces that a pipeline reads at once."""
    first = 0
    while len(text) - first > _PIECE:
        cut = max(text.rfind(mark, first + _PIECE // 2, first + _PIECE) for mark in ("\n", " "))
        last = first + _PIECE if cut < 0 else cut + 1
        yield first, last
        first = last
    yield first, len(text)


def load_names(model: str, *, score: float = 0.85, wanted: Iterable[str] = ()) -> Names:
    """
    Load the pipeline *model*: the name of an installed package, or a folder.

    Raises:
        OperatorError: spaCy is not installed, or there is no such pipeline.
    """
    try:
        import spacy  # noqa: PLC0415 - an optional part
    except ImportError:
        hint = "install it: `pip install 'yett[names]'`"
        raise OperatorError(Problem(Place(""), "not-installed", "finding names needs spaCy", hint)) from None
    try:
        pipeline = spacy.load(model)
    except (OSError, ValueError) as error:
        hint = "install it, such as `python -m spacy download en_core_web_sm`, or name its folder"
        said = f"there is no spaCy pipeline `{model}`: {str(error).splitlines()[0][:120]}"
        raise OperatorError(Problem(Place(""), "no-pipeline", said, hint)) from None
    return Names(cast("_Pipeline", pipeline), score=score, wanted=wanted)
