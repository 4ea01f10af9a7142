"""Hidden text: what nobody sees is seen, what scripts and emoji need stays."""
# ruff: noqa: RUF001 - scripts whose letters look like others are what is tested

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors import hidden_text
from yett.detectors.hidden_text import HiddenText
from yett.model.segment import Origin

DETECTOR = HiddenText()
PIECES = "ab \u200b\u200d\u200e\ufe0f\u00ad\u202e\u2066\u0645\u05d0\U0001f468\U000e0041\U000e007f\U0001f3f4語"
TEXTS = st.text(PIECES, max_size=30)


def seen(text: str) -> list[tuple[int, int, str]]:
    return [(match.start, match.end, match.kind.partition(".")[2]) for match in DETECTOR.detect(text, Origin.USER)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\u200bb", [(1, 2, "invisible")]),
        ("a\u200b\u2060\u200bb", [(1, 4, "invisible")]),
        ("so\u00adft", [(2, 3, "invisible")]),
        ("abc\u202edef", [(3, 4, "bidi")]),
        ("a\u2066b\u2069", [(1, 2, "bidi"), (3, 4, "bidi")]),
        ("hi\U000e0068\U000e0069", [(2, 4, "tags")]),
        ("a\ufe01\ufe02b", [(1, 3, "invisible")]),
        ("語\U000e0100\U000e0101", [(1, 3, "invisible")]),
        ("a\ufeffb", [(1, 2, "invisible")]),
        ("a\u200d\u202eb", [(1, 2, "invisible"), (2, 3, "bidi")]),
        ("a\u200eb", [(1, 2, "invisible")]),
        ("\U0001f3f4\U000e0067\U000e0062", [(1, 3, "tags")]),
    ],
)
def test_what_hides_is_seen(text: str, found: list[tuple[int, int, str]]) -> None:
    assert seen(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "schöne Grüße, 日本語, résumé",
        "می\u200cخواهم",
        "क्\u200dष",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ☺\ufe0f",
        "👩🏽\u200d🚀",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום\u200f, world",
        "\u2067שלום\u2069",
        "葛\U000e0100飾",
        "ไทย\u200bไทย",
        "\ufeffa file's beginning",
    ],
)
def test_what_belongs_stays_quiet(text: str) -> None:
    assert seen(text) == []


def whole(hold: Callable[[str], int], text: str, cut: int) -> bool:
    """Say whether what stands before the hold of a beginning is what the whole text has there."""
    settled = hold(text[:cut])
    base = max(0, settled - DETECTOR.look_behind)
    tail = [(start + base, end + base, kind) for start, end, kind in _seen_from(text[base:], settled - base)]
    before = [match for match in seen(text[:cut]) if match[0] < settled]
    return seen(text) == before + tail


def _seen_from(text: str, start: int) -> list[tuple[int, int, str]]:
    found = DETECTOR.detect(text, Origin.USER, start)
    return [(match.start, match.end, match.kind.partition(".")[2]) for match in found]


@given(TEXTS, st.integers(0, 30))
def test_a_stream_sees_what_the_whole_text_hides(text: str, cut: int) -> None:
    assert whole(lambda part: DETECTOR.hold(part, Origin.MODEL), text, cut)


@pytest.mark.parametrize(
    "mutant",
    [len, lambda part: min(len(part), DETECTOR.hold(part, Origin.MODEL) + 1)],
    ids=["nothing is held", "one too late"],
)
def test_a_wrong_hold_is_noticed(mutant: Callable[[str], int]) -> None:
    texts = ["\u0645\u200d\u0645", "a\u200eb\u05d0", "\U0001f468\u200d\U0001f468", "\u200d\U0001f468"]
    assert not all(whole(mutant, text, cut) for text in texts for cut in range(len(text) + 1))


def test_lone_surrogates_break_nothing() -> None:
    assert seen("\ud800\u200b") == [(1, 2, "invisible")]


def test_ordinary_text_is_not_held() -> None:
    assert DETECTOR.hold("plain text, é", Origin.MODEL) == 13


def test_more_than_is_judged_is_reported_as_one_stretch_but_in_a_stream() -> None:
    text = "a\u200b" * 5000
    found = list(DETECTOR.detect(text, Origin.USER))
    assert len(found) == 4097
    assert (found[-1].start, found[-1].end) == (2 * 4096 + 1, len(text))
    assert len(list(DETECTOR.detect(text, Origin.MODEL))) == 5000


@given(TEXTS, st.integers(0, 30))
def test_where_nothing_tells_every_run_belongs(text: str, start: int) -> None:
    judged = [
        len(list(hidden_text._judged_run(text, *run, {}))) for run in hidden_text._runs(text, start, telling=False)
    ]
    assert len(judged) == len(list(hidden_text._runs(text, start))) or seen_from(text, start) == []


def seen_from(text: str, start: int) -> list[tuple[int, int, str]]:
    runs = hidden_text._runs(text, start, telling=False)
    return [
        (first, last, kind)
        for first, last in runs
        for _, (kind, _) in hidden_text._judged_run(text, first, last, {})
        if kind
    ]
