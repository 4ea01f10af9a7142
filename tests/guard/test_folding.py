"""Whatever a text is written like, it folds to one spelling, and every folded character knows where it came from."""
# ruff: noqa: RUF001 - look-alike letters are what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guard.examples import PIECES
from yett.guard import folding
from yett.guard.folding import Folded, Folding, in_word, invisible

FOLDING = Folding()
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain ASCII, Case And All", "plain ASCII, Case And All"),
        ("Ｉｇｎｏｒｅ", "Ignore"),
        ("ﬁne", "fine"),
        ("résumé", "resume"),
        ("re\u0301sume\u0301", "resume"),
        ("i\u200bg\u200cn\u200do\u2060r\ufeffe", "ignore"),
        ("ig\u00adnore", "ignore"),
        ("\u202eignore\u202c", "ignore"),
        ("ignore\U000e0041\U000e0042", "ignore"),
        ("pаsswоrd", "password"),
        ("Ⓘⓖⓝⓞⓡⓔ", "Ignore"),
        ("ɪɢɴᴏʀᴇ ᴛʜᴇ ꜱʏꜱᴛᴇᴍ", "ignore the system"),
        ("🅘🅶🇳 🇴", "IGN O"),
        ("𝐢𝐠𝐧𝐨𝐫𝐞", "ignore"),
        ("a\u00a0b\u3000c", "a b c"),
        ("…", "..."),
        ("１２３", "123"),
    ],
)
def test_what_can_be_written_in_many_ways_is_folded(text: str, folded: str) -> None:
    assert FOLDING.fold(text).text == folded


@pytest.mark.parametrize(
    "text",
    [
        "Привет, как дела? Это обычный текст, ёлка и чай.",
        "Καλημέρα, τι κάνεις σήμερα;",
        "नमस्ते, आप कैसे हैं",
        "안녕하세요, 오늘 날씨가 좋네요",
        "مرحبا كيف حالك",
        "שלום לכולם",
        "今日はいい天気ですね",
        "你好，世界".replace("，", ","),
        "Բարեւ ձեզ",
    ],
)
def test_a_script_stays_itself(text: str) -> None:
    folded = FOLDING.fold(text)
    assert folded.text == text
    assert folded.mixed == ()


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("pаss", [(0, 4)]),
        ("so pаss it", [(3, 7)]),
        ("pass and пароль", []),
        ("пароль-pass", []),
        ("naïve", []),
        ("p\u200bаss", [(0, 4)]),
    ],
)
def test_words_that_mix_look_alikes_are_seen(text: str, mixed: list[tuple[int, int]]) -> None:
    assert list(FOLDING.fold(text).mixed) == mixed


@given(TEXTS)
def test_every_folded_character_has_a_home(text: str) -> None:
    folded = FOLDING.fold(text)
    last = 0
    for index, character in enumerate(folded.text):
        start, end = folded.home(index, index + 1)
        assert end == start + 1
        assert start >= last
        last = start
        at_home = FOLDING[ord(text[start])]
        assert character in at_home or in_word(character)
    assert folded.home(len(folded.text), len(folded.text)) == (len(text), len(text))


@given(TEXTS, st.integers(0, 40))
def test_away_and_home_undo_each_other(text: str, position: int) -> None:
    folded = FOLDING.fold(text)
    position = min(position, len(text))
    away = folded.away(position)
    assert folded.home(away, away)[0] >= position
    assert not away or folded.home(away - 1, away)[0] < position


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = FOLDING.fold(text.replace("\u2adc", "")).text  # the one character whose compatibility form is two
    assert FOLDING.fold(once).text == once


def settled_too_late(text: str, more: str, settled: int) -> bool:
    """Say whether *more* changes what *text* folds to before *settled*."""
    return FOLDING.fold(text + more).text[:settled] != FOLDING.fold(text).text[:settled]


@given(TEXTS, TEXTS)
def test_what_follows_changes_nothing_that_is_settled(text: str, more: str) -> None:
    assert not settled_too_late(text, more, FOLDING.fold(text).settled)


def test_a_word_that_is_settled_too_early_is_noticed() -> None:
    assert FOLDING.fold("so а").settled == 3
    assert settled_too_late("so а", "b", 4)


@pytest.mark.parametrize("text", ["", "ascii", "ascii words ", "слово "])
def test_what_ends_with_a_whole_word_is_settled(text: str) -> None:
    assert FOLDING.fold(text).settled == len(text)


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\u202e", "\U000e0041", "\ufe0f", "\u2066"])
def test_what_nobody_sees_is_invisible(character: str) -> None:
    assert invisible(character)


@pytest.mark.parametrize("character", ["a", " ", "\n", "é", "字", "\u0301"])
def test_what_somebody_sees_is_not_invisible(character: str) -> None:
    assert not invisible(character)


def test_an_ascii_text_keeps_its_positions() -> None:
    folded = Folded("plain")
    assert folded.home(1, 3) == (1, 3)
    assert folded.away(4) == 4


def test_what_is_not_folded_for_speed_folds_to_itself() -> None:
    every = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    others = {found[0].decode() for found in folding._FOLDING.finditer(every.encode())}
    themselves = [each for each in every if each not in others]
    assert len(themselves) > 33_000
    assert [each for each in themselves if folding._folded(each) != each] == []


def test_a_text_with_a_lone_surrogate_is_folded_nevertheless() -> None:
    assert FOLDING.fold("\ud800i\u200bgnore").text == "\ud800ignore"


def test_more_mixed_words_than_are_turned_are_told_but_in_a_stream() -> None:
    text = "p\u0430ss " * 4100
    folded = FOLDING.fold(text, streams=False)
    assert (len(folded.mixed), folded.capped) == (4096, 4096 * 5)
    assert folded.text.endswith("p\u0430ss ")
    assert FOLDING.fold(text).text == "pass " * 4100
