"""Bounds: how much the server bears, and for how long."""

from dataclasses import dataclass

__all__ = ["Bounds"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the server bears, and for how many seconds."""

    header_bytes: int = 16 * 1024
    """Of a whole head: the target, and all names and values."""
    header_count: int = 100
    body_bytes: int = 1024 * 1024
    requests: int = 1024
    """At the same time."""
    connections: int = 4096
    header_seconds: float = 10
    """From the first byte of a head, or from the connection's beginning, until the head is whole."""
    body_seconds: float = 30
    idle_seconds: float = 75
    """Between an answer and the next request."""
    stall_seconds: float = 60
    """Until somebody who does not read what we send is given up."""
    linger_seconds: float = 2
    """For a refused client to stop sending and read why; closing at once would destroy the answer on its way."""
