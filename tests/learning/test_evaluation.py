"""Figures are told by source, origin, length and language, each with its interval."""

import numpy as np
import pytest

from yett.learning.evaluation import evaluated, markdown
from yett.learning.example import Example
from yett.model.segment import Origin

EXAMPLES = [
    *[Example("a" * 50, attack=True, source="attack_a", language="en")] * 30,
    *[Example("a" * 500, attack=True, source="attack_b", origin=Origin.TOOL)] * 10,
    *[Example("a" * 5000, attack=True, source="authored_c")] * 10,
    *[Example("b", attack=False, source="chat")] * 100,
    *[Example("c", attack=False, source="optional_d")] * 10,
]
SCORES = np.array([0.95] * 15 + [0.75] * 15 + [0.1] * 10 + [0.95] * 10 + [0.0] * 99 + [0.6] + [0.99] * 10)


def row(report: dict[str, object], table: str, name: str) -> dict[str, dict[str, dict[str, float]]]:
    rows = report[table]
    assert isinstance(rows, list)
    return next(each for each in rows if each["name"] == name)


def test_each_source_has_its_figures() -> None:
    report = evaluated(EXAMPLES, SCORES)
    found = row(report, "sources", "attack_a")["found"]
    assert [found[point]["share"] for point in ("monitor", "balanced", "strict")] == [1.0, 1.0, 0.5]
    assert found["strict"]["low"] < 0.5 < found["strict"]["high"]
    assert row(report, "sources", "chat")["alarms"]["monitor"]["share"] == pytest.approx(0.01)
    assert "found" not in row(report, "sources", "chat")


def test_the_mean_counts_sources_alike_and_leaves_out_what_was_written_for_training() -> None:
    assert evaluated(EXAMPLES, SCORES)["mean_found"] == {"monitor": 0.5, "balanced": 0.5, "strict": 0.25}


def test_the_mean_is_told_at_false_alarms_too() -> None:
    assert evaluated(EXAMPLES, SCORES)["mean_found_at"] == {"0.1%": 0.5, "0.5%": 0.5, "1.0%": 1.0}


def test_origins_lengths_and_languages_are_told_apart() -> None:
    report = evaluated(EXAMPLES, SCORES)
    assert row(report, "origins", "tool")["found"]["monitor"]["share"] == 0.0
    assert row(report, "lengths", "over 3000")["found"]["strict"]["share"] == 1.0
    assert row(report, "languages", "en")["found"]["monitor"]["of"] == 30


def test_what_is_a_matter_of_taste_does_not_count() -> None:
    report = evaluated(EXAMPLES, SCORES)
    assert report["found_at"] == evaluated(EXAMPLES[:-10], SCORES[:-10])["found_at"]


def test_one_label_alone_has_no_curve() -> None:
    report = evaluated(EXAMPLES[:5], SCORES[:5])
    assert (report["area"], report["found_at"]) == (None, {})
    assert "attack_a" in markdown(report)


def test_tables_are_readable() -> None:
    told = markdown(evaluated(EXAMPLES, SCORES))
    assert "| attack_a | 100.0% (88.6% to 100.0%) |" in told
    assert "Mean over the sources of attacks: monitor 50.0%, balanced 50.0%, strict 25.0%." in told
