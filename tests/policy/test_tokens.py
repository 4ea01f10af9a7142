"""A line of CEL falls into tokens, or says what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.tokens import MalformedError, OutsideError, Token, Type, WhenError, tokens


def test_every_token_knows_where_it_is() -> None:
    assert list(tokens("a.b >= 1.5&&!(c in['x'])")) == [
        Token(Type.WORD, "a", 0),
        Token(Type.SIGN, ".", 1),
        Token(Type.WORD, "b", 2),
        Token(Type.SIGN, ">=", 4),
        Token(Type.LITERAL, "1.5", 7, 1.5),
        Token(Type.SIGN, "&&", 10),
        Token(Type.SIGN, "!", 12),
        Token(Type.SIGN, "(", 13),
        Token(Type.WORD, "c", 14),
        Token(Type.WORD, "in", 16),
        Token(Type.SIGN, "[", 18),
        Token(Type.LITERAL, "'x'", 19, "x"),
        Token(Type.SIGN, "]", 22),
        Token(Type.SIGN, ")", 23),
        Token(Type.END, "", 24),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("007", 7), ("0xfF", 255), ("7.0", 7.0), (".5", 0.5), ("5e2", 500.0), (r"'\x41\u0042\103'", "ABC"), (r"r'\x41'", "\\x41"), ("''", "")],
)  # fmt: skip
def test_literals_have_the_value_that_cel_gives_them(text: str, value: object) -> None:
    literal = next(tokens(text))
    assert (literal.value, type(literal.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "error", "at"),
    [
        ("a # b", MalformedError, 2),
        ("a | b", MalformedError, 2),
        ("1e400", MalformedError, 0),
        ("0" * 5000 + "1" * 5000, MalformedError, 0),
        ("0x" + "f" * 17, MalformedError, 0),
        ("'a\n'", MalformedError, 0),
        (r"'\8'", MalformedError, 1),
        (r"'ab\uD83D'", MalformedError, 3),
        ("a // b", OutsideError, 2),
        ("1U", OutsideError, 0),
        ("b'a'", OutsideError, 0),
        ("r'''a'''", OutsideError, 0),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(text: str, error: type[WhenError], at: int) -> None:
    with pytest.raises(error) as caught:
        list(tokens(text))
    assert caught.value.at == at


@given(st.text(st.sampled_from("ab.1e-+&|!=<>()[]{}'\"\\rRbBxuU0/? \n")))
def test_any_text_is_cut_or_refused(text: str) -> None:
    found = []
    try:
        found.extend(tokens(text))
    except WhenError as error:
        at = error.at
    else:
        at = len(text)
        assert "".join(token.text for token in found) == "".join(text.split()) or "'" in text or '"' in text
    assert 0 <= at <= len(text)
    assert all(text.startswith(token.text, token.at) for token in found)
