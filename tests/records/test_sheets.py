"""What is written by the column is read as it was."""

from collections.abc import Callable, Sequence
from unittest import mock

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.records import sheets
from yett.records.excerpts import Excerpt
from yett.records.sheets import MOST, Block, Page, Sheet, column, rows, sheet

VALUES = st.sampled_from(
    (None, True, False, 0, 1, 1.0, -0.0, "", "1", "=", ",", "a", [], ["a"], ["a", 1], {"no": "value"})
)
FRAMES = {b"none": 0, b"one": 1, b"two": 2}
CUTS = st.sampled_from(sorted(FRAMES)).flatmap(
    lambda frame: st.builds(
        Excerpt, st.just(frame), st.lists(VALUES, min_size=FRAMES[frame], max_size=FRAMES[frame]), st.just(b"[]")
    )
)
RUNS = st.lists(st.lists(CUTS, min_size=1, max_size=6), min_size=1, max_size=3)


def blocks(made: Sequence[Sheet], frame: bytes) -> list[Block]:
    return [Block(each, each.frames.index(frame)) for each in made if frame in each.frames]


def is_read_right(runs: Sequence[Sequence[Excerpt]]) -> bool:
    """Say whether sheets of *runs* hold the values of each, to the byte."""
    made = [sheet(1, run) for run in runs]
    for frame, width in FRAMES.items():
        its = blocks(made, frame)
        wanted = [cut.values for run in runs for cut in run if cut.frame == frame]
        found = [list(each) for block in its for each in rows(block)]
        columns = [_long(column(its, at), len(wanted)) for at in range(width)] if its else []
        if orjson.dumps(found) != orjson.dumps(wanted):
            return False
        if columns and orjson.dumps(list(zip(*columns, strict=True))) != orjson.dumps(wanted):
            return False
    return True


def _long(found: Sequence[object], size: int) -> list[object]:
    return list(found) if len(found) == size else [*found] * size


@given(RUNS)
def test_what_was_cut_is_read_by_the_row_and_by_the_column(runs: list[list[Excerpt]]) -> None:
    assert is_read_right(runs)


ALIKE = [[Excerpt(b"two", [1, "a"], b""), Excerpt(b"two", [1.0, "a"], b""), Excerpt(b"two", [True, "a"], b"")]]
APART = [[Excerpt(b"two", [each, "a"], b"")] for each in (1, 2)]


@pytest.mark.parametrize(
    ("name", "mutant", "runs"),
    [
        ("_written", lambda values: b"=" + orjson.dumps(values[0]), ALIKE),
        ("_array", lambda written, _size: orjson.loads(b"[%b]" % written)[::-1], APART),
    ],
)
def test_a_column_taken_for_another_is_caught(
    name: str, mutant: Callable[..., object], runs: list[list[Excerpt]]
) -> None:
    assert is_read_right(runs)
    with mock.patch.object(sheets, name, mutant):
        assert not is_read_right(runs)


@given(RUNS)
def test_a_sheet_says_which_record_has_which_frame(runs: list[list[Excerpt]]) -> None:
    for run in runs:
        made = sheet(7, run)
        places = {place: made.frames[which] for which in range(len(made.frames)) for place in Block(made, which).places}
        assert [places[at] for at in range(len(run))] == [each.frame for each in run]
        assert sum(Block(made, which).size for which in range(len(made.frames))) == len(run)
        assert (made.first, made.told) == (7, [each.told for each in run])


def test_a_sheet_holds_as_many_frames_as_records() -> None:
    made = sheet(1, [Excerpt(b"%d" % at, [at], b"") for at in range(MOST)])
    assert [Block(made, at).places for at in range(MOST)] == [[at] for at in range(MOST)]
    assert [rows(Block(made, at)) for at in (0, 1, 255)] == [[(0,)], [(1,)], [(255,)]]


def test_a_column_that_is_the_same_is_written_and_read_once() -> None:
    made = [sheet(at, [Excerpt(b"one", ["x"], b"")] * 3) for at in (1, 4)]
    assert [each.columns for each in made] == [[[b'="x"']]] * 2
    assert column(blocks(made, b"one"), 0) == ["x"]


@pytest.mark.parametrize("wrong", [b"", b"1", b"1,2,3,4", b"=", b"=1,2", b"x", b"\xff"])
def test_a_column_that_is_none_or_of_another_length_is_an_error(wrong: bytes) -> None:
    made = sheet(1, [Excerpt(b"one", [at], b"") for at in range(3)])._replace(columns=[[wrong]])
    with pytest.raises(ValueError, match=r"column|JSON|unexpected|character|EOF|str"):
        column([Block(made, 0)], 0)
    with pytest.raises(ValueError, match=r"column|JSON|unexpected|character|EOF|str"):
        rows(Block(made, 0))


def test_a_page_counts_records_with_and_without_excerpts() -> None:
    made = sheet(1, [Excerpt(b"none", [], b"")] * 3)
    assert Page([made, made], [9], lambda name: name, lambda _: b"").size == 7
