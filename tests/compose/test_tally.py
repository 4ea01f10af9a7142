"""Counting records by their excerpts gives the report that reading every record whole gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, islice
from operator import itemgetter
from types import MappingProxyType
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
from yett.policy.candidate import NOTHING_KEPT, Candidate
from yett.policy.comparison import Change, Comparison, Report
from yett.policy.program import Program
from yett.policy.vector import Vectors
from yett.records.building import serialise
from yett.records.excerpts import Excerpt, Excerpts, told
from yett.records.opening import Opening, write
from yett.records.sheets import Page, column, rows, sheet

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
CUTTER = Excerpts()


def paged(bodies: Sequence[bytes], changed: Mapping[int, Excerpt] = MappingProxyType({})) -> Page:
    """Return a page of *bodies*, of which some excerpts are *changed*."""
    cuts = [changed.get(at) or CUTTER.of(body) for at, body in enumerate(bodies)]
    frames = {b"%d" % hash(cut.frame): cut.frame for cut in cuts if cut}
    runs = [(at, [cut for _, cut in run if cut]) for at, run in grouped(cuts)]
    made = [sheet(at, run) for at, run in runs if run]
    return Page(
        [each._replace(frames=[b"%d" % hash(frame) for frame in each.frames]) for each in made],
        [at for at, cut in enumerate(cuts) if cut is None],
        frames.__getitem__,
        bodies.__getitem__,
    )


def grouped(cuts: Sequence[Excerpt | None]) -> Iterator[tuple[int, list[tuple[int, Excerpt | None]]]]:
    """Return excerpts that follow each other, four at most, and with the place of the first."""
    number = accumulate((cut is None or at % 4 == 0 for at, cut in enumerate(cuts)), initial=0)
    for _, run in groupby(zip(enumerate(cuts), islice(number, 1, None), strict=True), key=itemgetter(1)):
        its = [each for each, _ in run if each[1]]
        yield (its[0][0] if its else -1), its


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
        made.add(paged(bodies[page::pages]))
    return comparison.report


@given(st.lists(BODIES, max_size=6).map(lambda bodies: bodies * 2))
def test_counting_excerpts_says_what_reading_says(bodies: list[bytes]) -> None:
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
        ("column", lambda blocks, at: column(blocks, at)[:1]),
        ("rows", lambda block: [rows(block)[0]] * block.size),
        ("rows", lambda block: [("x",) * len(each) for each in rows(block)]),
        ("told", lambda written: told(written)._replace(cost="1")),
        ("money", lambda _record: None),
        ("itemgetter", lambda _at: lambda each: -each[0]),
    ],
)
def test_an_excerpt_taken_for_another_is_caught(name: str, mutant: object) -> None:
    with mock.patch.object(tally, name, mutant):
        assert counted(bodies()) != plainly(bodies())


def test_what_is_not_cut_is_read_whole() -> None:
    comparison = Comparison(Candidate(CANDIDATE, digest))
    page = paged(bodies())
    Tally(comparison).add(page._replace(sheets=[], others=range(len(bodies()))))
    assert comparison.report == plainly(bodies())


BROKEN = st.sampled_from(
    (b"", b"[]", b"[1]", b"{}", b"null", b"\xff", b"[[]]", b'[{"vector":7}]', b'{"a":\0}', b'["x"]')
)
FIELDS = st.sampled_from(("frame", "told"))


@given(st.lists(st.tuples(st.integers(0, 18), FIELDS, BROKEN), max_size=4))
def test_an_excerpt_that_somebody_changed_breaks_nothing(changes: list[tuple[int, str, bytes]]) -> None:
    found, changed = bodies(), {}
    for at, field, value in changes:
        cut = CUTTER.of(found[at])
        if cut:
            # Those with one frame have as many values as it names.
            changed[at] = cut._replace(told=value) if field == "told" else cut._replace(frame=value, values=[])
    comparison = Comparison(Candidate(CANDIDATE, digest))
    Tally(comparison).add(paged(found, changed))
    assert comparison.report.records == len(found) - 1


@given(st.integers(0, 5), st.integers(0, 2), BROKEN | st.sampled_from((b"=", b"=1", b"=x", b"1,2", b"=[]")))
def test_a_column_that_somebody_changed_breaks_nothing(at: int, place: int, value: bytes) -> None:
    page = paged(bodies())
    broken = list(page.sheets)
    which = at % len(broken)
    columns = [[*its[:place], value, *its[place + 1 :]] for its in broken[which].columns]
    broken[which] = broken[which]._replace(columns=columns)
    comparison = Comparison(Candidate(CANDIDATE, digest))
    Tally(comparison).add(page._replace(sheets=broken))
    assert comparison.report.records == len(bodies()) - 1


def test_a_record_that_cannot_be_read_is_counted_as_one_that_holds_nothing() -> None:
    broken = [b"{", b"", b'{"kind":"record"}', b'{"kind":"record","judgements":[{"stage":"x"}]}']
    report = counted([*broken, b"{}", b"[]", *bodies()])
    assert (report.records, report.lacking[NOTHING_KEPT]) == (len(bodies()) - 1 + len(broken), len(broken))


def test_what_is_remembered_stays_bounded() -> None:
    with mock.patch.object(tally, "_MOST_GROUPS", 1):
        assert counted(bodies(), pages=3).records == plainly(bodies()).records
