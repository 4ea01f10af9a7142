"""
The stream side of OpenAI's chat completions, sans I/O.

Rules:

1. Nothing passes that was not handed back: a text without a release is not sent. Growing texts may be released late,
   elsewhere (`flush`), in other pieces; a text that stands alone is released whole, or its place is emptied.
2. What stands alone and comes again unchanged, as an identifier does in every chunk, is asked about once and treated
   alike ever after.
3. What clients would glue together, names and identifiers of tool calls, may not come in pieces; and a choice that has
   ended says no more. An upstream that does so has failed.
4. Log probabilities repeat their text, so they pass only beside a text that passes whole and unchanged in the same
   chunk. Padding (`obfuscation`) is taken out: it pads what we no longer send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from yett.dialects import dialect, strict_json
from yett.dialects.dialect import Payload, Texts
from yett.dialects.events import encode
from yett.dialects.openai_chat import filtered
from yett.dialects.openai_chat_lanes import Lane, delta_of, lane_at, pointer
from yett.dialects.openai_chat_table import CHUNK
from yett.dialects.pointers import KEY, REMOVED, replaced
from yett.dialects.shapes import Shape, Sieve, nested
from yett.dialects.usages import usage_of
from yett.model.errors import CallerError, UpstreamError
from yett.model.segment import Origin, Segment
from yett.model.usage import Usage

__all__ = ["MAX_PLACES", "ChatStream", "Delta", "Done", "Event"]

MAX_PLACES = 4_096
"""Most lanes and other places of text in one stream, so that an upstream cannot exhaust us."""
_SHALLOW = len(("delta", "content"))
_ENVELOPE = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
_ROUTINE = frozenset({*_ENVELOPE, "choices"})
"""What every chunk says of itself; whatever else stands beside the choices, usage or the unknown, is worth sending."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a growing text."""

    lane: str
    path: str
    """Where it stands in this event."""
    origin: Origin
    text: str
    whole: bool
    """Whether nothing of the lane may be sent before all of it is there."""


@dataclass(frozen=True, slots=True)
class Event:
    """One chunk, as it must be looked at."""

    payload: Payload
    deltas: tuple[Delta, ...] = ()
    standalone: tuple[Segment, ...] = ()
    """Texts that are complete as they are, but for those that came before and have been asked about."""
    ends: tuple[str, ...] = ()
    """The lanes that end with this event: flush what they still hold before it is written, or release it in it."""
    opaque: tuple[str, ...] = ()
    alone: tuple[tuple[Segment, str], ...] = ()
    """All texts that stand alone, each with its place in the stream."""
    lumps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """The end of the stream."""


