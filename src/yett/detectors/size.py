"""
Size: texts that are too long, too deep or too repetitive; the detector `size`.

Such texts cost more than they say: they fill a context, exhaust a parser or push what came before out of sight. They are
judged as a whole, and only where they come in: what a model may write is limited by tokens, not here.
"""

import re
import zlib
from collections.abc import Iterator

import numpy as np

from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.detector import EVERYBODY

__all__ = ["Size"]

# Prose compresses to a third, code to a quarter, logs to a tenth; a piece over and over to a hundredth.
_REPETITIVE = 0.02
_FEWEST_REPEATING = 4096
# A part of a text compresses to no more than all of it does, but for what begins it; so a part is tried first.
_PART = 8
_SLACK = 64
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_OPENING = tuple(b"([{")
_LONGEST_RUN = 2_000
"""How often one character may follow itself; rules and frames are shorter."""
_LONGEST_WORD = 20_000
"""How many characters may come without a space: more than any address, less than most pictures in base64."""
# Marks upon marks (Vietnamese has two), as in text that is made to spill over its line.
_STACKED = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
_MOST_STACKED = 8


class Size:
    """Finds texts that are out of measure."""

    name = "size"
    cost = 0
    kinds = frozenset({"size"})
    readings = frozenset({"raw"})
    origins = EVERYBODY - {Origin.MODEL}
    look_behind = 0

    def __init__(self, *, longest: int = 1_000_000, deepest: int = 256) -> None:
        """Accept texts of up to *longest* characters, with brackets in brackets up to *deepest* times."""
        self._longest = longest
        self._deepest = deepest
        self.revision = f"2:{longest}:{deepest}"

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        """Report what is out of measure in the whole of *text*."""
        if origin not in self.origins or start:
            return
        end = len(text)
        if end > self._longest:
            yield Match(0, end, "size.length", 1.0, "longest")
            return
        if end >= _FEWEST_REPEATING and _repetitive(text):
            yield Match(0, end, "size.repetition", 0.8, "repetition")
        if self._deep(text):
            yield Match(0, end, "size.nesting", 0.8, "deepest")
        if end >= _LONGEST_RUN and _running(text):
            yield Match(0, end, "size.run", 0.7, "run")
        if end >= _LONGEST_WORD and _wordy(text):
            yield Match(0, end, "size.word", 0.6, "word")
        if not text.isascii() and len(_STACKED.findall(text)) >= _MOST_STACKED:
            yield Match(0, end, "size.marks", 0.7, "marks")

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return *start*, since the whole text is judged; its end for a model's, which is not."""
        return start if origin in self.origins else len(text)

    def _deep(self, text: str) -> bool:
        brackets = text.encode(errors="replace").translate(None, _NO_BRACKETS)
        if sum(map(brackets.count, b"([{")) <= self._deepest:
            return False
        steps = np.where(np.isin(np.frombuffer(brackets, np.uint8), _OPENING), 1, -1)
        depths = np.concatenate(([0], np.add.accumulate(steps)))
        # What closes nothing does not count, so depth is measured from the shallowest place before.
        return bool((depths - np.minimum.accumulate(depths) > self._deepest).any())


def _wordy(text: str) -> bool:
    """Say whether some word is too long; every such word covers one of the stretches looked at."""
    step = _LONGEST_WORD // 2
    stretches = (text[at : at + step] for at in range(0, len(text) - step + 1, step))
    covered = any(stretch.split(None, 1) == [stretch] for stretch in stretches)
    return covered and max(map(len, text.split())) >= _LONGEST_WORD


def _repetitive(text: str) -> bool:
    data = text.encode(errors="replace")
    most = _REPETITIVE * len(data)
    part = len(data) // _PART
    begin = (len(data) - part) // 2
    return len(zlib.compress(data[begin : begin + part], 1)) < most + _SLACK and len(zlib.compress(data, 1)) < most


def _running(text: str) -> bool:
    """Say whether one character follows itself too often; every such run covers one of the stretches looked at."""
    step = _LONGEST_RUN // 2
    starts = range(0, len(text) - step + 1, step)
    return any(not text[at].isspace() and text.startswith(text[at] * step, at) for at in starts)
