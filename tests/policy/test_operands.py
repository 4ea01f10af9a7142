"""Values suit their field and operator, also when they come from a constant."""

import pytest

from yett.model.errors import OperatorError, Place
from yett.policy.documents import Condition, Reference, Written
from yett.policy.expression import And, Expression, Leaf, Not, Operator, Or
from yett.policy.operands import Operands
from yett.policy.problems import Problems
from yett.policy.values import Sort

HERE = Place("f", 1, 1)
CONSTANTS = {"limit": 0.7, "names": ("a", "b"), "word": "x"}


def built(sort: Sort, operator: Operator, value: Written | None) -> Expression | None:
    problems = Problems()
    operands = Operands(problems, CONSTANTS)
    condition = Condition(HERE, operator, "f", value=value)
    found = operands.value(condition)
    leaf = None if found is None else operands.leaf(condition, sort, found)
    problems.raise_any()
    return leaf


def leaf(sort: Sort, operator: Operator, value: object) -> Leaf:
    return Leaf("f", sort, operator, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sort", "operator", "value", "expression"),
    [
        (Sort.STRING, Operator.EQ, "a", leaf(Sort.STRING, Operator.EQ, "a")),
        (Sort.STRING, Operator.NE, "a", Not(leaf(Sort.STRING, Operator.EQ, "a"))),
        (Sort.STRING, Operator.NOT_IN, ("a",), Not(leaf(Sort.STRING, Operator.IN, ("a",)))),
        (Sort.STRINGS, Operator.NOT_CONTAINS, "a", Not(leaf(Sort.STRINGS, Operator.CONTAINS, "a"))),
        (Sort.NUMBER, Operator.GT, Reference("limit"), leaf(Sort.NUMBER, Operator.GT, 0.7)),
        (Sort.STRING, Operator.IN, Reference("names"), leaf(Sort.STRING, Operator.IN, ("a", "b"))),
        (Sort.STRING, Operator.IN, ("q", Reference("word")), leaf(Sort.STRING, Operator.IN, ("q", "x"))),
        (Sort.ANY, Operator.IN, ("a", 1, True), leaf(Sort.ANY, Operator.IN, ("a", 1, True))),
        (Sort.NUMBER, Operator.BETWEEN, (1, Reference("limit")), None),
        (Sort.NUMBER, Operator.BETWEEN, (0, 5), leaf(Sort.NUMBER, Operator.BETWEEN, (0, 5))),
        (Sort.STRINGS, Operator.ANY, ("a", "b"), Or((leaf(Sort.STRINGS, Operator.CONTAINS, "a"), leaf(Sort.STRINGS, Operator.CONTAINS, "b")))),
        (Sort.STRINGS, Operator.ALL, ("a",), And((leaf(Sort.STRINGS, Operator.CONTAINS, "a"),))),
    ],
)  # fmt: skip
def test_values_are_filled_in(sort: Sort, operator: Operator, value: Written, expression: Expression | None) -> None:
    if expression is None:
        with pytest.raises(OperatorError, match=r"nothing lies between 1 and 0\.7"):
            built(sort, operator, value)
    else:
        assert built(sort, operator, value) == expression


@pytest.mark.parametrize(
    ("sort", "operator", "value", "complaint"),
    [
        (Sort.NUMBER, Operator.GT, "1", "f:1:1: `1` is a string, a number is needed [wrong-type]"),
        (Sort.NUMBER, Operator.EQ, True, "f:1:1: `True` is a boolean, a number is needed [wrong-type]"),
        (Sort.STRING, Operator.EQ, 5, "f:1:1: `5` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.STRING, Operator.EQ, ("a",), "f:1:1: a single value is needed, not a list [wrong-type]"),
        (Sort.STRING, Operator.IN, "a", "f:1:1: `in` needs a list of values [wrong-type]"),
        (Sort.STRING, Operator.IN, (), "f:1:1: `in` needs a list of values [wrong-type]"),
        (Sort.STRING, Operator.IN, ("a", 1), "f:1:1: `1` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.STRINGS, Operator.CONTAINS, 1, "f:1:1: `1` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.ANY, Operator.GT, "a", "f:1:1: `a` is a string, a number is needed [wrong-type]"),
        (Sort.ANY, Operator.STARTS_WITH, 1, "f:1:1: `1` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.NUMBER, Operator.BETWEEN, 5, "f:1:1: `between` needs a lower and an upper bound; such as `[9, 17]` [wrong-type]"),
        (Sort.NUMBER, Operator.BETWEEN, (5, 4), "f:1:1: nothing lies between 5 and 4; the lower bound comes first [wrong-value]"),
        (Sort.NUMBER, Operator.BETWEEN, ("a", 4), "f:1:1: `a` is a string, a number is needed [wrong-type]"),
        (Sort.STRING, Operator.MATCHES, "(?=x)", "f:1:1: `(?=x)` is no RE2 pattern: invalid perl operator: (?=; RE2 knows no look-around or back-references [pattern]"),
        (Sort.STRING, Operator.MATCHES, 5, "f:1:1: `5` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.STRING, Operator.CIDR, "10.0.0.1/8", "f:1:1: `10.0.0.1/8` is no network: 10.0.0.1/8 has host bits set; such as `10.0.0.0/8` [network]"),
        (Sort.STRING, Operator.CIDR, (5,), "f:1:1: `5` is a number, a string is needed; put it in quotes [wrong-type]"),
        (Sort.NUMBER, Operator.GT, Reference("limt"), "f:1:1: unknown constant `limt`; did you mean `limit`? [unknown-constant]"),
        (Sort.NUMBER, Operator.GT, Reference("zzz"), "f:1:1: unknown constant `zzz`; state it under `constants` [unknown-constant]"),
        (Sort.NUMBER, Operator.GT, Reference("word"), "f:1:1: `x` is a string, a number is needed [wrong-type]"),
        (Sort.STRING, Operator.IN, ("a", Reference("names")), "f:1:1: a list cannot hold a constant that is a list [wrong-type]"),
        (Sort.STRING, Operator.IN, ("a", Reference("nams")), "f:1:1: unknown constant `nams`; did you mean `names`? [unknown-constant]"),
        (Sort.STRING, Operator.EQ, None, "f:1:1: `eq` has no `value` [missing-key]"),
    ],
)  # fmt: skip
def test_values_that_do_not_suit_are_told(
    sort: Sort, operator: Operator, value: Written | None, complaint: str
) -> None:
    with pytest.raises(OperatorError) as caught:
        built(sort, operator, value)
    assert str(caught.value) == complaint
