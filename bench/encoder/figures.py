"""
Figures: how well texts of sources were judged that the model had not seen, with 95 % intervals (Wilson).

One threshold serves all sources: that at which a given share of the innocent texts that were met in the world, of all
sources together, would be false alarms. What was written for training (`authored_…`, `written_…`) and plainly harmful
requests (`optional_…`) are shown and not counted.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from yett.detectors.evidence import RATES
from yett.learning.metrics import area, threshold_at, wilson
from yett.learning.weighting import UNCOUNTED

__all__ = ["Row", "counted", "mean_found", "points", "report"]

Row = Mapping[str, object]
OPERATING = dict(zip(("monitor", "balanced", "strict"), RATES, strict=True))
"""The share of innocent texts that are false alarms."""


def counted(row: Row) -> bool:
    """Say whether *row* was met in the world."""
    return not str(row["source"]).startswith(UNCOUNTED)


def points(rows: Sequence[Row], answer: str = "answer") -> dict[str, float]:
    """Return the threshold of each operating point."""
    innocent = np.array([row[answer] for row in rows if counted(row) and not row["attack"]])
    return {name: threshold_at(innocent, share) for name, share in OPERATING.items()}


def mean_found(rows: Sequence[Row], threshold: float, answer: str = "answer") -> float:
    """Return the share of attacks that is found, every source that was met in the world counting the same."""
    met = [row for row in rows if row["attack"] and counted(row)]
    shares = [
        np.mean([row[answer] >= threshold for row in met if row["source"] == source])
        for source in sorted({row["source"] for row in met})
    ]
    return float(np.mean(shares))


def report(rows: Sequence[Row], answer: str = "answer") -> str:
    """Return all figures as Markdown."""
    at = points(rows, answer)
    attacks, innocent = ([row for row in rows if row["attack"] is wanted] for wanted in (True, False))
    means = ", ".join(
        f"{mean_found(rows, threshold, answer):.3f} at {OPERATING[name]:.1%}" for name, threshold in at.items()
    )
    judged = [row for row in rows if counted(row)]
    curve = area(np.array([row[answer] for row in judged]), np.array([bool(row["attack"]) for row in judged]))
    return "\n\n".join(
        (
            f"Found on average over the sources of attacks, by share of false alarms: {means}. Area under the ROC curve {curve:.4f}.",
            _table("attacks found", attacks, lambda row: str(row["source"]), at, answer),
            _table(
                "innocent texts that are false alarms",
                [row for row in rows if not row["attack"]],
                lambda row: str(row["source"]),
                at,
                answer,
            ),
            _table("false alarms by origin", innocent, lambda row: str(row["origin"]), at, answer),
            _table("attacks found by origin", attacks, lambda row: str(row["origin"]), at, answer),
            _table("false alarms by kind of text", innocent, _family, at, answer),
        )
    )


def _family(row: Row) -> str:
    source = str(row["source"])
    if "hard_negatives" in source or "innocent" in source:
        return "requests with the words of attacks"
    if source.startswith("local_code"):
        return "source code"
    if source.startswith("local_prose") or source in {"benign_tldr", "benign_atlas", "sa_xquad"}:
        return "documentation and articles"
    return "all other"


def _table(title: str, rows: Sequence[Row], by: Callable[[Row], str], at: Mapping[str, float], answer: str) -> str:
    lines = [f"| {title} | texts | {' | '.join(at)} |", f"|---|---:|{'---:|' * len(at)}"]
    for name in sorted({by(row) for row in rows}):
        group = [row[answer] for row in rows if by(row) == name]
        cells = []
        for threshold in at.values():
            rate = wilson(sum(each >= threshold for each in group), len(group))
            cells.append(f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%})")
        lines.append(f"| {name} | {len(group)} | {' | '.join(cells)} |")
    return "\n".join(lines)
