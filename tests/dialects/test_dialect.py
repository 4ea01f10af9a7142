"""What was read is written back, changed where the verdict says so."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.dialects.samples import ANSWER, REQUEST, answers, requests
from yett.dialects import pointers
from yett.dialects.dialect import Texts, Unwritable, read, write
from yett.dialects.openai_chat import OPENAI_CHAT as CHAT
from yett.dialects.pointers import KEY
from yett.dialects.shapes import free
from yett.model.segment import Origin, Segment


def renamed(segment: Segment, text: str) -> Segment:
    return Segment(segment.path, segment.origin, text)


@given(requests)
def test_reading_then_writing_a_request_changes_nothing(payload: dict[str, Any]) -> None:
    texts = CHAT.read(payload)
    assert CHAT.write(payload, texts, texts.segments) is payload
    assert CHAT.write(payload, texts, [renamed(segment, segment.text) for segment in texts.segments]) == payload


@given(answers)
def test_reading_then_writing_an_answer_changes_nothing(payload: dict[str, Any]) -> None:
    texts = CHAT.read_answer(payload)
    assert CHAT.write_answer(payload, texts, texts.segments) is payload


def writable(payload: dict[str, Any], texts: Texts) -> list[Segment]:
    """List the segments that can be rewritten one by one."""
    return [
        segment
        for segment in texts.segments
        if not segment.path.endswith(KEY) and not isinstance(pointers.get(payload, segment.path), dict | list)
    ]


@given(requests, st.data())
def test_what_was_rewritten_is_read_as_rewritten(payload: dict[str, Any], data: st.DataObject) -> None:
    before = CHAT.read(payload)
    assume(writable(payload, before))
    chosen = data.draw(st.sets(st.sampled_from(writable(payload, before)), min_size=1))
    after = [renamed(segment, "[new text]") if segment in chosen else segment for segment in before.segments]
    written = CHAT.write(payload, before, after)
    assert {(segment.path, segment.text) for segment in CHAT.read(written).segments} == {
        (segment.path, segment.text) for segment in after
    }


@given(requests)
def test_no_two_texts_stand_in_one_place(payload: dict[str, Any]) -> None:
    paths = [segment.path for segment in CHAT.read(payload).segments]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("payload", [REQUEST, ANSWER])
def test_every_text_of_the_samples_stands_where_its_pointer_says(payload: dict[str, Any]) -> None:
    texts = CHAT.read(payload) if payload is REQUEST else CHAT.read_answer(payload)
    for segment in writable(payload, texts):
        assert str(pointers.get(payload, segment.path)) == segment.text


DOCUMENT = {"a": "one", "b": {"c": "two"}, "n": 12345678}


def written(changes: dict[str, str | None], *dropped: str) -> object:
    before = read(DOCUMENT, free, Origin.USER, asking=True)
    after = [renamed(segment, changes.get(segment.path) or segment.text) for segment in before.segments]
    return write(DOCUMENT, before, [segment for segment in after if segment.path not in dropped], dropped)


@pytest.mark.parametrize(
    ("changes", "dropped", "result"),
    [
        ({"/a": "x"}, (), {"a": "x", "b": {"c": "two"}, "n": 12345678}),
        ({"/n": "[NUMBER]"}, (), {"a": "one", "b": {"c": "two"}, "n": "[NUMBER]"}),
        ({}, ("/a",), {"a": "", "b": {"c": "two"}, "n": 12345678}),
        ({}, ("/b~key",), {"a": "one", "n": 12345678}),
        ({"/a": "x"}, ("/a~key",), {"b": {"c": "two"}, "n": 12345678}),
        ({}, ("/a", "/a~key", "/n"), {"b": {"c": "two"}, "n": ""}),
        ({"/b/c": "x"}, ("/b~key",), {"a": "one", "n": 12345678}),
    ],
)
def test_changes_are_written(changes: dict[str, str | None], dropped: tuple[str, ...], result: object) -> None:
    assert written(changes, *dropped) == result


def test_a_key_cannot_be_rewritten() -> None:
    with pytest.raises(Unwritable, match="a key cannot be rewritten"):
        written({"/b/c~key": "x"})


def test_a_text_that_nobody_accounts_for_is_not_written() -> None:
    before = read(DOCUMENT, free, Origin.USER, asking=True)
    with pytest.raises(Unwritable, match="neither kept nor dropped"):
        write(DOCUMENT, before, before.segments[1:], ())


@pytest.mark.parametrize("strange", ["/z", "/a/b"])
def test_a_text_that_was_never_read_is_not_written(strange: str) -> None:
    before = read(DOCUMENT, free, Origin.USER, asking=True)
    with pytest.raises(Unwritable, match="was never read"):
        write(DOCUMENT, before, [*before.segments, Segment(strange, Origin.USER, "x")], ())
    with pytest.raises(Unwritable, match="was never read"):
        write(DOCUMENT, before, before.segments, (strange,))


def test_a_place_that_is_gone_cannot_be_written() -> None:
    before = Texts((Segment("/b/c/d", Origin.USER, "x"),))
    with pytest.raises(Unwritable):
        write(DOCUMENT, before, (Segment("/b/c/d", Origin.USER, "y"),), ())
