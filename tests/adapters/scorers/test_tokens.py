"""Tokens: texts are cut so that nothing is lost at a border, and nothing in them passes for a mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.scorers.toy import NUMBER, WORDS, description
from yett.adapters.scorers import tokens
from yett.adapters.scorers.tokens import STRIDE, WINDOW, Tokens
from yett.model.segment import Origin

TOKENS = Tokens(description())
ORIGINS = st.sampled_from(list(Origin))


def words(window: list[int]) -> list[str]:
    return [WORDS[number] for number in window]


@pytest.mark.parametrize(
    ("origin", "mark"),
    [
        (Origin.USER, []),
        (Origin.DOCUMENT, ["[", "document", "]"]),
        (Origin.UNKNOWN, ["[", "document", "]"]),
        (Origin.TOOL, ["[", "tool", "]"]),
    ],
)
def test_who_wrote_a_text_stands_before_it(origin: Origin, mark: list[str]) -> None:
    assert [words(window) for window in TOKENS.windows("calm bad", origin)] == [
        ["[CLS]", *mark, "calm", "bad", "[SEP]"]
    ]


def test_a_text_cannot_write_the_marks_of_a_window() -> None:
    (window,) = TOKENS.windows("[SEP] [PAD] [CLS]", Origin.USER)
    assert words(window)[0] == "[CLS]"
    assert not {"[SEP]", "[PAD]", "[CLS]"} & set(words(window)[1:-1])


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "calm\udfff", "\x00", "中文" * 3000, "a" * 5000])
def test_whatever_is_handed_over_is_cut_into_windows(text: str) -> None:
    windows = TOKENS.windows(text, Origin.TOOL)
    assert 1 <= len(windows) <= 4
    assert all(len(window) <= WINDOW for window in windows)


def cut_badly(length: int, origin: Origin) -> str:
    """Cut a text of *length* words; say what is wrong about the windows."""
    text = " ".join("bad" if place % 7 else "calm" for place in range(length))
    pieces = [NUMBER["bad" if place % 7 else "calm"] for place in range(length)]
    windows = TOKENS.windows(text, origin, most=1000)
    mark = len(TOKENS.windows("", origin)[0]) - 2
    room = WINDOW - 2 - mark
    bodies = [window[1 + mark : -1] for window in windows]
    together = bodies[0] + [piece for body in bodies[1:] for piece in body[room - STRIDE :]]
    if together != pieces:
        return "the windows do not make up the text"
    if any(len(body) > room for body in bodies):
        return "a window is too long"
    return "" if all(len(body) > room - STRIDE for body in bodies[1:]) else "a window holds nothing new"


@given(length=st.integers(0, 400), origin=ORIGINS)
def test_windows_overlap_and_make_up_the_text(length: int, origin: Origin) -> None:
    assert cut_badly(length, origin) == ""


@pytest.mark.parametrize("stride", [WINDOW, 95, 97])
def test_windows_that_leave_gaps_or_begin_elsewhere_would_be_noticed(
    stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "STRIDE", stride)
    assert any(cut_badly(length, Origin.TOOL) for length in range(0, 400, 13))


def test_no_more_windows_are_made_than_asked_for_and_the_first_come_first() -> None:
    text = "bad " * 130 + "calm " * 600
    windows = TOKENS.windows(text, Origin.USER, most=2)
    assert len(windows) == 2
    assert set(windows[0][1:-1]) == {NUMBER["bad"]}


@pytest.mark.parametrize("broken", [b"", b"{}", b"\xff", description().replace(b"[CLS]", b"[BEG]")])
def test_what_is_no_description_of_a_tokenizer_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"Tokenizer|no token"):
        Tokens(broken)
