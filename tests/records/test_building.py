"""Records are written in one form, read back as they were, and hold no text."""

import dataclasses
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.record import Judgement, Record
from yett.model.usage import Usage
from yett.records.building import crashed, digest, parse, serialise
from yett.records.opening import Opening, write

WORDS = st.text(max_size=8).filter(lambda word: word.isprintable())
COUNTS = st.integers(0, 2**53)
JUDGEMENTS = st.builds(
    Judgement,
    stage=WORDS,
    effect=WORDS,
    allowed=st.booleans(),
    rules=st.lists(WORDS, max_size=3).map(tuple),
    unknown=st.lists(WORDS, max_size=3).map(tuple),
    findings=st.lists(st.tuples(WORDS, WORDS, COUNTS), max_size=3).map(tuple),
    coverage=st.lists(st.tuples(WORDS, WORDS, COUNTS, WORDS), max_size=3).map(tuple),
    facts=st.lists(WORDS, max_size=3).map(tuple),
    revision=WORDS,
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
RECORDS = st.builds(
    Record,
    id=WORDS,
    at=FINITE,
    operation=WORDS,
    model=WORDS,
    streamed=st.booleans(),
    judgements=st.lists(JUDGEMENTS, max_size=3),
    usage=st.builds(Usage, COUNTS, COUNTS, COUNTS),
    outcome=WORDS,
    status=st.integers(0, 599),
    duration=FINITE,
    caps=st.dictionaries(WORDS, st.integers(1, 10**6), max_size=2),
)


@given(RECORDS)
def test_a_record_is_read_back_as_it_was(record: Record) -> None:
    assert parse(serialise(record)) == record
    assert serialise(parse(serialise(record)) or record) == serialise(record)


def test_the_written_form_does_not_change() -> None:
    record = Record("r1", 1.5, "openai.chat", model="gpt", usage=Usage(1, 2), outcome="served", status=200)
    assert serialise(record) == (
        b'{"format":1,"kind":"record","id":"r1","at":1.5,"operation":"openai.chat","revision":"","tenant":"","subject":"",'
        b'"key":"","model":"gpt","upstream":"","streamed":false,"judgements":[],"usage":{"input_tokens":1,'
        b'"output_tokens":2,"cached_tokens":0},"outcome":"served","status":200,"code":"","duration":0.0,'
        b'"request_digest":"","response_digest":"","caps":{},"cost":"","releases":[]}'
    )


@pytest.mark.parametrize("body", [b"{}", b"[]", write(Opening("a", 0.0, "a")), b'{"format":2,"kind":"record"}'])
def test_anything_else_is_no_record(body: bytes) -> None:
    assert parse(body) is None


def test_a_field_for_text_would_be_noticed() -> None:
    fields = {field.name for field in dataclasses.fields(Record)} | {
        field.name for field in dataclasses.fields(Judgement)
    }
    assert not fields & {"text", "prompt", "answer", "body", "content", "messages", "segments", "sanitized", "value"}


@pytest.mark.parametrize(
    "note", [b"", b"{", b"null", b"{}", b'{"format":1,"kind":"record"}', b'{"format":1,"kind":"record","usage":1}']
)
def test_a_crash_is_recorded_even_when_the_note_cannot_be_read(note: bytes) -> None:
    assert crashed("r1", 9.0, note) == Record("r1", 9.0, "", outcome="crashed")


def test_a_crash_keeps_what_was_known_at_admission() -> None:
    record = Record("r1", 1.0, "openai.chat", tenant="acme", model="gpt")
    assert crashed("r1", 9.0, serialise(record)) == dataclasses.replace(record, outcome="crashed")


def plain(key: bytes, text: str | bytes) -> str:
    return digest(b"one key for all", text)


def deaf(key: bytes, text: str | bytes) -> str:
    return digest(key, text[:1])


@given(st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64), WORDS, WORDS)
def test_digests_are_equal_only_for_the_same_text_and_key(key: bytes, other: bytes, text: str, another: str) -> None:
    tell_apart(digest, key, other, (text, another))


def tell_apart(
    digesting: Callable[[bytes, str | bytes], str], key: bytes, other: bytes, texts: tuple[str, str]
) -> None:
    text, another = texts
    assert digesting(key, text) == digesting(key, text.encode())
    assert (digesting(key, text) == digesting(key, another)) == (text == another)
    assert (digesting(key, text) == digesting(other, text)) == (key == other)


@pytest.mark.parametrize("mutant", [plain, deaf])
def test_a_weak_digest_is_noticed(mutant: Callable[[bytes, str | bytes], str]) -> None:
    with pytest.raises(AssertionError):
        tell_apart(mutant, b"k", b"l", ("ab", "ac"))


def test_a_digest_has_32_hex_digits_and_takes_any_string() -> None:
    assert len(digest(b"k", "\ud800")) == 32
    assert int(digest(b"k", b"\xff"), 16) >= 0


def test_a_digest_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        digest(b"", "short")


def test_the_written_form_is_plain_json() -> None:
    assert orjson.loads(serialise(Record("r", 0.0, "x")))["kind"] == "record"
