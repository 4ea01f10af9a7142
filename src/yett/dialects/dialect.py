"""
Dialect: how one protocol says things.

Rules:

1. A dialect is a table of what is structure (`yett.dialects.shapes`); every other string is text.
2. What is written back is what was read with the verdict's texts in their places; what cannot be written back raises
   Unwritable, and the exchange refuses, for a failed obligation denies.
3. Reading, then writing what was read, changes nothing.
4. What is wrong in a request is the caller's fault, what is wrong in an answer the upstream's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from yett.dialects import pointers
from yett.dialects.pointers import KEY, REMOVED
from yett.dialects.shapes import Shape, Sieve
from yett.model.errors import YettError
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.verdict import Verdict

__all__ = ["Citation", "Dialect", "Payload", "Placed", "Texts", "Unwritable", "read", "rewritten", "write"]

Payload = dict[str, Any]
"""A request or an answer as parsed JSON. Nobody changes one in place."""
_Document = TypeVar("_Document", Payload, str)


class Unwritable(YettError):
    """A text must change where the protocol leaves no way to change it, such as a key."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to read in a payload."""

    segments: tuple[Segment, ...]
    opaque: tuple[str, ...] = ()
    """The pointers of parts that hold no readable text."""
    lumps: frozenset[str] = frozenset()
    """The pointers of parts whose many strings were read as one text, to be written all or not at all."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A chunk of a document that was placed in a prompt."""

    source: str
    id: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A request whose documents stand in its prompt."""

    payload: Payload
    citations: tuple[Citation, ...] | None = None
    """The chunks that were placed; None when the request brought no documents."""


class Dialect(Protocol):
    """One protocol, as the exchange sees it."""

    @property
    def operation(self) -> str:
        """Its name in records and policies, such as `openai.chat`."""
        ...

    @property
    def upstream_path(self) -> str:
        """Where its requests go, below the upstream's base address."""
        ...

    def parse(self, body: bytes) -> Payload:
        """
        Parse a request.

        Raises:
            CallerError: it is ambiguous, malformed, or not a request of this protocol.
        """
        ...

    def parse_answer(self, body: bytes) -> Payload:
        """
        Parse an answer.

        Raises:
            UpstreamError: it is ambiguous, malformed, or not an answer of this protocol.
        """
        ...

    def facts(self, payload: Payload) -> dict[str, dict[str, object]]:
        """Tell what is known of a request without reading its texts."""
        ...

    def answer_facts(self, payload: Payload) -> dict[str, dict[str, object]]:
        """Tell what is known of an answer without reading its texts."""
        ...

    def streams(self, payload: Payload) -> bool:
        """Say whether the request asks for a stream."""
        ...

    def read(self, payload: Payload) -> Texts:
        """
        List the texts of a request.

        Raises:
            CallerError: something in it has the wrong type, is ambiguous, or is not the caller's to choose.
        """
        ...

    def read_answer(self, payload: Payload) -> Texts:
        """List the texts of an answer."""
        ...

    def write(
        self, payload: Payload, before: Texts, segments: Sequence[Segment], dropped: Sequence[str] = ()
    ) -> Payload:
        """
        Put *segments*, which were *before*, back into a request, and take out those at *dropped*.

        Raises:
            Unwritable: one of them cannot be put back or taken out.
        """
        ...

    def write_answer(
        self, payload: Payload, before: Texts, segments: Sequence[Segment], dropped: Sequence[str] = ()
    ) -> Payload:
        """Do for an answer what `write` does for a request."""
        ...

    def route(self, payload: Payload, model: str) -> Payload:
        """Ask *model* instead."""
        ...

    def cap(self, payload: Payload, quantity: str, limit: int) -> Payload:
        """
        Let *quantity* be at most *limit*.

        Raises:
            Unwritable: the protocol does not know the quantity.
        """
        ...

    def place(self, payload: Payload) -> Placed:
        """Move the request's documents into its prompt, delimited as untrusted data."""
        ...

    def enrich_answer(self, payload: Payload, placed: Placed) -> Payload:
        """Add to an answer what rests on the documents that were placed."""
        ...

    def blocked_answer(self, payload: Payload, reason: str) -> Payload:
        """Make the answer that stands for one that policy blocked."""
        ...

    def tell(self, verdict: Verdict, answer: Payload) -> Payload:
        """Tell *answer*, and the *verdict* on its request, where the protocol has a place for it."""
        ...

    def dump(self, payload: Payload) -> bytes:
        """Serialise."""
        ...

    def error(self, refusal: Refusal, request_id: str) -> bytes:
        """Serialise a refusal."""
        ...


def read(payload: Payload, shape: Shape, origin: Origin, *, asking: bool) -> Texts:
    """List the texts of *payload* according to *shape*."""
    sieve = Sieve(asking)
    shape(payload, "", origin, sieve)
    return Texts(tuple(sieve.segments), tuple(sieve.opaque), frozenset(sieve.lumps))


def write(
    document: _Document,
    before: Texts,
    segments: Sequence[Segment],
    dropped: Sequence[str],
    whole: Callable[[str], str] = str,
) -> _Document:
    """
    Put *segments*, which were *before*, back into *document*, and take out those at *dropped*.

    *whole* answers the pointer of what goes when the text at a pointer goes.

    Raises:
        Unwritable: one of them cannot be put back or taken out, or is not accounted for.
    """
    if not dropped and tuple(segments) == before.segments:
        return document
    now = {segment.path: segment.text for segment in segments}
    gone = frozenset(dropped)
    _account(before, now, gone)
    try:
        edits: dict[str, object] = {
            segment.path: rewritten(segment.path, now[segment.path], lump=segment.path in before.lumps)
            for segment in before.segments
            if segment.path in now and now[segment.path] != segment.text
        }
        edits |= _taken_out((path, whole(path)) for path in gone)
        return cast("_Document", pointers.replaced(document, edits))  # every text has a place below the document
    except LookupError as error:
        raise Unwritable(str(error)) from error


def rewritten(path: str, text: str, *, lump: bool = False) -> str | None:
    """
    Return what *text* becomes at *path*: itself, or null for a *lump*, whose strings cannot be told apart in it.

    Raises:
        Unwritable: the pointer means a key.
    """
    if path.endswith(KEY):
        message = f"the key at `{path}` must change, and a key cannot be rewritten"
        raise Unwritable(message)
    return None if lump else text


def _taken_out(dropped: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Edit out the texts that were *dropped*, each with what goes as a whole when it goes."""
    emptied: dict[str, object] = {}
    removed: dict[str, object] = {}
    for path, place in dropped:
        if place != path or path.endswith(KEY):  # a key goes with its value
            removed[place.removesuffix(KEY)] = REMOVED
        else:
            emptied[path] = ""  # what surrounds it may need it
    return emptied | removed


def _account(before: Texts, now: Mapping[str, str], gone: frozenset[str]) -> None:
    there, told = {segment.path for segment in before.segments}, now.keys() | gone
    if strange := told - there:
        message = f"the text at `{min(strange)}` was never read"
        raise Unwritable(message)
    if lost := there - told:
        message = f"the text at `{min(lost)}` is neither kept nor dropped"
        raise Unwritable(message)
