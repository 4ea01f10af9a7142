"""Where in a payload, and how to write there."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.dialects import strict_json
from yett.dialects.pointers import KEY, REMOVED, escaped, get, joined, replaced, tokens

keys = st.text(st.sampled_from("a~/#0k ey1"), max_size=6)
documents = st.recursive(
    st.integers(0, 9) | st.text("ab#/~", max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3),
    max_leaves=10,
)


def places(document: Any, above: str = "") -> list[tuple[str, Any]]:
    """List every value of *document* with its pointer."""
    below = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    found = [(above, document)]
    for key, item in below:
        found += places(item, f"{above}/{escaped(str(key))}")
    return found


@given(st.lists(keys))
def test_keys_survive_being_written_as_a_pointer(names: list[str]) -> None:
    assert tokens(joined(names)) == names


@given(st.lists(keys, min_size=1))
def test_no_key_pretends_to_be_a_mark(names: list[str]) -> None:
    assert not joined(names).endswith(KEY)
    assert "#" not in joined(names)


@given(documents)
def test_every_value_is_found_at_its_own_pointer(document: object) -> None:
    found = places(document)
    assert len({pointer for pointer, _ in found}) == len(found)
    assert all(get(document, pointer) == value for pointer, value in found)


@given(documents, st.data())
def test_what_is_replaced_is_found_and_all_else_stays(document: object, data: st.DataObject) -> None:
    pointer = data.draw(st.sampled_from([pointer for pointer, _ in places(document)]))
    before = copy.deepcopy(document)
    written = replaced(document, {pointer: "new"})
    assert document == before
    assert get(written, pointer) == "new"
    assert replaced(written, {pointer: get(document, pointer)}) == document


DOCUMENT = {"call": {"arguments": '{"to": "a", "n": [1, 2], "a#b": {"~key": 3}}'}, "list": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/list/2", "c"),
        ("/list~key", "list"),
        ("/call/arguments#", {"to": "a", "n": [1, 2], "a#b": {"~key": 3}}),
        ("/call/arguments#/to", "a"),
        ("/call/arguments#/n/1", 2),
        ("/call/arguments#/a~2b/~0key", 3),
        ("/call/arguments#/a~2b~key", "a#b"),
    ],
)
def test_a_pointer_leads_to_its_value(pointer: str, value: object) -> None:
    assert get(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["/none", "/list/3", "/list/-1", "/list/x", "/list/0/0", "/list#", "x/y"])
def test_a_pointer_that_leads_nowhere_is_an_error(pointer: str) -> None:
    with pytest.raises((LookupError, strict_json.CallerError)):
        get(DOCUMENT, pointer)


@pytest.mark.parametrize(
    ("edits", "written"),
    [
        ({}, DOCUMENT),
        ({"/list/0": REMOVED, "/list/2": "C"}, {**DOCUMENT, "list": ["b", "C"]}),
        ({"/list": REMOVED, "/list/0": "x"}, {"call": DOCUMENT["call"]}),
        ({"/call/arguments#/to": "x"}, {**DOCUMENT, "call": {"arguments": '{"to":"x","n":[1,2],"a#b":{"~key":3}}'}}),
        (
            {"/call/arguments#/n/0": "x", "/call/arguments#/to": REMOVED},
            {**DOCUMENT, "call": {"arguments": '{"n":["x",2],"a#b":{"~key":3}}'}},
        ),
        ({"/call/arguments#": ["x"]}, {**DOCUMENT, "call": {"arguments": '["x"]'}}),
        ({"": {}}, {}),
    ],
)
def test_edits_are_written(edits: dict[str, object], written: object) -> None:
    assert replaced(DOCUMENT, edits) == written


def test_nested_json_can_be_edited_by_itself() -> None:
    assert replaced('{"to":"a"}', {"#/to": "b"}) == '{"to":"b"}'


@pytest.mark.parametrize("pointer", ["/none", "/list/9", "/list~key", "/list/0/x"])
def test_an_edit_that_leads_nowhere_is_an_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        replaced(DOCUMENT, {pointer: "x"})