class ChatStream:
    """One stream: chunks in, chunks out, and what is known between them."""

    def __init__(self, request_id: str, model: str, table: Shape = CHUNK) -> None:
        self._table = table
        self._envelope: Payload = {"id": f"chatcmpl-{request_id}", "object": "chat.completion.chunk", "created": 0}
        self._envelope["model"] = model
        self._lanes: dict[str, Lane] = {}
        self._shallow: dict[tuple[str, int], Lane] = {}  # by path and the index of the choice, to find them fast
        self._choices: dict[int, bool] = {}  # whether the upstream still speaks, by index
        self._told: set[int] = set()  # the choices whose end was written
        self._asked: dict[str, str] = {}  # what stands alone, by place
        self._settled: dict[str, tuple[str, object]] = {}  # what it was and what it became, by place
        self._pieces: dict[tuple[object, ...], object] = {}
        self.usage = Usage()

    @property
    def complete(self) -> bool:
        """Whether every choice that began has ended."""
        return bool(self._choices) and not any(self._choices.values())

    def read(self, data: str) -> Event | Done:
        """
        Read the data of one server-sent event.

        Raises:
            UpstreamError: it is no chunk, reports an error, or breaks the rules of a stream.
        """
        if data.startswith("[DONE]"):
            return Done()
        payload = _parsed(data)
        sieve = Sieve(asking=False)
        self._table(payload, "", Origin.MODEL, sieve)
        deltas, alone = self._sorted(payload, sieve.segments)
        if len(deltas) > 1 and len({delta.lane for delta in deltas}) < len(deltas):
            _fail("one chunk speaks twice in one place")
        fresh = [segment for segment, place in alone if self._asked.get(place) != segment.text]
        if fresh:
            self._asked.update((place, segment.text) for segment, place in alone)
        if len(self._lanes) + len(self._asked) + len(self._shallow) > MAX_PLACES:
            _fail("it has too many lanes")
        ended = self._follow(payload, {_choice_in(delta.lane) for delta in deltas})
        ends = tuple(lane for lane in self._lanes if _choice_in(lane) in ended) if ended else ()
        if payload.get("usage"):
            self.usage = usage_of(payload)
        return Event(
            payload, tuple(deltas), tuple(fresh), ends, tuple(sieve.opaque), tuple(alone), frozenset(sieve.lumps)
        )

    def write(self, event: Event, releases: Mapping[str, str]) -> bytes:
        """
        Write *event* with the texts of *releases*, by path; nothing at all when it would say nothing.

        Raises:
            Unwritable: a key would have to change.
        """
        edits: dict[str, object] = {}
        for delta in event.deltas:
            if (released := releases.get(delta.path, "")) != delta.text:
                edits[delta.path] = released
        for segment, place in event.alone:
            passed = self._passed(event, segment, place, releases)
            if passed != segment.text and edits.get(segment.path) is not REMOVED:  # a key comes before its value
                edits[segment.path.removesuffix(KEY)] = passed
        edits.update(_logprobs_to_drop(event, edits))
        payload = cast("Payload", replaced(event.payload, edits)) if edits else event.payload
        self._envelope |= {name: payload[name] for name in _ENVELOPE if name in payload}
        self._told |= {
            _index(choice, at) for at, choice in enumerate(payload["choices"]) if choice.get("finish_reason")
        }
        return b"" if edits and event.deltas and _says_nothing(payload) else encode(strict_json.dump(payload))

    def flush(self, lane: str, text: str) -> bytes:
        """Write a chunk of its own that carries *text* in *lane*."""
        if not text:
            return b""
        index, delta = delta_of(self._lanes[lane], text)
        return self._chunk({"index": index, "delta": delta, "finish_reason": None})

    def stop(self, reason: str) -> bytes:
        """End every open choice because policy stopped the stream, with the rule's *reason*, and the stream."""
        still = [index for index in self._choices or (0,) if index not in self._told]
        ending = {"delta": {}, "finish_reason": "content_filter", "content_filter_results": filtered(reason)}
        return b"".join(self._chunk({"index": index, **ending}) for index in still) + self.done()

    def done(self) -> bytes:
        """End the stream."""
        return encode(b"[DONE]")

    @staticmethod
    def pointer(lane: str) -> str:
        """Say where the text of *lane* would stand in an answer that is not streamed."""
        return pointer(lane)

    def read_whole(self, lane: str, text: str) -> Texts:
        """List the texts in the complete *text* of a whole *lane*, as they would be read in an answer."""
        sieve = Sieve(asking=False)
        if self._lanes[lane].keys[-1] == "arguments":
            nested(text, pointer(lane), Origin.MODEL, sieve)
        else:
            sieve.keep(pointer(lane), Origin.MODEL, text)
        return Texts(tuple(sieve.segments))

    def write_whole(
        self, lane: str, text: str, before: Texts, segments: Sequence[Segment], dropped: Sequence[str] = ()
    ) -> str:
        """
        Put *segments*, which were *before*, back into the complete *text* of *lane*.

        Raises:
            Unwritable: one of them cannot be put back.
        """
        above = pointer(lane)
        was, now = ([_below(segment, above) for segment in part] for part in (before.segments, segments))
        return dialect.write(text, Texts(tuple(was)), now, [path.removeprefix(above) for path in dropped])

    def _sorted(self, payload: Payload, segments: Sequence[Segment]) -> tuple[list[Delta], list[tuple[Segment, str]]]:
        deltas, alone = [], []
        for segment in segments:
            if not segment.path.startswith("/choices/"):
                alone.append((segment, segment.path))
                continue
            lane = self._lane(payload, segment.path)
            if lane.grows:
                deltas.append(Delta(lane.name, segment.path, segment.origin, segment.text, lane.whole))
            else:
                alone.append((segment, lane.name))
                self._keep_piece((lane.name,), segment.text if lane.piece else None)
        return deltas, alone

    def _lane(self, payload: Payload, path: str) -> Lane:
        """Find the lane of the text at *path*; for a field right in a delta, a choice's index says which it is."""
        _, _, choice, *inside = path.split("/")
        index = payload["choices"][int(choice)].get("index")
        if len(inside) != _SHALLOW or type(index) is not int:
            return self._kept(lane_at(payload, path))
        if known := self._shallow.get((path, index)):
            return known
        lane = self._kept(lane_at(payload, path))
        if lane.grows:  # one that does not may begin to: a number may be followed by a string
            self._shallow[path, index] = lane
        return lane

    def _kept(self, lane: Lane) -> Lane:
        return self._lanes.setdefault(lane.name, lane) if lane.grows else lane

    def _follow(self, payload: Payload, speaking: set[int]) -> set[int]:
        """Keep track of the choices, and answer those that end here."""
        ended = set()
        for position, choice in enumerate(payload["choices"]):
            index = _index(choice, position)
            if index in speaking and not self._choices.get(index, True):
                _fail("it went on after the end of a choice")
            if choice.get("finish_reason"):
                ended.add(index)
            self._choices[index] = self._choices.get(index, True) and index not in ended
            self._check_pieces(index, choice.get("delta"))
        return ended

    def _check_pieces(self, index: int, delta: object) -> None:
        calls = delta.get("tool_calls") if isinstance(delta, dict) else None
        for position, call in enumerate(calls if isinstance(calls, list) else ()):
            if not isinstance(call, dict):
                continue
            place = (index, call.get("index", position))
            for below in ("function", "custom"):
                inner = call.get(below)
                self._keep_piece((*place, below), inner.get("name") if isinstance(inner, dict) else None)
            self._keep_piece((*place, "id"), call.get("id"))
            self._keep_piece((*place, "type"), call.get("type"))
        single = delta.get("function_call") if isinstance(delta, dict) else None
        self._keep_piece((index, "function_call"), single.get("name") if isinstance(single, dict) else None)

    def _keep_piece(self, place: tuple[object, ...], piece: object) -> None:
        if piece and self._pieces.setdefault(place, piece) != piece:
            _fail("a name or an identifier came in pieces")

    def _passed(self, event: Event, segment: Segment, place: str, releases: Mapping[str, str]) -> object:
        """Answer what the text that stands alone becomes, and remember it for when it comes again."""
        if segment in event.standalone:
            self._settled[place] = (segment.text, _alone(event, segment, releases.get(segment.path)))
        was, became = self._settled.get(place, ("", ""))
        return became if was == segment.text else _alone(event, segment, None)

    def _chunk(self, choice: Mapping[str, object]) -> bytes:
        return encode(strict_json.dump({**self._envelope, "choices": [choice]}))


