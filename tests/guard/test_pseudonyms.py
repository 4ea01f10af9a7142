"""A placeholder stands for one value, wherever it occurs, and never for one that the texts already name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.pseudonyms import Pseudonyms

VALUES = st.lists(
    st.tuples(st.sampled_from(["pii.email", "pii.phone", "secret.aws_key2", "pii.us.passport"]), st.text())
)


@given(VALUES)
def test_a_value_keeps_its_placeholder_and_shares_it_with_no_other(values: list[tuple[str, str]]) -> None:
    pseudonyms = Pseudonyms()
    given_out = {(kind, value.casefold()): pseudonyms.of(kind, value) for kind, value in values}
    assert len(set(given_out.values())) == len(given_out)
    assert all(pseudonyms.of(kind, value) == given_out[kind, value.casefold()] for kind, value in values)


def test_they_are_typed_and_numbered_by_first_appearance() -> None:
    pseudonyms = Pseudonyms()
    values = [("pii.email", "a@b"), ("pii.phone", "1"), ("pii.email", "c@d"), ("pii.email", "A@B")]
    assert [pseudonyms.of(*value) for value in values] == ["<EMAIL_1>", "<PHONE_1>", "<EMAIL_2>", "<EMAIL_1>"]


@given(VALUES)
def test_a_conversation_that_is_sent_again_gets_the_same(values: list[tuple[str, str]]) -> None:
    first, second = Pseudonyms(), Pseudonyms()
    turn = [first.of(*value) for value in values]
    assert [second.of(*value) for value in values] == turn


@pytest.mark.parametrize("kind", ["pii.email", "secret.aws_key2", "pii.us.passport", "content.x-rated"])
def test_a_placeholder_that_a_text_holds_is_never_given_out(kind: str) -> None:
    first = Pseudonyms().of(kind, "value")
    text = f"what stands behind {first}?"
    assert Pseudonyms([text]).of(kind, "value") not in text


def test_a_kind_without_a_name_is_its_own_word() -> None:
    assert Pseudonyms().of("custom", "x") == "<CUSTOM_1>"


def test_a_text_full_of_brackets_is_read_once() -> None:
    assert Pseudonyms(["<" * 100_000 + "_1" * 100_000]).of("pii.email", "x") == "<EMAIL_1>"
