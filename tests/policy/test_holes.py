"""Rules are parted into what must be the same and what may differ, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.holes import MARK, Hole, Holes, filled, holes_of, kind_of, marked, parted, rules_in

RULE = "  - {id: r1, when: [a], condition: {operator: in, field: f, value: [a, b]}, action: {reason: 'so, x'}, enabled: true}\n"


def holes(rule: str) -> list[Hole]:
    return holes_of(rule, Holes())[1]


def test_names_reasons_and_values_may_differ() -> None:
    assert holes(RULE) == [
        Hole("word", "r1", "r1"),
        Hole("list of words", "[a, b]", ("a", "b")),
        Hole("word", "so, x", "so, x"),
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("a b", "word"), ('"5"', "word"), ("5", "number"), ("-0.5", "number"), ("0x1F", "number"), ("[1, 2.5]", "list of numbers"),
        ("true", "=true"), ("null", "=null"), ("1e999", "=1e999"), ("9" * 500, "=" + "9" * 500), ("[a, 5]", "=[a, 5]"),
        ("[a, ]", "=[a, ]"), ("[true, true]", "=[true, true]"), ("[a,b]", "list of words"),
    ],
)  # fmt: skip
def test_of_a_value_its_kind_must_be_the_same(value: str, kind: str) -> None:
    (hole,) = holes(f"  - {{value: {value}}}\n")
    assert hole.kind == kind
    assert (hole.value is None) == (kind[0] == "=")


@pytest.mark.parametrize("value", ["${cap}", '"${cap}"', '"a\\n"', '""', "a: b", "{a: b}", "~", "- a", "&a b", ""])
def test_what_is_not_plain_is_no_hole(value: str) -> None:
    parts = holes_of(f"  - {{value: {value}}}\n", Holes())[0]
    assert value not in parts[1::2]


@given(st.text("{}[]:, -#'\"ab5$\n", max_size=40).map(lambda text: f"{text}value: {text}reason: {text}"))
def test_what_is_parted_is_the_whole_text(text: str) -> None:
    assert filled(holes_of(text, Holes())[0]) == text


def test_kinds_tell_what_must_be_the_same() -> None:
    told = [
        kind_of(*holes_of(rule, Holes()))
        for rule in (RULE, RULE.replace("r1", "x"), RULE.replace("b]", "7]"), RULE[:-3])
    ]
    assert told[0] == told[1]
    assert len(set(told)) == 3


def test_a_mark_is_of_the_same_kind() -> None:
    found = [*holes(RULE), *holes("{value: 5}"), *holes("{value: [5]}"), *holes("{value: true}")]
    marks = [marked(hole, number) for number, hole in enumerate(found)]
    assert [mark.kind for mark in marks] == [hole.kind for hole in found]
    assert [mark.value for mark in marks] == [
        f"Mark{MARK}", (f"Mark{MARK + 1}",), f"Mark{MARK + 2}", MARK + 3, (MARK + 4,), None,
    ]  # fmt: skip


def test_rules_are_what_stands_below_their_key_until_the_end() -> None:
    head, one, two = "metadata: {id: a}\n", "  - {id: r}\n", "  - id: s\n    enabled: true\n"
    found = parted(f"{head}rules: \n\n{one}  # c\n\n# c\n{two}\n")
    assert found is not None
    assert found == (f"{head}rules: []\n" + "\n" * 8, one + two, "  ")
    assert list(rules_in(found.rules, found.indent)) == [one, two]


def test_what_stands_behind_the_rules_keeps_its_lines() -> None:
    found = parted("rules:\n  - {id: r}\n  # c\ntests:\n  # c\n")
    assert found == ("rules: []\n\n\ntests:\n  # c\n", "  - {id: r}\n", "  ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rules: []\n",
        "rules:\n",
        "rules:\n  a: b\n",
        "rules:\n- a\n---\na: b\n",
        "rules:\n  - a\n - b\n",
        "rules:\n- a\nrules:\n- b\n",
    ],
)
def test_everything_else_is_not_parted(text: str) -> None:
    assert parted(text) is None
