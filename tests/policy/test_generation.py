"""What is generated holds nothing that anybody wrote."""

import re

from yett.model.unknown import Unknown
from yett.policy.expression import Leaf, Operator
from yett.policy.generation import generate
from yett.policy.index import column
from yett.policy.normal import Term
from yett.policy.values import Sort

EVIL = "x'); import os; print('x"


def test_the_source_is_fixed_lines_and_numbered_names() -> None:
    leaf = Leaf(f"metadata.{EVIL}", Sort.ANY, Operator.EQ, EVIL)
    built = column(leaf.field, leaf.sort, [(1, [Term(leaf, positive=True)])], 1, 0)
    scan = generate(1, [built], [(built, [])])
    assert "import" not in scan.source
    assert set(re.findall(r"[A-Za-z_]\w*", scan.source)) <= {
        "def", "cheap", "costly", "known", "acc", "unk", "demand", "EVERY", "MISSING", "get", "type", "is", "not", "dict",
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
        return generate(3, [column("request.hour", Sort.NUMBER, asked, 3, 0)], []).source

    assert "left(" not in source(Operator.GTE, Operator.LT)
    assert "right(" not in source(Operator.GT, Operator.LTE)
    assert re.search(r"left\(.*right\(", source(Operator.GT, Operator.GTE))


def test_what_lies_below_something_else_is_missing_or_unavailable() -> None:
    leaf = Leaf("metadata.a.b", Sort.ANY, Operator.EXISTS)
    built = column(leaf.field, leaf.sort, [(1, [Term(leaf, positive=True)])], 1, 0)
    scan = generate(1, [built], [])
    assert scan.cheap({"metadata": 5}) == (0, 0)
    assert scan.cheap({"metadata": {"a": Unknown.UNAVAILABLE}}) == (1, 1)
    assert scan.cheap({"metadata": Unknown.UNAVAILABLE}) == (1, 1)
    assert scan.cheap({"metadata": {"a": {"b": 0}}}) == (1, 0)
