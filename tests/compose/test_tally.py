"""Counting records by their bytes gives the report that reading every record whole gives."""

from collections.abc import Sequence
from dataclasses import replace
from unittest import mock

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_comparison import DEAR, FREE, Stated, digest, program
from tests.records.test_excerpts import RECORDS
from yett.compose import tally
from yett.compose.tally import Tally
from yett.model.record import Judgement, Record
from yett.model.stage import Stage
from yett.policy.candidate import Candidate
from yett.policy.comparison import Change, Comparison, Report
from yett.policy.program import Program
from yett.policy.vector import Vectors
from yett.records.building import serialise
from yett.records.opening import Opening, write

ACTIVE = program((FREE, "warn"), ("llm.promptLength > 100", "deny"), (DEAR, "warn"))
CANDIDATE = program((FREE, "deny"), ("llm.promptLength > 1000", "deny"), ("llm.model == 'm'", "warn"))
OPENING = write(Opening("a", 0.0, "a"))


def judged(stage: Stage, known: dict[str, object], costly: dict[str, object]) -> Judgement:
    """Return what is recorded of asking the active policy."""
    facts = Stated(known, costly)
    decision = ACTIVE.decide(stage, facts)
    return Judgement(
        stage=stage.value,
        effect=decision.effect.value,
        allowed=decision.allowed,
        rules=tuple(f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons),
        unknown=(),
        findings=(),
        coverage=(("/messages/0/content", "user", 7, "patterns"),),
        facts=tuple(facts.found),
        vector=Vectors(digest).of(ACTIVE.reads(stage), facts.known, facts.found),
    )


KNOWN = st.fixed_dictionaries(
    {
        "team": st.fixed_dictionaries({"tier": st.sampled_from(("free", "pro"))}),
        "llm": st.fixed_dictionaries(
            {"promptLength": st.sampled_from((1, 50, 200, 2000)), "model": st.sampled_from(("m", '"'))}
        ),
    }
)
COSTLY = st.fixed_dictionaries({"llm.estimatedCost": st.sampled_from((None, 0.5, 1.5))})
JUDGED = st.builds(judged, st.sampled_from((Stage.REQUEST, Stage.RESPONSE)), KNOWN, COSTLY)
WITHOUT = JUDGED.map(lambda each: replace(each, vector=None))
OURS = st.builds(
    replace,
    RECORDS,
    judgements=st.lists(JUDGED | WITHOUT, max_size=3),
    cost=st.sampled_from(("", "0.25", "1.10", "none")),
)
BODIES = OURS.map(serialise) | OURS.map(lambda each: serialise(each).replace(b',"', b', "')) | st.just(OPENING)


def plainly(bodies: Sequence[bytes], candidate: Program = CANDIDATE) -> Report:
    """Read every record whole."""
    comparison = Comparison(Candidate(candidate, digest))
    for body in bodies:
        record = orjson.loads(body)
        if record["kind"] == "record":
            comparison.add(record)
    return comparison.report


def counted(bodies: Sequence[bytes], candidate: Program = CANDIDATE, pages: int = 1) -> Report:
    comparison = Comparison(Candidate(candidate, digest))
    made = Tally(comparison)
    for page in range(pages):
        made.add(bodies[page::pages])
    return comparison.report


@given(st.lists(BODIES, max_size=6).map(lambda bodies: bodies * 2))
def test_counting_bytes_says_what_reading_says(bodies: list[bytes]) -> None:
    assert counted(bodies) == plainly(bodies)


def bodies() -> list[bytes]:
    """Return records whose outcomes differ, each of them several times."""
    asked = [
        judged(Stage.REQUEST, {"team": {"tier": tier}, "llm": {"promptLength": length}}, {"llm.estimatedCost": 0.5})
        for tier in ("free", "pro")
        for length in (1, 200, 2000)
    ]
    made = [Record(f"r{at}", 1.0, "o", tenant="t", cost="0.5", judgements=[each]) for at, each in enumerate(asked * 3)]
    return [OPENING, *map(serialise, made)]


def test_changes_are_counted_over_many_pages() -> None:
    report = counted(bodies(), pages=4)
    assert report == replace(plainly(bodies()), changed=report.changed)
    assert {change: (each.count, each.money) for change, each in report.changed.items()} == {
        change: (each.count, each.money) for change, each in plainly(bodies()).changed.items()
    }
    assert set(report.changed) == {Change.ALLOW_TO_DENY, Change.DENY_TO_ALLOW, Change.EFFECT}


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("judgements", lambda body: None if body == OPENING else b"[]"),
        ("stages", lambda judged, cut=tally.stages: cut(judged)[:0]),
        ("told", lambda body, cut=tally.told: cut(body)._replace(cost="1")),
    ],
)
def test_a_wrong_excerpt_is_caught(name: str, mutant: object) -> None:
    with mock.patch.object(tally, name, mutant):
        assert counted(bodies()) != plainly(bodies())


@pytest.mark.parametrize("name", ["judgements", "told"])
def test_what_is_not_cut_is_read_whole(name: str) -> None:
    with mock.patch.object(tally, name, return_value=None):
        assert counted(bodies()) == plainly(bodies())


def test_what_is_remembered_stays_bounded() -> None:
    with mock.patch.object(tally, "_MOST_OUTCOMES", 1), mock.patch.object(tally, "_MOST_JUDGED", 1):
        assert counted(bodies(), pages=3).records == plainly(bodies()).records
