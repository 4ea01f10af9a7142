"""
Lanes: where in a stream of chunks a text grows.

Rules:

1. A lane is named by the `index` of the choice and of the tool call, never by a position in one chunk's lists:
   `choices/0/content`, `choices/1/tool_calls/0/function/arguments`.
2. Every string in a delta grows in a lane, but those that come in one piece: names, roles, identifiers,
   keys, annotations.
3. A lane that a client may act on before it ends, a tool's arguments, is whole: it waits until it is complete.
"""

from typing import NamedTuple

from yett.dialects.dialect import Payload
from yett.dialects.pointers import KEY, joined, tokens

__all__ = ["Lane", "delta_of", "lane_at", "pointer"]

_WHOLE = (("function", "arguments"), ("custom", "input"))
_IN_ONE_PIECE = frozenset({"id", "name", "type", "format"})
_IN_ONE_PIECE_BELOW = frozenset({"tool_calls", "function_call", "audio", "reasoning_details"})


class Lane(NamedTuple):
    """Where a text of a chunk belongs."""

    name: str
    keys: tuple[str | int, ...]
    """The way through the chunk, with numbers for the items of lists, named by their `index`."""
    grows: bool
    """Whether later chunks add to it."""
    whole: bool = False
    piece: bool = False
    """Whether it must come in one piece, for clients glue together what comes in several."""


def lane_at(payload: Payload, path: str) -> Lane:
    """Find the lane of the text at *path* of a chunk."""
    keys, value = _followed(payload, path)
    if path.endswith(KEY):
        return Lane(joined(keys)[1:] + KEY, keys, grows=False)
    inside = keys[3:]
    if not inside or keys[0] != "choices" or keys[2] != "delta":
        return Lane(joined(keys)[1:], keys, grows=False)
    name = joined((*keys[:2], *inside))[1:]
    piece = _comes_in_one_piece(inside)
    if not isinstance(value, str) or piece or inside[0] == "annotations":
        return Lane(name, keys, grows=False, piece=piece)
    called = inside[0] == "tool_calls" and inside[2:] in _WHOLE
    return Lane(name, keys, grows=True, whole=called or inside == ("function_call", "arguments"))


def delta_of(lane: Lane, text: str) -> tuple[int, dict[str, object]]:
    """Build the delta that carries *text* in *lane*, and say for which choice."""
    value: object = text
    for key in reversed(lane.keys[3:]):
        value = (
            [{"index": key, **value} if isinstance(value, dict) else value] if isinstance(key, int) else {key: value}
        )
    choice = lane.keys[1]
    return (choice if isinstance(choice, int) else 0), value if isinstance(value, dict) else {}


def pointer(lane: str) -> str:
    """Say where the text of the lane named *lane* stands in an answer that is not streamed."""
    root, choice, inside = lane.split("/", 2)
    return f"/{root}/{choice}/message/{inside}"


def _comes_in_one_piece(inside: tuple[str | int, ...]) -> bool:
    if inside[0] in _IN_ONE_PIECE_BELOW:
        return inside[-1] in _IN_ONE_PIECE
    return inside == ("role",)


def _followed(payload: Payload, path: str) -> tuple[tuple[str | int, ...], object]:
    keys: list[str | int] = []
    value: object = payload
    for token in tokens(path):
        if isinstance(value, list):
            value = value[int(token)]
            index = value.get("index") if isinstance(value, dict) else None
            keys.append(index if type(index) is int else int(token))
        else:
            value = value.get(token) if isinstance(value, dict) else None
            keys.append(token)
    return tuple(keys), value
