"""Nodes of another shape than expected are told."""

from collections.abc import Callable
from datetime import date

import pytest

from yett.model.errors import OperatorError
from yett.policy.documents import Status
from yett.policy.nodes import Node
from yett.policy.problems import Problems
from yett.policy.shape import Shape, quoted
from yett.policy.source import read

Look = Callable[[Shape, Node], object]


def looked(text: str, look: Look) -> tuple[object, list[str]]:
    problems = Problems()
    (node,) = read(text, "f", problems)
    found = look(Shape(problems), node)
    try:
        problems.raise_any()
    except OperatorError as error:
        return found, str(error).splitlines()
    return found, []


@pytest.mark.parametrize(
    ("text", "look", "found"),
    [
        ("1.0", lambda shape, node: shape.label(node, "x"), "1.0"),
        ("abc", lambda shape, node: shape.text(node, "x"), "abc"),
        ("[a, b]", lambda shape, node: shape.texts(node, "x"), ("a", "b")),
        ("true", lambda shape, node: shape.flag(node, "x", default=False), True),
        ("7", lambda shape, node: shape.integer(node, "x", 0), 7),
        ("draft", lambda shape, node: shape.choice(node, "status", Status), Status.DRAFT),
        ("1.5", lambda shape, node: shape.scalar(node, "x"), 1.5),
        ("{a: 1}", lambda shape, node: sorted(shape.fields(node, "x", ("a", "b"))), ["a"]),
    ],
)
def test_what_is_right_is_returned(text: str, look: Look, found: object) -> None:
    assert looked(text, look) == (found, [])


@pytest.mark.parametrize(
    ("text", "look", "complaints"),
    [
        ("[a]", lambda shape, node: shape.label(node, "x"), ["f:1:1: x must be a word [wrong-type]"]),
        ("5", lambda shape, node: shape.text(node, "x"), ["f:1:1: x must be a string; put it in quotes [wrong-type]"]),
        ("[5]", lambda shape, node: shape.text(node, "x"), ["f:1:1: x must be a string [wrong-type]"]),
        ("[]", lambda shape, node: shape.texts(node, "x"), ["f:1:1: x is empty [wrong-value]"]),
        ("a", lambda shape, node: shape.items(node, "x"), ["f:1:1: x must be a list [wrong-type]"]),
        ("yes", lambda shape, node: shape.flag(node, "x", default=True), ["f:1:1: x must be `true` or `false` [wrong-type]"]),
        ("true", lambda shape, node: shape.integer(node, "x", 0), ["f:1:1: x must be a whole number [wrong-type]"]),
        ("1.0", lambda shape, node: shape.integer(node, "x", 0), ["f:1:1: x must be a whole number [wrong-type]"]),
        ("-1", lambda shape, node: shape.integer(node, "x", 0, 0, 9), ["f:1:1: x must be from 0 to 9 [wrong-value]"]),
        ("draf", lambda shape, node: shape.choice(node, "status", Status), ["f:1:1: `draf` is no status; did you mean `draft`? [wrong-value]"]),
        ("[a]", lambda shape, node: shape.choice(node, "status", Status), ["f:1:1: `` is no status; one of `active`, `draft`, `disabled` [wrong-value]"]),
        ("[a]", lambda shape, node: shape.scalar(node, "x"), ["f:1:1: x must be a string, a number or a boolean [wrong-type]"]),
        ("1e999", lambda shape, node: shape.scalar(node, "x"), ["f:1:1: `1e999` is not a finite number [wrong-value]"]),
        ("a", lambda shape, node: shape.fields(node, "x", ("a",)), ["f:1:1: x must be a mapping; with the keys `a` [wrong-type]"]),
        ("{ab: 1, zz: 1}", lambda shape, node: shape.fields(node, "x", ("abc", "q"), ("q",)), [
            "f:1:1: x has no `q` [missing-key]",
            "f:1:2: unknown key `ab` in x; did you mean `abc`? [unknown-key]",
            "f:1:9: unknown key `zz` in x; x has the keys `abc`, `q` [unknown-key]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, look: Look, complaints: list[str]) -> None:
    assert looked(text, look)[1] == complaints


def test_what_is_not_there_is_a_default() -> None:
    shape = Shape(Problems())
    assert (shape.label(None, "x", "d"), shape.text(None, "x"), shape.items(None, "x")) == ("d", "", ())
    assert (shape.flag(None, "x", default=True), shape.integer(None, "x", 3), shape.choice(None, "x", Status)) == (
        True,
        3,
        None,
    )


def test_words_are_quoted() -> None:
    assert quoted(["a", "b"]) == "`a`, `b`"


@pytest.mark.parametrize("text", ["2027-1-1", "20270101", "2027-W01-1", "2027-02-30", "tomorrow", "[]", "5"])
def test_a_day_is_written_in_one_way(text: str) -> None:
    problems = Problems()
    (node,) = read(text, "f", problems)
    assert Shape(problems).day(node, "`expires`") is None
    with pytest.raises(OperatorError, match="`expires` must be a day; such as `2027-01-01`"):
        problems.raise_any()


def test_a_day_is_read() -> None:
    problems = Problems()
    (node,) = read("2027-01-01", "f", problems)
    assert Shape(problems).day(node, "`expires`") == date(2027, 1, 1)