def _index(choice: Mapping[str, object], position: int) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else position


def _parsed(data: str) -> Payload:
    try:
        payload = strict_json.parse(data)
    except CallerError as error:
        _fail(error.message)
    if not isinstance(payload, dict):
        _fail("a chunk is no JSON object")
    if payload.get("error"):
        _fail("it reported an error")
    choices = payload.get("choices")
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        _fail("a chunk has no list of choices")
    return {key: value for key, value in payload.items() if key != "obfuscation"}


def _alone(event: Event, segment: Segment, released: str | None) -> object:
    if released == segment.text:
        return released
    if released is None and segment.path.endswith(KEY):
        return REMOVED
    return dialect.rewritten(segment.path, released or "", lump=segment.path in event.lumps)


def _logprobs_to_drop(event: Event, edits: Mapping[str, object]) -> Mapping[str, object]:
    paths = {
        f"/choices/{position}/logprobs": f"/choices/{position}/delta/"
        for position, choice in enumerate(event.payload["choices"])
        if choice.get("logprobs") is not None
    }
    return {path: None for path, delta in paths.items() if any(edited.startswith(delta) for edited in edits)}


def _says_nothing(payload: Payload) -> bool:
    if not all(_hollow(value) for name, value in payload.items() if name not in _ROUTINE):
        return False
    return all(not choice.get("finish_reason") and _hollow(choice.get("delta")) for choice in payload["choices"])


def _hollow(value: Any) -> bool:
    if isinstance(value, dict):
        return all(key == "index" or _hollow(item) for key, item in value.items())
    return all(map(_hollow, value)) if isinstance(value, list) else value is None or value == ""


def _choice_in(lane: str) -> int:
    return int(lane.split("/", 2)[1])


def _below(segment: Segment, above: str) -> Segment:
    return Segment(segment.path.removeprefix(above), segment.origin, segment.text)


def _fail(problem: str) -> NoReturn:
    message = f"the upstream's stream cannot be read: {problem}"
    raise UpstreamError(message)
