"""What is generated holds nothing that anybody wrote."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from yett.model.decision import Decision, Effect
from yett.model.unknown import Unknown
from yett.policy.expression import Leaf, Operator
from yett.policy.generation import Ending, Start, directly, generate
from yett.policy.index import Column, column
from yett.policy.normal import Term
from yett.policy.values import Sort

EVIL = "x'); import os; print('x"


def test_the_source_is_fixed_lines_and_numbered_names() -> None:
    leaf = Leaf(f"metadata.{EVIL}", Sort.ANY, Operator.EQ, EVIL)
    built = column(leaf.field, leaf.sort, [(1, [Term(leaf, positive=True)])], 1, 0)
    scan = generate(Start(1, 0), [built], [(built, [])])
    assert "import" not in scan.source
    assert set(re.findall(r"[A-Za-z_]\w*", scan.source)) <= {
        "def", "cheap", "costly", "known", "acc", "unk", "demand", "EVERY", "UNSURE", "MISSING", "get", "type", "is", "not", "dict",
        "branch", "v", "str", "if", "else", "return", "_",
    } | set(re.findall(r"[kn]\d\w*", scan.source))  # fmt: skip
    assert scan.cheap({"metadata": {EVIL: EVIL}}) == (1, 0)
    assert scan.cheap({"metadata": {EVIL: "y"}}) == (0, 0)
    assert scan.costly(1, 0, lambda field: EVIL if field == leaf.field else "") == (1, 0)


def test_a_number_is_placed_by_one_search_where_that_is_enough() -> None:
    def source(*operators: Operator) -> str:
        asked = [
            (1 << n, [Term(Leaf("request.hour", Sort.NUMBER, each, 5), positive=True)])
            for n, each in enumerate(operators)
        ]
        return generate(Start(3, 0), [column("request.hour", Sort.NUMBER, asked, 3, 0)], []).source

    assert "left(" not in source(Operator.GTE, Operator.LT)
    assert "right(" not in source(Operator.GT, Operator.LTE)
    assert re.search(r"left\(.*right\(", source(Operator.GT, Operator.GTE))


def test_what_lies_below_something_else_is_missing_or_unavailable() -> None:
    leaf = Leaf("metadata.a.b", Sort.ANY, Operator.EXISTS)
    built = column(leaf.field, leaf.sort, [(1, [Term(leaf, positive=True)])], 1, 0)
    scan = generate(Start(1, 0), [built], [])
    assert scan.cheap({"metadata": 5}) == (0, 0)
    assert scan.cheap({"metadata": {"a": Unknown.UNAVAILABLE}}) == (1, 1)
    assert scan.cheap({"metadata": Unknown.UNAVAILABLE}) == (1, 1)
    assert scan.cheap({"metadata": {"a": {"b": 0}}}) == (1, 0)


DENIED = Decision(allowed=False, effect=Effect.DENY)
ALLOWED = Decision(allowed=True, effect=Effect.ALLOW)


def a_direct_function(*columns: Column) -> tuple[Callable[[Mapping[str, object]], object], str, list[object]]:
    """Return the function, its source, and what was sent the slow way."""
    sent: list[object] = []

    def slow(known: object) -> Decision:
        sent.append(known)
        return ALLOWED

    ending = Ending(slow, lambda possible: None, lambda possible: DENIED if possible else ALLOWED)
    ask, source = directly(Start(1, 0), columns, ending)
    return ask, source, sent


def a_column(name: str, value: str) -> Column:
    leaf = Leaf(name, Sort.ANY, Operator.EQ, value)
    return column(name, Sort.ANY, [(1, [Term(leaf, positive=True)])], 1, 0)


def test_the_direct_function_holds_nothing_that_anybody_wrote_either() -> None:
    ask, source, sent = a_direct_function(a_column(f"metadata.{EVIL}", EVIL))
    assert "import" not in source
    assert ask({"metadata": {EVIL: EVIL}}) is DENIED
    assert ask({"metadata": {EVIL: "y"}}) is ALLOWED
    assert sent == []


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"metadata": {}},
        {"metadata": {"x": Unknown.MISSING}},
        {"metadata": 5},
        MappingProxyType({"metadata": {"x": "a"}}),
    ],
    ids=str,
)
def test_what_is_not_as_expected_goes_the_slow_way(facts: Mapping[str, object]) -> None:
    ask, _, sent = a_direct_function(a_column("metadata.x", "a"))
    assert ask(facts) is ALLOWED
    assert sent == [facts]


def test_looking_makes_nothing() -> None:
    facts: dict[str, dict[str, object]] = defaultdict(dict, metadata=defaultdict(dict))
    ask, _, sent = a_direct_function(a_column("metadata.x", "a"))
    ask(facts)
    ask({**facts})
    assert len(sent) == 2
    assert facts == {"metadata": {}}


def some_columns(bits: Mapping[str, int], every: int) -> list[Column]:
    """Return columns in which a field must be `a` for the conjuncts that have one of its *bits*."""
    leaves = {name: Leaf(f"metadata.{name}", Sort.ANY, Operator.EQ, "a") for name in bits}
    asked = {
        name: [(1 << n, [Term(leaves[name], positive=True)]) for n in range(9) if bits[name] >> n & 1] for name in bits
    }
    return [column(leaf.field, Sort.ANY, asked[name], every, 0) for name, leaf in leaves.items()]


def test_where_the_first_column_leaves_nothing_the_others_are_not_asked_that_need_it() -> None:
    ending = Ending(lambda _: DENIED, lambda _: None, lambda possible: DENIED if possible else ALLOWED)
    ask, source = directly(Start(0b1111, 0), some_columns({"x": 0b0111, "y": 0b0110, "z": 0b0011}, 0b1111), ending)
    assert source.count("if acc & ") == 1
    assert ask({"metadata": {"x": "b"}}) is DENIED
    closed, _ = directly(Start(0b0111, 0), some_columns({"x": 0b0111, "y": 0b0110, "z": 0b0011}, 0b0111), ending)
    assert closed({"metadata": {"x": "b"}}) is ALLOWED
    assert closed({"metadata": {"x": "a", "y": "b", "z": "b"}}) is ALLOWED
    assert closed({"metadata": {"x": "a", "y": "a", "z": "b"}}) is DENIED


def test_a_column_that_others_need_as_well_is_asked_at_once() -> None:
    ending = Ending(lambda _: DENIED, lambda _: None, lambda possible: DENIED if possible else ALLOWED)
    _, source = directly(Start(0b1111, 0), some_columns({"x": 0b0111, "y": 0b1100, "z": 0b0011}, 0b1111), ending)
    assert "if acc & " not in source
