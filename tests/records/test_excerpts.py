"""What is cut out of a record's bytes is what reading the whole record tells."""

import dataclasses
from collections.abc import Sequence
from unittest import mock

import orjson
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from yett.model.record import Judgement, Record
from yett.model.usage import Usage
from yett.records import excerpts
from yett.records.building import serialise
from yett.records.excerpts import Excerpt, Excerpts, told
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
    '":1,',
    ":1,",
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
PLAIN = st.sampled_from(("r1", "é", "]]", "a,b", "\\", "\n", "a\\"))
"""Names without quotes, as nearly all are."""
RECORDS = st.builds(
    Record,
    id=PLAIN,
    at=st.floats(allow_nan=False, allow_infinity=False),
    operation=PLAIN,
    tenant=PLAIN,
    subject=PLAIN,
    key=PLAIN,
    model=PLAIN,
    judgements=st.lists(JUDGEMENTS, max_size=3),
    usage=st.builds(Usage, COUNTS, COUNTS, COUNTS),
    caps=st.dictionaries(st.sampled_from(NAMES) | WORDS, COUNTS, max_size=2),
    cost=WORDS,
    releases=MANY,
)

SEARCH = settings(phases=[Phase.generate], max_examples=5_000)
NEEDED = ("stage", "allowed", "effect", "rules", "redacts", "facts", "vector")


def is_cut_right(records: Sequence[Record]) -> bool:
    """Say whether all that is cut out of *records*, one after the other, is what they say."""
    cutter = Excerpts()
    return all(_is_right(record, cutter.of(serialise(record))) for record in records)


def _is_right(record: Record, cut: Excerpt | None) -> bool:
    if cut is None:
        return False
    judgements, names = orjson.loads(cut.frame)
    said = iter(cut.values)
    found = [None if its is None else {name: next(said) for name in its} for its in names]
    whole = orjson.loads(serialise(record))
    judged = [{**each, "vector": found[each["vector"]]} for each in judgements]
    whom = tuple(whole[name] for name in ("id", "tenant", "model", "cost"))
    needed = [{name: each[name] for name in NEEDED} for each in whole["judgements"]]
    return (judged, told(cut.told), next(said, None)) == (needed, whom, None)


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_what_is_cut_out_is_what_the_record_says(records: list[Record]) -> None:
    assert is_cut_right(records)


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("_FACTS", b'"facts":['),
        ("_COVERAGE", b"coverage"),
        ("_NEXT", b'{"stage":"'),
        ("_VECTOR", b"vector"),
        ("_RELEASES", b'"'),
    ],
)
def test_a_place_that_a_text_can_look_like_is_caught(name: str, mutant: bytes) -> None:
    with mock.patch.object(excerpts, name, mutant):
        assert find(st.lists(RECORDS, min_size=1, max_size=3), lambda records: not _holds(records), settings=SEARCH)


def _holds(records: list[Record]) -> bool:
    try:
        return is_cut_right(records)
    except (ValueError, LookupError, StopIteration, RuntimeError):
        return False


def test_what_has_no_say_stays_out() -> None:
    judged = Judgement(
        "request", "allow", allowed=True, rules=(), unknown=(), findings=(), coverage=(), vector={"a": 1}
    )
    covered = [
        dataclasses.replace(
            judged, coverage=(("/a", "user", count, "size"),) * count, findings=(("pii", "user", count),)
        )
        for count in (0, 1, 2)
    ]
    cutter = Excerpts()
    cuts = [cutter.of(serialise(Record(f"r{at}", at, "o", judgements=[each]))) for at, each in enumerate(covered)]
    assert len({each and (each.frame, *each.values) for each in cuts}) == 1
    assert cutter.of(serialise(Record("r", 0.0, "o"))) == Excerpt(b"[[],[]]", [], b'["r","","",""]')


def test_a_vector_that_is_the_same_is_held_once_and_one_that_is_none_is_held() -> None:
    judged = [
        Judgement(str(at), "allow", True, (), (), (), (), vector=each)
        for at, each in enumerate(({"a": 1}, None, {"a": 1}))
    ]
    cut = Excerpts().of(serialise(Record("r", 0.0, "o", judgements=judged)))
    assert cut
    judgements, names = orjson.loads(cut.frame)
    assert (names, cut.values) == ([["a"], None], [1])
    assert [each["vector"] for each in judgements] == [0, 1, 0]


def test_a_vector_that_goes_on_where_another_one_ends_is_not_taken_for_it() -> None:
    vectors_of_two = ({"*": 1, "a": {}}, {"*": 1, "a": {"b": "x"}}, {"*": 1, "a": {}}, {}, None, {})
    judged = [Judgement("s", "allow", True, (), (), (), (), vector=each) for each in vectors_of_two]
    assert is_cut_right([Record("r", 0.0, "o", judgements=judged[at:]) for at in range(len(judged))])


def test_what_is_written_otherwise_is_not_cut() -> None:
    judged = Judgement("s", "e", True, (), (), (), (("/a", "user", 1, "size"),))
    record = serialise(Record("r", 0.0, "o", judgements=[judged]))
    cutter = Excerpts()
    assert cutter.of(record)
    for body in (write(Opening("a", 0.0, "a")), b"", b"{}", b"\xff", record.replace(b",", b", "), record[1:]):
        assert cutter.of(body) is None
    for name in (b'"usage"', b'"kind":"record"', b'"cost"', b'"facts"', b'"coverage"', b'"vector"', b'"rules"'):
        assert cutter.of(record.replace(name, b'"x' + name[2:], 1)) is None
    assert cutter.of(record)


@pytest.mark.parametrize("name", ["id", "operation", "revision", "tenant", "subject", "key", "model", "upstream"])
def test_a_record_with_a_name_that_has_a_quote_is_not_cut(name: str) -> None:
    for escaped in ('a"b', '"', '\\"', '","at":1,"operation":"'):
        record = Record("r", 0.0, "o")
        setattr(record, name, escaped)
        assert Excerpts().of(serialise(record)) is None


def test_frames_that_are_remembered_stay_few() -> None:
    with mock.patch.object(excerpts, "_MOST_FRAMES", 1):
        cutter = Excerpts()
        for effect in ("allow", "deny", "allow"):
            judged = Judgement("s", effect, True, (), (), (), ())
            cut = cutter.of(serialise(Record("r", 0.0, "o", judgements=[judged])))
            assert cut
            assert orjson.loads(cut.frame)[0][0]["effect"] == effect


@pytest.mark.parametrize("wrong", [b"1", b'""', b"[]", b'"a"', b"false", b"{"])
def test_a_record_with_what_is_no_vector_is_not_cut(wrong: bytes) -> None:
    judged = Judgement("s", "e", True, (), (), (), (), vector={"a": 1})
    record = serialise(Record("r", 0.0, "o", judgements=[judged]))
    assert Excerpts().of(record)
    assert Excerpts().of(record.replace(b'{"a":1}', wrong)) is None


@pytest.mark.parametrize("wrong", [b"1", b"[1]", b"[1,2,3,4,5]", b"{"])
def test_what_does_not_say_whom_it_is_for_is_an_error(wrong: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        told(wrong)


def test_the_facts_end_a_judgement() -> None:
    assert [each.name for each in dataclasses.fields(Judgement)][-1] == "vector"
