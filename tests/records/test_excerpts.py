"""What is cut out of a record's bytes is what reading the whole record tells."""

import dataclasses
from unittest import mock

import orjson
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from yett.model.record import Judgement, Record
from yett.model.usage import Usage
from yett.records import excerpts
from yett.records.building import serialise
from yett.records.excerpts import Told, judgements, stages, told
from yett.records.opening import Opening, write

__all__ = ["RECORDS"]

LOOKALIKES = (
    ',"judgements":[',
    '],"usage":{"input_tokens":1',
    ',"coverage":[["',
    ']],"facts":[',
    ',"vector":{"*":',
    '},{"stage":"',
    '","subject":"',
    '","at":',
    ',"cost":"',
    '","releases":[',
    "\\",
    '"',
    "]]",
    "é",
)
NAMES = ("coverage", "facts", "vector", "usage", "cost", "stage", "llm.model", "input_tokens", "judgements")
WORDS = st.sampled_from(LOOKALIKES) | st.text(max_size=4).filter(str.isprintable)
MANY = st.lists(WORDS, max_size=2).map(tuple)
COUNTS = st.integers(0, 2**53)
SCALARS = st.none() | st.booleans() | COUNTS | WORDS | st.just({"no": "value"}) | st.just({"decimal": "1.10"})
VECTORS = st.dictionaries(st.sampled_from(NAMES) | WORDS, SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
JUDGEMENTS = st.builds(
    Judgement,
    stage=WORDS,
    effect=WORDS,
    allowed=st.booleans(),
    rules=MANY,
    unknown=MANY,
    findings=st.lists(st.tuples(WORDS, WORDS, COUNTS), max_size=2).map(tuple),
    coverage=st.lists(st.tuples(WORDS, WORDS, COUNTS, WORDS), max_size=2).map(tuple),
    facts=MANY,
    revision=WORDS,
    rewritten=st.lists(st.tuples(WORDS, WORDS, COUNTS), max_size=1).map(tuple),
    redacts=MANY,
    vector=st.none() | VECTORS.map(lambda vector: {"*": 1, **vector}),
)
RECORDS = st.builds(
    Record,
    id=WORDS,
    at=st.floats(allow_nan=False, allow_infinity=False),
    operation=WORDS,
    tenant=WORDS,
    subject=WORDS,
    key=WORDS,
    model=WORDS,
    judgements=st.lists(JUDGEMENTS, max_size=3),
    usage=st.builds(Usage, COUNTS, COUNTS, COUNTS),
    caps=st.dictionaries(st.sampled_from(NAMES) | WORDS, COUNTS, max_size=2),
    cost=WORDS,
    releases=MANY,
)

SEARCH = settings(phases=[Phase.generate], max_examples=5_000)


def is_cut_right(record: Record) -> bool:
    """Say whether all that is cut out of *record* is what the record says."""
    body = serialise(record)
    whole = orjson.loads(body)
    judged = judgements(body)
    if judged is None:
        return False
    found = []
    for frame, vector in stages(judged):
        read = orjson.loads(frame)
        found.append({**read, "vector": orjson.loads(vector)} if vector else read)
    for each in (*found, *whole["judgements"]):
        each.pop("coverage", None)  # where nothing was read there is nothing to cut
    whom = Told(*(whole[name] for name in ("id", "tenant", "model", "cost")))
    return found == whole["judgements"] and told(body) == whom


@given(RECORDS)
def test_what_is_cut_out_is_what_the_record_says(record: Record) -> None:
    assert is_cut_right(record)


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("_FACTS", b'"facts":['),
        ("_COVERAGE", b',"coverage":['),
        ("_NEXT", b'{"stage":"'),
        ("_VECTOR", b"vector"),
        ("_SUBJECT", b"subject"),
        ("_RELEASES", b'"'),
    ],
)
def test_a_place_that_a_text_can_look_like_is_caught(name: str, mutant: bytes) -> None:
    with mock.patch.object(excerpts, name, mutant):
        assert find(RECORDS, lambda record: not _holds(record), settings=SEARCH)


def _holds(record: Record) -> bool:
    try:
        return is_cut_right(record)
    except ValueError:
        return False


def test_coverage_and_whom_it_was_for_stay_out() -> None:
    judged = Judgement("request", "allow", allowed=True, rules=(), unknown=(), findings=(), coverage=())
    covered = [dataclasses.replace(judged, coverage=(("/a", "user", count, "size"),)) for count in (1, 2)]
    one, other = (serialise(Record(f"r{at}", at, "o", judgements=[each])) for at, each in enumerate(covered))
    assert judgements(one) == judgements(other)
    assert judgements(serialise(Record("r", 0.0, "o"))) == b"[]"
    assert stages(b"[]") == []


def test_what_is_written_otherwise_is_not_cut() -> None:
    record = serialise(Record("r", 0.0, "o"))
    spaced = record.replace(b",", b", ")
    for body in (write(Opening("a", 0.0, "a")), b"", b"{}", b"\xff", spaced, record.replace(b'"kind":"record"', b"")):
        assert judgements(body) is None
        assert told(body) is None
    torn = serialise(
        Record("r", 0.0, "o", judgements=[Judgement("s", "e", True, (), (), (), (("/a", "user", 1, "size"),))])
    )
    assert judgements(torn.replace(b'"facts"', b'"fact"')) is None


def test_the_facts_end_a_judgement() -> None:
    assert [each.name for each in dataclasses.fields(Judgement)][-1] == "vector"
