"""The opening of a chain names the chains before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.record import Record
from yett.records import building
from yett.records.opening import Head, Opening, missed, read, write

HEADS = st.builds(Head, st.text("ab-", max_size=9), st.integers(0, 2**53), st.text("0af", max_size=64))
OPENINGS = st.builds(
    Opening, st.text("xy", max_size=9), st.floats(0, 1e10), st.text("ab", max_size=9), st.lists(HEADS).map(tuple)
)


@given(OPENINGS)
def test_what_is_written_is_read_back(opening: Opening) -> None:
    assert read(write(opening)) == opening


@pytest.mark.parametrize("body", [b"[]", b"{}", b'"opening"', building.serialise(Record("r", 0.0, "openai.chat"))])
def test_anything_else_is_no_opening(body: bytes) -> None:
    assert read(body) is None


ENDED = Head("one", 7, "ab")


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ({"one": ENDED}, ()),
        ({}, (ENDED,)),
        ({"one": Head("one", 6, "ab")}, (ENDED,)),
        ({"one": Head("one", 7, "cd")}, (ENDED,)),
        ({"one": Head("one", 8, "ab")}, (ENDED,)),
        ({"two": Head("two", 7, "ab")}, (ENDED,)),
    ],
)
def test_a_chain_that_does_not_end_as_named_is_missed(heads: dict[str, Head], expected: tuple[Head, ...]) -> None:
    assert missed([Opening("two", 1.0, "two", (ENDED,))], heads) == expected
