"""
Evaluation: figures of a classifier, by source, length, language and origin, each with its interval.

Innocent texts under `optional_…` are plainly harmful requests without any disguise; whether those count as attacks is a
matter of taste, so they are shown and not counted.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from yett.learning.example import Example
from yett.learning.metrics import Rate, area, average_precision, threshold_at, wilson
from yett.learning.weighting import AUTHORED, OPTIONAL, UNCOUNTED, WRITTEN

__all__ = ["POINTS", "RATES", "evaluated", "markdown"]

_Numbers = NDArray[np.float64]
_Report = dict[str, object]
POINTS: Mapping[str, float] = MappingProxyType({"monitor": 0.5, "balanced": 0.7, "strict": 0.9})
"""The operating points by the scores from which on a text counts as an attack."""
RATES = (0.001, 0.005, 0.01)
"""False alarms at which the share of attacks found is told."""
_LENGTHS = (100, 300, 1000, 3000)
_FEWEST = 20


def evaluated(examples: Sequence[Example], scores: _Numbers) -> _Report:
    """Return the figures for *examples* with their *scores*, as values of JSON."""
    attack = np.array([example.attack for example in examples], np.bool_)
    counted = np.array([not example.source.startswith(OPTIONAL) for example in examples], np.bool_)
    mine, labels = scores[counted], attack[counted]
    both = bool(labels.any() and not labels.all())
    met = np.array([not example.source.startswith(UNCOUNTED) for example in examples], np.bool_) & ~attack
    at = {f"{rate:.1%}": threshold_at(scores[met] if met.any() else mine[~labels], rate) for rate in RATES}
    return {
        "texts": len(examples),
        "attacks": int(attack.sum()),
        "area": area(mine, labels) if both else None,
        "average_precision": average_precision(mine, labels) if both else None,
        "found_at": {f"{rate:.1%}": _at(mine, labels, rate) for rate in RATES} if both else {},
        "mean_found": _means(examples, scores, attack, POINTS),
        "mean_found_at": _means(examples, scores, attack, at) if both else {},
        "sources": _by(lambda example: example.source, examples, scores, attack),
        "origins": _by(lambda example: example.origin.value, examples, scores, attack),
        "lengths": _by(_length, examples, scores, attack),
        "languages": _by(lambda example: example.language or "unknown", examples, scores, attack, _FEWEST),
    }


def _at(scores: _Numbers, attack: NDArray[np.bool_], rate: float) -> _Report:
    threshold = threshold_at(scores[~attack], rate)
    return {"threshold": threshold} | _told(wilson(int((scores[attack] >= threshold).sum()), int(attack.sum())))


def _means(
    examples: Sequence[Example], scores: _Numbers, attack: NDArray[np.bool_], thresholds: Mapping[str, float]
) -> _Report:
    """Average the shares found over the sources of attacks, each counting alike; those written for training do not."""
    sources = np.array([example.source for example in examples])
    names = sorted({str(name) for name in sources[attack] if not name.startswith((AUTHORED, WRITTEN))})
    return {
        point: float(np.mean([np.mean(scores[attack & (sources == name)] >= threshold) for name in names]))
        for point, threshold in thresholds.items()
        if names
    }


def _by(
    key: Callable[[Example], str],
    examples: Sequence[Example],
    scores: _Numbers,
    attack: NDArray[np.bool_],
    fewest: int = 1,
) -> list[_Report]:
    """Return, for each value of *key* that at least *fewest* examples have, what is found and what is a false alarm."""
    keys = np.array([key(example) for example in examples])
    sizes = Counter(keys.tolist())
    table = []
    for name in sorted(name for name, size in sizes.items() if size >= fewest):
        row: _Report = {"name": name}
        for label, mine in (("found", (keys == name) & attack), ("alarms", (keys == name) & ~attack)):
            if total := int(mine.sum()):
                rates = {point: wilson(int((scores[mine] >= at).sum()), total) for point, at in POINTS.items()}
                row[label] = {point: _told(rate) for point, rate in rates.items()}
        table.append(row)
    return table


def _told(rate: Rate) -> _Report:
    return {"share": rate.share, "low": rate.low, "high": rate.high, "of": rate.total}


def _length(example: Example) -> str:
    size = next((limit for limit in _LENGTHS if len(example.text) <= limit), None)
    return f"to {size:>4}" if size else f"over {_LENGTHS[-1]}"


def markdown(report: Mapping[str, object]) -> str:
    """Write *report* as tables."""
    lines = [f"{report['texts']} texts, {report['attacks']} of them attacks."]
    if report["area"] is not None:
        lines += [
            "",
            f"Area under the ROC curve {report['area']:.4f}, average precision {report['average_precision']:.4f}.",
        ]
    match report:
        case {"found_at": dict(found), "mean_found": dict(mean), "mean_found_at": dict(means)}:
            lines += [f"Found at {rate} false alarms: {_shown(cell)}." for rate, cell in found.items()]
            told = ", ".join(f"{point} {share:.1%}" for point, share in mean.items())
            lines += [f"Mean over the sources of attacks: {told}."] if told else []
            told = ", ".join(f"{share:.1%} at {rate}" for rate, share in means.items())
            lines += (
                [f"The same at false alarms of all innocent texts that were met in the world: {told}."] if told else []
            )
    for title in ("sources", "origins", "lengths", "languages"):
        match report[title]:
            case [*rows]:
                lines += ["", *_table(title, rows)]
    match report.get("disguises"):
        case dict(table):
            lines += ["", "| disguise | found | false alarms |", "|---|---|---|"]
            lines += [f"| {name} | {_shown(row['found'])} | {_shown(row['alarms'])} |" for name, row in table.items()]
    return "\n".join(lines) + "\n"


def _table(title: str, rows: Sequence[object]) -> list[str]:
    points = [(label, point) for label in ("found", "alarms") for point in POINTS]
    lines = [f"| {title} | " + " | ".join(f"{label}, {point}" for label, point in points) + " |"]
    lines.append("|---|" + "---|" * len(points))
    for row in rows:
        if isinstance(row, dict):
            cells = [_shown(row[label][point]) if label in row else "" for label, point in points]
            lines.append(f"| {row['name']} | " + " | ".join(cells) + " |")
    return lines


def _shown(cell: object) -> str:
    match cell:
        case {"share": float(share), "low": float(low), "high": float(high)}:
            return f"{share:.1%} ({low:.1%} to {high:.1%})"
    return ""
