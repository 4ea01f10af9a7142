"""Tables say for every value what the comparisons say one by one."""

import random

import pytest

from yett.policy import index
from yett.policy.expression import Each, Leaf, Networks, Operator, Pattern
from yett.policy.index import Equality, Members, Ranges, column
from yett.policy.interpreter import judge
from yett.policy.normal import Term
from yett.policy.values import Sort

VALUES = (
    None, "a", "b", "ab", "", 0, 1, 1.0, 2, 1.5, -1, True, False, float("nan"), float("inf"), 10**400, [], ["a"], ["a", "b"],
    ["b", "c"], [1], [True], [["a"]], {}, object(), "10.0.0.1",
)  # fmt: skip
LEAVES = {
    Sort.ANY: (
        Leaf("f", Sort.ANY, Operator.EQ, "a"), Leaf("f", Sort.ANY, Operator.EQ, 1), Leaf("f", Sort.ANY, Operator.EQ, value=True),
        Leaf("f", Sort.ANY, Operator.IN, ("a", 1, False)), Leaf("f", Sort.ANY, Operator.GT, 1),
        Leaf("f", Sort.ANY, Operator.BETWEEN, (0, 1.5)), Leaf("f", Sort.ANY, Operator.LTE, 0),
        Leaf("f", Sort.ANY, Operator.CONTAINS, "a"), Leaf("f", Sort.ANY, Operator.CONTAINS, 1), Leaf("f", Sort.ANY, Operator.EXISTS),
        Leaf("f", Sort.ANY, Operator.MATCHES, Pattern("b$")), Leaf("f", Sort.ANY, Operator.CIDR, Networks(("10.0.0.0/8",))),
    ),
    Sort.STRINGS: (
        Leaf("f", Sort.STRINGS, Operator.CONTAINS, "a"), Leaf("f", Sort.STRINGS, Operator.CONTAINS, "b"),
        Leaf("f", Sort.STRINGS, Operator.CONTAINS, "c"), Leaf("f", Sort.STRINGS, Operator.EXISTS),
        Each("f", Sort.STRINGS, every=True, inner=Leaf("", Sort.STRING, Operator.EQ, "a")),
    ),
    Sort.NUMBER: (
        Leaf("f", Sort.NUMBER, Operator.GT, 1), Leaf("f", Sort.NUMBER, Operator.GTE, 1.0), Leaf("f", Sort.NUMBER, Operator.LT, 2),
        Leaf("f", Sort.NUMBER, Operator.LTE, 0), Leaf("f", Sort.NUMBER, Operator.BETWEEN, (1, 1)),
        Leaf("f", Sort.NUMBER, Operator.EQ, 1), Leaf("f", Sort.NUMBER, Operator.IN, (0, 2)),
    ),
}  # fmt: skip


def disagreement(rng: random.Random) -> object:
    """Return a value about which a random column and the comparisons disagree; None when there is none."""
    sort = rng.choice(tuple(LEAVES))
    asked = [
        (1 << bit, [Term(rng.choice(LEAVES[sort]), rng.random() < 0.6) for _ in range(rng.randrange(1, 4))])
        for bit in range(6)
    ]
    every, definite = (1 << 7) - 1, rng.randrange(1 << 7)
    built = column("f", sort, asked, every, definite)
    for raw in VALUES:
        possible, uncertain = built.narrow(raw, every, 0)
        for bit, terms in asked:
            truths = [judge(literal, raw) for literal, _ in terms]
            answers = [
                None if each is None else each is term.positive for each, term in zip(truths, terms, strict=True)
            ]
            expected = False if False in answers else None if None in answers else True
            unsure = expected is None and not definite & bit
            if bool(possible & bit) is not (expected is True or unsure) or (unsure and not uncertain & bit):
                return [raw]
        if not possible >> 6:
            return [raw]
    return None


def test_columns_say_what_comparisons_say() -> None:
    rng = random.Random(7)
    assert [found for _ in range(400) if (found := disagreement(rng))] == []


@pytest.mark.parametrize(
    ("where", "name", "mutant"),
    [
        (index, "keyed", lambda value: value),
        (index, "bisect_left", index.bisect_right),
        (index, "bisect_right", index.bisect_left),
        (Members, "mask", lambda group, value: group.default if isinstance(value, tuple) else None),
        (Equality, "mask", lambda group, value: group.default),
        (Ranges, "mask", lambda group, value: None),
        (index, "judge", lambda literal, raw: bool(judge(literal, raw))),
    ],
)
def test_a_wrong_table_is_caught(where: object, name: str, mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, name, mutant)
    rng = random.Random(7)
    assert any(disagreement(rng) for _ in range(400))


def test_what_nobody_asks_leaves_everything_possible() -> None:
    empty = column("f", Sort.STRING, [], 0b111, 0)
    assert empty.narrow("x", 0b111, 0) == (0b111, 0)
    assert empty.constrained == 0
