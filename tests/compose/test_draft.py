"""A draft keeps where everything was said."""

import pytest

from yett.compose.draft import Draft
from yett.compose.references import ReferenceProblem
from yett.model.errors import Place

FILE = Place("f.yaml", 1, 1)
VARIABLE = Place("environment variable X")


def draft(**data: object) -> Draft:
    return Draft(Place("f.yaml"), data)


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ({}, ("a", "b"), {"a": {"b": "new"}}),
        ({"a": {"b": "old", "c": 1}}, ("a", "b"), {"a": {"b": "new", "c": 1}}),
        ({"a": {"My-Key": {"b": 1}}}, ("a", "my_key", "b"), {"a": {"My-Key": {"b": "new"}}}),
        ({"a": [{"b": 1}]}, ("a", "0", "b"), {"a": [{"b": "new"}]}),
        ({"a": [1, 2]}, ("a", "1"), {"a": [1, "new"]}),
        ({"a": [1]}, ("a", "7"), {"a": [1]}),
        ({"a": [1]}, ("a", "b", "c"), {"a": [1]}),
        ({"a": "text"}, ("a", "b"), {"a": "text"}),
        ({"a": None}, ("a", "b"), {"a": {"b": "new"}}),
    ],
)
def test_a_value_is_put_where_it_belongs(before: dict[str, object], path: tuple[str, ...], after: object) -> None:
    changed = draft(**before)
    changed.put(path, "new", VARIABLE)
    assert changed.data == after


def test_a_gap_is_filled_and_what_stands_there_stays() -> None:
    changed = draft(a={"b": "old"})
    changed.put(("a", "b"), "new", VARIABLE, only_gaps=True)
    changed.put(("a", "c"), "new", VARIABLE, only_gaps=True)
    assert changed.data == {"a": {"b": "old", "c": "new"}}


def test_places_follow_the_values() -> None:
    changed = draft(a={"b": "old"})
    changed.places = {("a",): FILE, ("a", "b"): FILE}
    changed.put(("a", "c"), 1, VARIABLE)
    assert changed.whereabouts.of(("a", "c")) == VARIABLE
    assert changed.whereabouts.of(("a", "b")) == FILE
    assert changed.whereabouts.of(("a", "b", "deeper")) == FILE
    assert changed.whereabouts.of(("elsewhere",)) == Place("f.yaml")


def test_texts_are_rewritten_at_any_depth_and_remembered_as_hidden() -> None:
    changed = draft(a=["x", {"b": "x"}], c=5, d="y")
    assert list(changed.rewrite(lambda text: text.replace("x", "secret"))) == []
    assert changed.data == {"a": ["secret", {"b": "secret"}], "c": 5, "d": "y"}
    assert changed.whereabouts.hidden == {("a", 0), ("a", 1, "b")}


def test_references_that_lead_nowhere_are_told_with_their_place() -> None:
    def change(text: str) -> str:
        raise ReferenceProblem("code", f"no {text}", "hint")

    changed = draft(a={"b": "x"})
    changed.places = {("a", "b"): FILE}
    assert [(problem.place, problem.message) for problem in changed.rewrite(change)] == [(FILE, "no x")]


def test_what_is_not_there_is_nothing() -> None:
    assert draft(a={"b": 1}).get("a", "b") == 1
    assert draft(a={"b": 1}).get("a", "b", "c") is None
    assert draft().get("a") is None
