"""
Classifier: texts that look like attacks, in whatever words; the detector `classifier`.

Rules:

1. It reads texts as they look once folded and decoded; what was taken apart to get past a list of words is whole again.
2. What users, documents, tools and strangers wrote is judged. Giving orders is what the application's builder is for,
   and what the model says is judged by what it carries out, so a stream never waits for this detector.
3. A score of 0.5, 0.7 or 0.9 is reached by 3 %, 0.75 % or 0.1 % of innocent texts. Nothing is reported below the first.
4. A second judge, where there is one, is asked about texts in doubt, and about the worst windows of whatever comes from
   documents, tools and strangers; the score is what both say together (see `evidence`), which found more than the word
   of either alone. When it fails, so does this detector: nothing passes on half an opinion.
5. Fewer than four different words, however often they are said, are too little to deny by: their score stays below 0.7,
   and orders as short as that are what the rules are for. Writing without spaces, and long runs of letters, are no words.
"""

from collections.abc import Iterator

from yett.detectors.evidence import together
from yett.detectors.judge import Judge, Suspect
from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.scorer import Scorer

__all__ = ["BALANCED", "MONITOR", "STRICT", "Classifier"]

MONITOR, BALANCED, STRICT = 0.5, 0.7, 0.9
"""The operating points: 3 %, 0.75 % and 0.1 % of innocent texts score as high."""
_DOUBT = 0.1
_WINDOWS = 4
_FEWEST_WORDS, _LONGEST_WORD = 4, 20
_TOO_LITTLE = 0.69


class Classifier:
    """Finds texts that look like attacks."""

    name = "classifier"
    kinds = frozenset({"injection"})
    readings = frozenset({"folded", "decoded"})
    origins = frozenset({Origin.USER, Origin.TOOL, Origin.DOCUMENT, Origin.UNKNOWN})
    look_behind = 0

    def __init__(self, judge: Judge, revision: str, scorer: Scorer | None = None) -> None:
        """Judge by *judge*, whose model has the *revision*, and ask *scorer* where that is in doubt."""
        self._judge = judge
        self._scorer = scorer
        self.cost = 2 if scorer else 1
        self.revision = f"{revision}+{scorer.name}:{scorer.revision}" if scorer else revision

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        """Report the stretch of *text* that tells the most, if the text looks like an attack."""
        if origin not in self.origins or start:
            return
        trusted = origin is Origin.USER
        suspects = self._judge.suspects(text, _WINDOWS if self._scorer else 1, trusted=trusted)
        if not suspects:
            return
        worst, score = suspects[0], self._judge.model.score(suspects[0].value, len(text), trusted=trusted)
        rule = "stage-1"
        if self._scorer and score < STRICT and (score >= _DOUBT or not trusted):
            worst, second = self._asked(self._scorer, text, suspects, origin)
            score, rule = together(score, second), "stage-2"
        if score > _TOO_LITTLE and _few_words(text):
            score = _TOO_LITTLE
        if score >= MONITOR:
            yield Match(*self._telling(text, worst, trusted=trusted), "injection.suspected", score, rule)

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return *start*, since the whole text is judged; its end for what is not judged."""
        return start if origin in self.origins else len(text)

    def _asked(self, scorer: Scorer, text: str, suspects: list[Suspect], origin: Origin) -> tuple[Suspect, float]:
        scores = scorer.scores([text[each.start : each.end] for each in suspects], origin)
        best = max(range(len(suspects)), key=lambda index: scores[index])
        return suspects[best], scores[best]

    def _telling(self, text: str, worst: Suspect, *, trusted: bool) -> tuple[int, int]:
        window = text[worst.start : worst.end]
        start, end = self._judge.explain(window, trusted=trusted).telling() if window.strip() else (0, len(window))
        return worst.start + start, worst.start + end


def _few_words(text: str) -> bool:
    """Say whether *text* has too few different words to deny by."""
    if not text.isascii():
        return False
    words: set[str] = set()
    for word in text.split():
        words.add(word)
        if len(words) >= _FEWEST_WORDS or len(word) > _LONGEST_WORD:
            return False
    return True
