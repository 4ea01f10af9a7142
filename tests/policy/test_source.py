"""YAML is read as YAML 1.2, with places, and without its traps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.errors import OperatorError
from yett.policy import source
from yett.policy.nodes import Items, Scalar, Table
from yett.policy.problems import Problems
from yett.policy.source import read


def one(text: str) -> source.Node:
    problems = Problems()
    (node,) = read(text, "f", problems)
    problems.raise_any()
    return node


def complaints(text: str) -> list[str]:
    problems = Problems()
    read(text, "f", problems)
    with pytest.raises(OperatorError) as caught:
        problems.raise_any()
    return str(caught.value).splitlines()


ESCAPED = 'take it out, or write it as an escape in double quotes, such as `"\\x07"` [syntax]'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("NO", "NO"), ("1_000", "1_000"), ("1:30", "1:30"), ("0b1", "0b1"),
        ("2027-01-01", "2027-01-01"), ("1.0.0", "1.0.0"), ("<<", "<<"), ("=", "="), ("0x", "0x"), ("1e", "1e"), (".", "."),
        ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"), ("5", 5), ("-5", -5), ("+5", 5), ("010", 10),
        ("0o10", 8), ("0x1F", 31), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-2", -0.015),
        (".inf", ".inf"), (".nan", ".nan"), ("'5'", "5"), ('"true"', "true"), ("!!str 5", "5"),
        ("!!int 5", 5), ("!!float 5", 5), ("!!bool true", True), ("|\n  no\n", "no\n"),
    ],
)  # fmt: skip
def test_scalars_mean_what_they_look_like(text: str, value: object) -> None:
    node = one(f"k: {text}")
    assert isinstance(node, Table)
    scalar = node.entries[0][1]
    assert isinstance(scalar, Scalar)
    assert scalar.value == value
    assert type(scalar.value) is type(value)


@pytest.mark.parametrize("text", ["k: ", "k: ~", "k: null", "k: NULL"])
def test_null_is_no_value(text: str) -> None:
    node = one(text)
    assert isinstance(node, Table)
    assert node.entries[0][1][1:3] == (None, text[3:])


def test_places_count_from_one() -> None:
    node = one("a:\n  - x\n  - {b: é, c: y}\n")
    assert isinstance(node, Table)
    items = node.entries[0][1]
    assert isinstance(items, Items)
    inner = items.items[1]
    assert isinstance(inner, Table)
    assert [str(value.place) for _, value in inner.entries] == ["f:3:9", "f:3:15"]


def test_several_documents_are_read_and_empty_ones_left_out() -> None:
    assert len(read("a: 1\n---\n---\nb: 2\n---\n", "f", Problems())) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", ["f:3:1: `a` is here twice; first on line 1 [duplicate-key]"]),
        ("a: &x 1\nb: *x", [
            "f:1:4: `x` is an anchor or an alias; write the value out where it is used [alias]",
            "f:2:4: `x` is an anchor or an alias; write the value out where it is used [alias]"]),
        ("a: !!python/object:os.system x", ["f:1:4: `tag:yaml.org,2002:python/object:os.system` is not a tag of the core schema; leave it out [tag]"]),
        ("a: !!int x", ["f:1:4: `tag:yaml.org,2002:int` is not a tag of the core schema; leave it out [tag]"]),
        ("a: !!set {x}", ["f:1:4: `tag:yaml.org,2002:set` is not a tag of the core schema; leave it out [tag]"]),
        ("a: !mine [x]", ["f:1:4: `!mine` is not a tag of the core schema; leave it out [tag]"]),
        ("a: ! 5", ["f:1:4: `!` is not a tag of the core schema; leave it out [tag]"]),
        ("? [a]\n: 1", ["f:1:3: a key must be a single word [wrong-type]"]),
        ("", ["f:1:1: there is no document here [empty]"]),
        ("a: [1", ["f:2:1: did not find expected ',' or ']'; look at this line and the one before it: a bracket or quote left open, a colon, the indentation [syntax]"]),
        ("a:\n\tb: 1", ["f:2:1: found character that cannot start any token; indent with spaces, not with tabs [syntax]"]),
        ("a: \x07", ["f:1:4: `U+0007` is a character that YAML does not allow; " + ESCAPED]),
        ("a: 1\nb: é\ud800", ["f:2:5: `U+D800` is a character that YAML does not allow; " + ESCAPED]),
        ("[" * 70 + "]" * 70, ["f:1:65: nested deeper than 64; split it [too-large]"]),
        ("a: " + "9" * 401, ["f:1:4: `99999999999999999999…` has too many digits [wrong-value]"]),
        ("a" * (8 * 1024 * 1024 + 1), ["f: more than 8388608 characters [too-large]"]),
    ],
)  # fmt: skip
def test_traps_are_refused(text: str, expected: list[str]) -> None:
    assert complaints(text) == expected


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert len(complaints("\n".join(lines))) == 40 + 39 * 3


def test_the_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_MAX_NODES", 5)
    assert complaints("[1, 2, 3, 4, 5]") == ["f:1:14: more than 5 values; split it [too-large]"]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    problems = Problems()
    roots = read(text, "f", problems)
    assert roots or problems


@given(st.text(alphabet="ab:-[]{}&*!?|>'\"#%@ \n1.,~", max_size=40))
def test_any_almost_yaml_is_read_or_refused(text: str) -> None:
    problems = Problems()
    roots = read(text, "f", problems)
    assert roots or problems
