"""
ONNX: a small encoder as scorer, run by ONNX Runtime on one core.

Rules:

1. One thread a call: a gateway has a core per worker, and a second thread would be taken from a neighbour.
2. Windows are judged one by one. What is batched is quantised together, and then a text's score would depend on its
   company; on one core a batch is no quicker.
3. A text has the score of its worst window. At most four windows are judged in a call, since each costs milliseconds:
   every text's first, then every text's second, and so on.
4. Nothing is caught here. What breaks, breaks out of the detector that asks, and so becomes a finding.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
import onnxruntime

from yett.adapters.scorers.tokens import Tokens
from yett.model.segment import Origin

__all__ = ["MOST_WINDOWS", "Encoder", "OnnxScorer", "Scale"]

MOST_WINDOWS = 4
"""Windows, and so texts, that are judged in one call."""
_BROKEN = (
    onnxruntime.capi.onnxruntime_pybind11_state.Fail,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidProtobuf,
    onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented,
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What the network's answers mean as scores: straight lines between points, flat beyond the last ones."""

    answers: tuple[float, ...]
    """Rising."""
    scores: tuple[float, ...]
    """Rising, from 0 to 1; one for each of the answers."""

    def __post_init__(self) -> None:
        """
        See that the points make a scale.

        Raises:
            ValueError: they do not.
        """
        rising = all(each == tuple(sorted(each)) for each in (self.answers, self.scores))
        if not self.answers or len(self.answers) != len(self.scores) or len(set(self.answers)) != len(self.answers):
            raise ValueError("needs as many scores as answers, and different answers")
        if not rising or self.scores[0] < 0.0 or self.scores[-1] > 1.0:
            raise ValueError("needs answers that rise, and scores that rise from 0 to 1")

    def score(self, answer: float) -> float:
        """
        Return the score that *answer* stands for.

        Raises:
            ValueError: *answer* is not a number.
        """
        if answer != answer:  # noqa: PLR0124 - what is no number is unequal to itself
            raise ValueError("the network's answer is not a number")
        place = bisect_right(self.answers, answer)
        if place in {0, len(self.answers)}:
            return self.scores[min(place, len(self.scores) - 1)]
        low, high = self.answers[place - 1], self.answers[place]
        share = (answer - low) / (high - low)
        return self.scores[place - 1] + share * (self.scores[place] - self.scores[place - 1])


@dataclass(frozen=True, slots=True)
class Encoder:
    """What an encoder is made of, as it lies in its artefact."""

    revision: str
    network: bytes
    """An ONNX graph: `tokens`, numbers of one window, to `answer`, a log-odds."""
    tokenizer: bytes
    """A `tokenizer.json`."""
    scale: Scale


class OnnxScorer:
    """Judges texts by an encoder."""

    name = "transformer"

    def __init__(self, encoder: Encoder) -> None:
        """
        Make *encoder* ready to run.

        Raises:
            ValueError: it cannot be run.
        """
        self.revision = encoder.revision
        self._scale = encoder.scale
        self._tokens = Tokens(encoder.tokenizer)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(encoder.network, options, providers=["CPUExecutionProvider"])
        except _BROKEN as error:
            raise ValueError(str(error)) from None

    def scores(self, texts: Sequence[str], origin: Origin) -> Sequence[float]:
        """
        Return one score from 0 to 1 for each of *texts*, of which there are at most four.

        Raises:
            ValueError: there are more, so that some would not be judged at all.
        """
        if len(texts) > MOST_WINDOWS:
            raise ValueError(f"judges {MOST_WINDOWS} texts at a time, not {len(texts)}")
        worst = [0.0] * len(texts)
        for index, window in islice(_turns([self._tokens.windows(text, origin) for text in texts]), MOST_WINDOWS):
            worst[index] = max(worst[index], self._scale.score(self.answer(window)))
        return worst

    def answer(self, window: Sequence[int]) -> float:
        """Return the log-odds that the network gives a *window* of numbers of tokens."""
        tokens = np.asarray([window], dtype=np.int64)
        return float(self._session.run(["answer"], {"tokens": tokens})[0][0])


def _turns(windows: Sequence[Sequence[list[int]]]) -> Iterator[tuple[int, list[int]]]:
    for turn in zip_longest(*windows):
        yield from ((index, window) for index, window in enumerate(turn) if window is not None)
