"""
How the shipped encoder judges texts that were written by hand and kept apart, so that it has not learnt from them.

    python -m bench.encoder.unknown

It judges them as the running gateway would, without the classifier, and prints the share of attacks and of innocent
texts that reach each score, by source and by origin, with 95 % intervals (Wilson).
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.encoder.texts import kept_apart
from yett.compose.corpora import read_corpus
from yett.compose.encoder import shipped_encoder
from yett.learning.example import Example
from yett.learning.metrics import wilson

__all__ = ["main"]

CORPUS = Path(__file__).parents[2] / "corpus"
SCORES = (0.5, 0.7, 0.9)
Judged = Sequence[tuple[Example, float]]


def main() -> None:
    """Print how often attacks and innocent texts reach each score."""
    scorer = shipped_encoder()
    judged = [(each, scorer.scores([each.text], each.origin)[0]) for each in read_corpus([CORPUS]) if kept_apart(each)]
    for attack, what in ((True, "attacks"), (False, "innocent texts")):
        print(
            f"\n| {what} | texts | {' | '.join(f'at {score}' for score in SCORES)} |\n|---|---:|{'---:|' * len(SCORES)}"
        )
        mine = [(each, score) for each, score in judged if each.attack is attack]
        for by in (lambda each: each.source, lambda each: f"of a {each.origin}", lambda _: "all"):
            print(*_lines(mine, by), sep="\n")


def _lines(judged: Judged, by: Callable[[Example], str]) -> Iterator[str]:
    for name in sorted({by(each) for each, _ in judged}):
        scores = [score for each, score in judged if by(each) == name]
        rates = [wilson(sum(score >= least for score in scores), len(scores)) for least in SCORES]
        cells = (f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%})" for rate in rates)
        yield f"| {name} | {len(scores)} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
