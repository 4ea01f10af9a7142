"""Portions of a batch."""

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.samples import counterexample
from yett.dialects.strict_json import parse
from yett.doors.rest import portions as module
from yett.doors.rest.portions import portions
from yett.doors.rest.questions import MOST, plain_contexts
from yett.model.errors import CallerError

SMALL = 40
"""Bytes of a portion, here."""
BORDER = '},{"context":'
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(0, 99) | st.text(max_size=3) | st.sampled_from((BORDER, '"' + BORDER, "]}", "é" * 30)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("a", "context", "requests", BORDER)), inner, max_size=3)
    ),
    max_leaves=4,
)
QUESTIONS = st.fixed_dictionaries({"context": st.dictionaries(st.sampled_from(("a", "context")), VALUES, max_size=2)})
BATCHES = st.fixed_dictionaries(
    {"requests": st.lists(QUESTIONS | st.fixed_dictionaries({"context": VALUES}, optional={"stage": VALUES}))},
    optional={"stage": st.just("tool"), "policies": st.lists(st.just("a"), max_size=1)},
)
SHEARS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from((b"", b"}", b"]", b'"', b",", b'"a":1,', b'],"requests":[')))
)
"""What is written over a body, and where: most bodies are no JSON after that."""


def cut(body: bytes, limit: int = SMALL) -> list[bytes]:
    with mock.patch.object(module, "_BYTES", limit):
        return list(portions(body))


def read(body: bytes) -> list[dict[str, object]] | None:
    """Return the contexts of *body*; None where it holds something else."""
    try:
        return plain_contexts(parse(body))
    except CallerError:
        return None


def misread(body: bytes, cutting: Callable[[bytes], list[bytes]] = cut) -> bool:
    """Say whether the portions of *body* are all lists of contexts, and *body* is not the list of these."""
    found = list(map(read, cutting(body)))
    if not found or None in found:
        return False
    return [context for contexts in found for context in contexts or ()] != read(body)


def sheared(batch: Any, shears: list[tuple[int, bytes]]) -> bytes:
    body = orjson.dumps(batch)
    for at, over in shears:
        body = body[:at] + over + body[at + 1 :]
    return body


@given(BATCHES, SHEARS)
def test_what_all_portions_hold_is_what_the_whole_holds(batch: Any, shears: list[tuple[int, bytes]]) -> None:
    assert not misread(sheared(batch, shears))


def test_a_cut_that_loses_questions_or_their_order_is_caught() -> None:
    batches = st.fixed_dictionaries({"requests": st.lists(QUESTIONS, min_size=4)})
    for cutting in (lambda body: cut(body)[:-1], lambda body: cut(body)[::-1]):
        counterexample(batches, lambda batch, cutting=cutting: misread(sheared(batch, []), cutting))


def listed(count: int) -> bytes:
    return b",".join([b'{"context":{"a":%d}}' % number for number in range(count)])


@pytest.mark.parametrize(
    "body",
    [
        b'{"requests":[%b],"requests":[%b]}' % (listed(9), listed(9)),
        b'{"requests":[%b],"policies":["a"]}' % listed(9),
        b'{"requests":[%b}]}' % listed(9),
        b'{"requests":[%b,]}' % listed(9),
        b'{"requests":[%b]]}' % listed(9),
        b'{"requests":[{"context":{"a":[%b]}}]}' % listed(9),
    ],
)
def test_what_is_cut_where_it_should_not_be_is_no_list_of_contexts_in_all_portions(body: bytes) -> None:
    assert len(cut(body)) > 1
    assert None in map(read, cut(body))


def test_a_reader_that_takes_a_key_twice_would_be_deceived(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"requests":[%b],"requests":[%b]}' % (listed(9), listed(9))
    assert not misread(body)
    monkeypatch.setattr(f"{__name__}.parse", json.loads)
    assert misread(body)


@pytest.mark.parametrize("form", ['{{"requests":[{}]}} ', '{{"requests": [{}]}}', ' {{"requests":[{}]}}', "[{}]"])
def test_what_is_written_otherwise_is_not_cut(form: str) -> None:
    assert cut(form.format(listed(9).decode()).encode()) == []


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_small_is_not_cut(count: int) -> None:
    assert cut(b'{"requests":[%b]}' % listed(count)) == []


def test_what_holds_too_many_questions_is_not_cut() -> None:
    assert len(cut(b'{"requests":[%b]}' % listed(MOST), 16_384)) > 1
    assert cut(b'{"requests":[%b]}' % listed(MOST + 1), 16_384) == []


def test_portions_are_as_large_as_they_should_be() -> None:
    body = orjson.dumps({"requests": [{"context": {"a": number}} for number in range(100_000, 108_000)]})
    sizes = list(map(len, portions(body)))
    assert len(sizes) > 9
    assert {16_384 <= size <= 16_384 + 64 for size in sizes[:-1]} == {True}
    assert sizes[-1] <= 16_384 + 64
