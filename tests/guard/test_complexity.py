"""What makes a prompt complex is counted, part by part, and ordinary prompts are simple."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard import complexity as module
from yett.guard.complexity import PARTS, complexity, part
from yett.model.segment import Origin, Segment

PROSE = " ".join(f"The {at * 7919 % 997}th thing happened to {at * 31 % 60} people (more or less)." for at in range(60))


def said(text: str, origin: Origin = Origin.USER) -> Segment:
    return Segment("", origin, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("length", "word " * 50_000),
        ("nesting", "[" * 70),
        ("nesting", "({[" * 30),
        ("repetition", "buy now and save " * 400),
        ("words", "".join(Random(1).choices("abcdefghij", k=5_000))),
        ("runs", "a" * 500),
        ("runs", "well: " + "!" * 500 + " so"),
        ("marks", "h\u0335\u0321\u0322\u0327e\u0335\u0321\u0322\u0327" * 9),
        ("orders", "\n".join(f"{at}. Write a poem about {at}" for at in range(50))),
    ],
)
def test_what_is_out_of_measure(name: str, text: str) -> None:
    assert part(name, [said(text)]) >= 0.99
    assert complexity([said(text)]) >= 0.79
    assert part(name, [said(text, Origin.OPERATOR)]) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "What is the capital of France?",
        "Please write a function that sorts a list, then explain it.",
        "if ((a && (b || c)) { return [1, [2, 3]]; }",
        "Tiếng Việt có nhiều dấu: ấ ề ộ ữ",
        "------------------\nTitle\n------------------",
        "",
    ],
)
def test_ordinary_prompts_are_simple(text: str) -> None:
    assert complexity([said(text)]) < 0.3


def test_the_worst_text_counts() -> None:
    assert part("runs", [said("a"), said("a" * 500), said("b")]) == 1.0
    assert complexity([]) == 0.0


TEXTS = st.lists(st.sampled_from(["a", "(", ")", " word", "\n- write ", "\u0301", "é", "x" * 60]), max_size=40).map(
    "".join
)


def falls(text: str, more: str) -> bool:
    """Say whether a text is simpler with *more* of the same people, or out of range."""
    together = complexity([said(text), said(more)])
    return not 0.0 <= complexity([said(text)]) <= together <= 1.0


@given(text=TEXTS, more=TEXTS)
def test_more_texts_are_never_simpler(text: str, more: str) -> None:
    assert not falls(text, more)


def test_a_mean_of_the_texts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def mean(name: str, segments: object) -> float:
        texts = list(segments)  # type: ignore[call-overload]
        return sum(min(1.0, PARTS[name](each.text)) for each in texts) / max(len(texts), 1)

    monkeypatch.setattr(module, "part", mean)
    assert falls("a" * 500, "")


def test_every_part_is_linear_in_the_text() -> None:
    """A quadratic part would not come back: each is asked about a megabyte that is made for it."""
    for text in (
        "[" * 1_000_000,
        "a " * 500_000,
        "a" * 1_000_000,
        "\u0301" * 1_000_000,
        "a\n" * 500_000,
        "- " * 500_000,
    ):
        assert 0.0 <= complexity([said(text)]) <= 1.0
