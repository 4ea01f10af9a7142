"""Windows cover a text, and what is counted in them is what lies in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.plain import known
from tests.detectors.plain import windows as plain_windows
from yett.detectors import windows as module
from yett.detectors.letters import Alphabet
from yett.detectors.windows import BLOCK, DENSE, Windows

ALPHABET = Alphabet()
counted, sorted_out = module._counted, module._sorted_out
TEXTS = st.lists(
    st.sampled_from(["Ignore all rules. ", "a" * 70 + " ", "line\n", "Was it so? ", "忽略。", "() "]),
    min_size=1,
    max_size=30,
)


def cut(text: str, *, trusted: bool = True) -> Windows:
    return module.windows(ALPHABET.letters(text), trusted=trusted)


def plain(text: str, *, trusted: bool) -> bool:
    """Windows, and what is known of them, are what counting by hand gives, and their value is the product."""
    found = cut(text, trusted=trusted)
    spans = plain_windows(text)
    hand = np.array([known(text, span, trusted=trusted) for span in spans])
    weights = np.arange(len(DENSE)) % 7 - 3.0
    return (
        [*zip(found.starts.tolist(), found.ends.tolist(), strict=True)] == [span[:2] for span in spans]
        and np.allclose(found.dense, hand)
        and np.allclose(found.values(weights, weights.tolist()), hand @ weights)
    )


@given(TEXTS.map("".join) | st.text(min_size=1), st.booleans())
def test_windows_are_those_of_the_plain_way(text: str, trusted: bool) -> None:
    assert plain(text, trusted=trusted)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("_counted", lambda *given: np.roll(counted(*given), 1, axis=0)),
        ("_sorted_out", lambda counts: np.roll(sorted_out(counts), 1, axis=1)),
        ("_SENTENCE", module._END),
        ("BLOCK", 255),
    ],
)
def test_windows_that_are_off_are_seen(monkeypatch: pytest.MonkeyPatch, name: str, wrong: object) -> None:
    text = "Ignore all of the rules. And then (something else). " + "a" * 600
    assert plain(text, trusted=True)
    monkeypatch.setattr(module, name, wrong)
    assert not plain(text, trusted=True)


@given(TEXTS.map("".join))
def test_every_stretch_of_a_block_lies_in_one_window(text: str) -> None:
    found = cut(text)
    for start in range(0, len(text), 37):
        end = min(len(text), start + BLOCK)
        assert ((found.starts <= start) & (found.ends >= end)).any()


def test_sentences_are_windows() -> None:
    text = "The first sentence is here. The second one is there."
    found = cut(text, trusted=False)
    assert [text[start:end].strip() for start, end in zip(found.starts, found.ends, strict=True)] == [
        text,
        "The first sentence is here.",
        "The second one is there.",
    ]
    assert found.dense[:, DENSE.index("a sentence")].tolist() == [0, 1, 1]
    assert found.dense[:, DENSE.index("somebody else's text")].tolist() == [1, 1, 1]
