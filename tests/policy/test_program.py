"""The engine and its specification agree about everything, and the engine asks for no more than it needs."""

import dataclasses
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yett.model.decision import Decision, Effect
from yett.model.obligation import Cap, Notify, Redact, Route
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy import index, program
from yett.policy.clause import Clause
from yett.policy.expression import And, Each, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.interpreter import decide, lookup
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.values import Sort
from yett.ports.decider import Decider

COMPARISONS = 24_000
FACTS_PER_PROGRAM = 60
STAGE = Stage.REQUEST

FIELDS = {
    "team.tier": Sort.STRING,
    "llm.model": Sort.STRING,
    "request.ip": Sort.STRING,
    "request.hour": Sort.NUMBER,
    "llm.maxTokens": Sort.NUMBER,
    "user.roles": Sort.STRINGS,
    "metadata.x": Sort.ANY,
    "metadata.deep.y": Sort.ANY,
    "llm.estimatedCost": Sort.NUMBER,
    "llm.containsPII": Sort.BOOLEAN,
    "pii.found": Sort.BOOLEAN,
    "pii.types": Sort.STRINGS,
    "injection.score": Sort.NUMBER,
    "injection.user.score": Sort.NUMBER,
    "text.0123": Sort.BOOLEAN,
}
WORDS = ("free", "pro", "gpt-4", "a", "b", "")
NUMBERS = (0, 1, 1.0, 2, 0.5, 5, -1, 10**30)
ADDRESSES = ("10.0.0.1", "::ffff:10.0.0.2", "192.168.1.1", "fe80::1", "10.0.0.300")


class Tier(StrEnum):
    FREE = "free"


class Level(IntEnum):
    ONE = 1


ODD = (
    None, True, False, Unknown.MISSING, Unknown.UNAVAILABLE, float("nan"), float("inf"), [], {}, {"y": 1}, [["a"]],
    ["a", 1], ["a", None], (), ("a", "b"), {"a"}, [{}], object(), b"free", Tier.FREE, Level.ONE, Decimal("0.5"),
    Decimal("NaN"), "\ud800", 10**400, -(10**400), 1j, "5", 5, "1", [True], [1], ["a"], "true", range(3), [float("nan")],
)  # fmt: skip


def a_value(rng: random.Random, sort: Sort) -> object:
    match sort:
        case Sort.STRING:
            return rng.choice(WORDS + ADDRESSES)
        case Sort.NUMBER:
            return rng.choice(NUMBERS)
        case Sort.BOOLEAN:
            return rng.random() < 0.5
        case Sort.STRINGS:
            return [rng.choice(WORDS) for _ in range(rng.randrange(4))]
        case Sort.ANY:
            return a_value(rng, rng.choice((Sort.STRING, Sort.NUMBER, Sort.BOOLEAN, Sort.STRINGS)))


def a_leaf(rng: random.Random, field: str, sort: Sort) -> Expression:
    kind = sort if sort is not Sort.ANY else rng.choice(tuple(Sort))
    word = rng.choice(WORDS)
    number = rng.choice(NUMBERS)
    scalar = rng.choice((word, number, True, False, 1, 0)) if sort is Sort.ANY else word
    if rng.random() < 0.1:
        return Leaf(field, sort, Operator.EXISTS)
    match kind:
        case Sort.STRING | Sort.ANY:
            scalar = scalar if sort is Sort.ANY else word
            return rng.choice(
                (
                    Leaf(field, sort, Operator.EQ, scalar),
                    Leaf(field, sort, Operator.EQ, scalar),
                    Leaf(
                        field,
                        sort,
                        Operator.IN,
                        tuple(rng.sample(WORDS, 2)) + ((scalar, 1) if sort is Sort.ANY else ()),
                    ),
                    Leaf(field, sort, Operator.CONTAINS, scalar),
                    Leaf(field, sort, Operator.STARTS_WITH, word),
                    Leaf(field, sort, Operator.ENDS_WITH, word),
                    Leaf(field, sort, Operator.MATCHES, Pattern(rng.choice(("^(a+)+$", "r", "[0-9]\\.")))),
                    Leaf(field, sort, Operator.CIDR, Networks(("10.0.0.0/8", "fe80::/10"))),
                )
            )
        case Sort.NUMBER:
            low, high = sorted((number, rng.choice(NUMBERS)))
            operator = rng.choice((Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.EQ))
            return rng.choice(
                (
                    Leaf(field, sort, operator, number),
                    Leaf(field, sort, operator, number),
                    Leaf(field, sort, Operator.BETWEEN, (low, high)),
                    Leaf(field, sort, Operator.IN, (low, high)),
                )
            )
        case Sort.BOOLEAN:
            return Leaf(field, sort, Operator.EQ, value=rng.random() < 0.5)
        case Sort.STRINGS:
            inner = a_leaf(rng, "", Sort.STRING if sort is Sort.STRINGS else Sort.ANY)
            return rng.choice(
                (
                    Leaf(field, sort, Operator.CONTAINS, word if sort is Sort.STRINGS else scalar),
                    Leaf(field, sort, Operator.CONTAINS, word),
                    Each(field, sort, rng.random() < 0.5, inner),
                )
            )


