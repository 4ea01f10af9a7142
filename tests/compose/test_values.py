"""Values are read as their places expect."""

import pytest
from pydantic import TypeAdapter, ValidationError

from yett.compose.values import (
    Attribute,
    Count,
    Country,
    Names,
    Pattern,
    PersonalKind,
    Port,
    Score,
    Seconds,
    Secret,
    capitals,
    listed,
    reject,
)


@pytest.mark.parametrize(
    ("kind", "given", "meant"),
    [
        (Count, 3, 3),
        (Count, "3", 3),
        (Port, "0", 0),
        (Score, "0.5", 0.5),
        (Score, 1, 1.0),
        (Seconds, "2", 2.0),
        (Names, "a, b,,c", ("a", "b", "c")),
        (Names, ["a"], ("a",)),
        (Names, "", ()),
        (Attribute, ["a", "b"], ("a", "b")),
        (Attribute, True, True),
        (Attribute, 5, 5),
        (PersonalKind, "pii.email", "email"),
        (PersonalKind, "all", "all"),
        (Country, "DE", "de"),
        (Pattern, "a+", "a+"),
    ],
)
def test_text_is_read_as_what_its_place_expects(kind: object, given: object, meant: object) -> None:
    assert TypeAdapter(kind).validate_python(given) == meant


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Count, 0),
        (Count, True),
        (Count, "many"),
        (Port, 65536),
        (Port, -1),
        (Port, False),
        (Score, 1.1),
        (Score, "nan"),
        (Seconds, 0),
        (Seconds, "inf"),
        (Names, 5),
        (Attribute, {"a": 1}),
        (Attribute, [1]),
        (Secret, 12345),
        (Secret, "vault:a#b"),
    ],
)
def test_what_does_not_fit_is_refused(kind: object, given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)


def test_a_secret_is_shown_nowhere() -> None:
    secret = TypeAdapter(Secret).validate_python("hunter2hunter2")
    assert "hunter2" not in f"{secret!r} {secret}"
    assert secret.get_secret_value() == "hunter2hunter2"


def test_small_readings() -> None:
    assert (capitals("info"), capitals(5)) == ("INFO", 5)
    assert (listed("a,b"), listed(5)) == (("a", "b"), 5)


def test_a_rejection_carries_what_a_problem_needs() -> None:
    error = reject("some-code", "is {not} a template", "a hint", key="x")
    assert (error.type, error.message()) == ("some-code", "is {not} a template")
    assert error.context == {"message": "is {not} a template", "hint": "a hint", "key": "x"}


@pytest.mark.parametrize(
    ("kind", "given", "hint"),
    [
        (PersonalKind, "emial", "did you mean `email`?"),
        (PersonalKind, "de_tax", "did you mean `de_tax_id`?"),
        (Country, "usa", "did you mean `us`?"),
        (Country, "xx", "write `all`, or some of ar, at, au"),
        (Pattern, "(?=a)", "RE2 has no look-around"),
    ],
)
def test_a_word_that_is_nearly_right_is_answered_with_the_right_one(kind: object, given: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    assert caught.value.errors()[0]["ctx"]["hint"].startswith(hint)