def an_expression(rng: random.Random, depth: int) -> Expression:
    if depth == 0 or rng.random() < 0.3:
        field = rng.choice(tuple(FIELDS))
        return a_leaf(rng, field, FIELDS[field])
    parts = tuple(an_expression(rng, depth - 1) for _ in range(rng.randrange(1, 4)))
    return rng.choice((And(parts), Or(parts), Not(parts[0]), And(parts), Or(parts)))


OBLIGATIONS = {
    Effect.SANITIZE: (Redact("pii"),),
    Effect.LIMIT: (Cap("max_tokens", 5),),
    Effect.ROUTE: (Route(frozenset({"a", "b"})),),
    Effect.WARN: (Notify("warning", "w"),),
}


def some_clauses(rng: random.Random) -> list[Clause]:
    clauses = []
    for number in range(rng.randrange(1, 12)):
        effect = rng.choice(tuple(Effect))
        obligations = (Route(frozenset({"c"})),) if rng.random() < 0.05 and effect is Effect.ROUTE else ()
        clauses.append(
            Clause(
                policy=rng.choice("pq"),
                version="1",
                rule=f"r{number}",
                priority=rng.randrange(3),
                effect=effect,
                condition=an_expression(rng, rng.choice((0, 1, 1, 2, 2, 3))),
                stages=frozenset({STAGE}),
                definite=effect is Effect.ALLOW or rng.random() < 0.2,
                obligations=obligations or OBLIGATIONS.get(effect, ()),
            )
        )
    return clauses


def some_facts(rng: random.Random) -> dict[str, object]:
    facts: dict[str, object] = {}
    for field, sort in FIELDS.items():
        if rng.random() < 0.2:
            continue
        *path, last = field.split(".")
        below = facts
        for step in path:
            nested = below.setdefault(step, {})
            if not isinstance(nested, dict):
                break
            below = nested
        else:
            below[last] = rng.choice(ODD) if rng.random() < 0.15 else a_value(rng, sort)
    if rng.random() < 0.1:
        facts[rng.choice(("llm", "team", "metadata", "user", "pii", "injection"))] = rng.choice(ODD)
    return facts


@dataclasses.dataclass
class Asked:
    """Facts that remember which costly fields were demanded."""

    known: Mapping[str, object]
    answers: Mapping[str, object]
    demanded: list[str] = dataclasses.field(default_factory=list)

    def demand(self, field: str) -> object:
        self.demanded.append(field)
        return lookup(self.answers, field)


def is_costly(field: str) -> bool:
    return cost(field) > 0


def disagreements(seed: int, comparisons: int) -> Iterator[tuple[list[Clause], Mapping[str, object]]]:
    rng = random.Random(seed)
    for _ in range(comparisons // (2 * FACTS_PER_PROGRAM)):
        clauses = some_clauses(rng)
        engine = Program(clauses, (), "r")
        for _ in range(FACTS_PER_PROGRAM):
            facts = some_facts(rng)

            def look(field: str, facts: Mapping[str, object] = facts) -> object:
                return lookup(facts, field)

            asked = Asked(facts, facts)
            if engine.decide_known(STAGE, facts) != decide(clauses, look, "r"):
                yield clauses, facts
            if engine.decide(STAGE, asked) != decide(clauses, look, "r", is_costly):
                yield clauses, facts
            if len(set(asked.demanded)) < len(asked.demanded):
                yield clauses, facts


def test_engine_and_specification_agree_in_24_000_comparisons() -> None:
    assert next(disagreements(seed=20_261_121, comparisons=COMPARISONS), None) is None
