"""The engine and its specification agree about everything, and the engine asks for no more than it needs."""

import dataclasses
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yett.model.decision import Effect
from yett.model.obligation import Cap, Notify, Redact, Route
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy import generation, index, normal, owing, part, telling, writing
from yett.policy.clause import Clause
from yett.policy.expression import And, Each, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.interpreter import decide, lookup
from yett.policy.program import Program
from yett.policy.schema import cost, field, nothing_found
from yett.policy.values import Sort
from yett.ports.decider import Decider

COMPARISONS = 20_400
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
    for name, sort in FIELDS.items():
        if rng.random() < 0.2:
            continue
        *path, last = name.split(".")
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


def complete_facts(rng: random.Random) -> dict[str, object]:
    """Every fact, as expected: what generated code takes the short way through. At times one of them is not."""
    facts: dict[str, object] = {}
    for name, sort in FIELDS.items():
        put(facts, name, a_value(rng, sort))
    if rng.random() < 0.3:
        put(facts, rng.choice(tuple(FIELDS)), rng.choice(ODD))
    if rng.random() < 0.1:
        facts.pop(rng.choice(tuple(facts)))
    if rng.random() < 0.1:
        facts[rng.choice(tuple(facts))] = defaultdict(dict)
    return facts


def put(facts: dict[str, object], name: str, value: object) -> None:
    *above, last = name.split(".")
    for step in above:
        facts = facts.setdefault(step, {})  # type: ignore[assignment]
    facts[last] = value


@dataclasses.dataclass
class Asked:
    """Facts that remember which costly fields were demanded."""

    known: Mapping[str, object]
    answers: Mapping[str, object]
    demanded: list[str] = dataclasses.field(default_factory=list)
    knows_silence: bool = False
    told_at_once: tuple[str, ...] = ()

    def demand(self, field: str) -> object:
        self.demanded.append(field)
        return lookup(self.answers, field)

    def quiet(self, fields: tuple[str, ...]) -> bool:
        silent = self.knows_silence and all(lookup(self.answers, field) == nothing_found(field) for field in fields)
        self.told_at_once = fields if silent else ()
        return silent


def is_costly(field: str) -> bool:
    return cost(field) > 0


def disagreements(seed: int, comparisons: int) -> Iterator[tuple[list[Clause], Mapping[str, object]]]:
    rng = random.Random(seed)
    for _ in range(comparisons // (2 * FACTS_PER_PROGRAM)):
        clauses = some_clauses(rng)
        engine = Program(clauses, (), "r")
        for number in range(FACTS_PER_PROGRAM):
            facts = complete_facts(rng) if number % 2 else some_facts(rng)
            before = repr(facts)

            def look(field: str, facts: Mapping[str, object] = facts) -> object:
                return lookup(facts, field)

            asked = Asked(facts, facts)
            if engine.decide_known(STAGE, facts) != decide(clauses, look, "r"):
                yield clauses, facts
            if engine.decide(STAGE, asked) != decide(clauses, look, "r", is_costly):
                yield clauses, facts
            if len(set(asked.demanded)) < len(asked.demanded) or repr(facts) != before:
                yield clauses, facts


def test_engine_and_specification_agree_in_20_000_comparisons() -> None:
    assert next(disagreements(seed=20_261_121, comparisons=COMPARISONS), None) is None


normal_form = normal._normal
MUTANTS = {
    "true is one": (index, "keyed", lambda value: value),
    "nothing is uncertain": (index.Column, "narrow", lambda column, raw, possible, uncertain: (
        index.Column.__dict__["sift"](column, raw, possible, 0)[0], 0)),
    "a cut belongs to its neighbour": (generation, "bisect_left", generation.bisect_right),
    "negation is forgotten": (normal, "_normal", lambda each, *, positive: normal_form(each, positive=True)),
    "denials settle too soon": (part.Rules, "settle", lambda rules, cheap: True),
    "denials never settle": (part.Rules, "settle", lambda rules, cheap: False),
    "unavailable is missing": (generation, "_UNAVAILABLE", generation._MISSING),
    "allows lift nothing": (telling.Telling, "_holding_from", lambda told: dict.fromkeys(range(3), -1)),
    "a denial owes everything": (owing, "_is_notice", lambda obligation: True),
    "what may be needless is never asked": (writing.Writer, "together", lambda writer, columns, every: ()),
    "routes never exclude each other": (telling, "_STRANDED", None),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_engine_disagrees(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    assert next(disagreements(seed=1, comparisons=40_000), None) is not None


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("and v == v", ""),
        ("type(v) is float and v == v) or type(v) is int", "v == v)"),
        ("if type(v) is str:", "if True:"),
        ("if type(e) is not str:", "if False:"),
        ("= branch(", "= dict("),
        ("if v is True:", "if v:"),
        ("if unk: return slow(known)", ""),
        ("except KeyError: return slow(known)", "except KeyError: return tell(0)"),
        ("= view(", "= dict("),
        ("view(n", "(n"),
    ],
)
def test_generated_code_without_one_of_its_checks_disagrees_or_raises(
    line: str, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(source: str, *rest: str) -> object:
        return compile(source.replace(line, broken), *rest)

    monkeypatch.setattr(generation, "compile", careless, raising=False)
    try:
        found = next(disagreements(seed=1, comparisons=40_000), None)
    except (AttributeError, TypeError, ValueError, NameError):
        return
    assert found is not None


def boolean(field: str) -> Leaf:
    return Leaf(field, FIELDS[field], Operator.EQ, value=True)


def over(field: str) -> Leaf:
    return Leaf(field, FIELDS[field], Operator.GT, 1)


FREE = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
MODEL = Leaf("llm.model", Sort.STRING, Operator.EQ, "m")
FACTS = {"team": {"tier": "free"}, "llm": {"model": "m"}}


def ruled(effect: Effect, condition: Expression, priority: int = 0) -> Clause:
    return Clause(
        "p", "1", f"{effect}{priority}", priority, effect, condition, frozenset({STAGE}), effect is Effect.ALLOW
    )


@pytest.mark.parametrize(
    ("clauses", "answers", "demanded"),
    [
        # a cheap condition that is false makes the costly one needless
        ([ruled(Effect.WARN, And((Not(FREE), boolean("pii.found"))))], {}, []),
        ([ruled(Effect.WARN, And((FREE, boolean("pii.found"))))], {}, ["pii.found"]),
        # one that is true makes the alternative needless
        ([ruled(Effect.WARN, Or((FREE, boolean("pii.found"))))], {}, []),
        ([ruled(Effect.WARN, Or((Not(FREE), boolean("pii.found"))))], {}, ["pii.found"]),
        # the cheaper costly fact comes first, and may make the dearer one needless
        ([ruled(Effect.WARN, And((over("injection.score"), over("llm.estimatedCost"))))], {"llm": {"estimatedCost": 0}}, ["llm.estimatedCost"]),
        ([ruled(Effect.WARN, And((over("injection.score"), over("llm.estimatedCost"))))], {"llm": {"estimatedCost": 5}}, ["llm.estimatedCost", "injection.score"]),
        ([ruled(Effect.WARN, Or((over("injection.score"), over("llm.estimatedCost"))))], {"llm": {"estimatedCost": 5}}, ["llm.estimatedCost"]),
        # a cheap denial that nothing can overturn makes everything else needless
        ([ruled(Effect.DENY, FREE), ruled(Effect.WARN, boolean("pii.found"))], {}, []),
        ([ruled(Effect.DENY, FREE), ruled(Effect.ALLOW, boolean("pii.found"))], {}, []),
        ([ruled(Effect.DENY, FREE), ruled(Effect.ALLOW, boolean("pii.found"), 1)], {}, ["pii.found"]),
        # two rules that ask the same ask once
        ([ruled(Effect.WARN, boolean("pii.found")), ruled(Effect.DENY, boolean("pii.found"))], {}, ["pii.found"]),
        # nor does a condition too large for the index ask more than it needs
        ([ruled(Effect.WARN, And((Not(FREE), *(Or((MODEL, boolean("pii.found"))),) * 2, *(
            Or((over("llm.maxTokens"), over(each))) for each in ("request.hour", "llm.estimatedCost", "injection.score", "injection.user.score")))))], {}, []),
        ([], {}, []),
    ],
)  # fmt: skip
def test_only_facts_that_can_change_the_decision_are_demanded(
    clauses: list[Clause], answers: Mapping[str, object], demanded: list[str]
) -> None:
    asked = Asked(FACTS, answers)
    Program(clauses, (), "r").decide(STAGE, asked)
    assert asked.demanded == demanded


anything = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=3) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tier", "x", "deep", "y", "score", "user"]), inner, max_size=3)
    ),
    max_leaves=6,
)
EVERY_RULE = some_clauses(random.Random(3)) + [
    dataclasses.replace(clause, policy="q2") for clause in some_clauses(random.Random(4))
]
EVERYTHING = Program(EVERY_RULE, (), "r")


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted({field.split(".")[0] for field in FIELDS})), anything))
def test_deciding_never_raises(facts: dict[str, object]) -> None:
    assert EVERYTHING.decide_known(STAGE, facts) == decide(EVERY_RULE, lambda field: lookup(facts, field), "r")
    EVERYTHING.decide(STAGE, Asked(facts, facts))


def decider_of(built: Decider) -> Decider:
    return built


def test_it_is_a_decider() -> None:
    decider = decider_of(EVERYTHING)
    assert decider.revision == "r"
    assert decider.reads(STAGE) == frozenset().union(*(clause.fields for clause in EVERY_RULE))
    assert decider.reads(Stage.TOOL) == frozenset()
    assert decider.monotone(Stage.TOOL)
    assert decider.decide(Stage.TOOL, Asked({}, {})).allowed


def test_equal_decisions_are_one_object_and_their_number_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Program([ruled(Effect.WARN, FREE)], (), "r")
    assert engine.decide_known(STAGE, FACTS) is engine.knowing(STAGE)({"team": {"tier": "free"}})
    monkeypatch.setattr(telling, "_INTERNED", 0)
    engine = Program([ruled(Effect.WARN, FREE)], (), "r")
    first, second = engine.decide_known(STAGE, FACTS), engine.decide_known(STAGE, FACTS)
    assert first == second
    assert first is not second


def test_silence_decides_as_asking_fact_by_fact_does() -> None:
    rng = random.Random(7)
    silent = 0
    for _ in range(400):
        clauses = some_clauses(rng)
        engine = Program(clauses, (), "r")
        for _ in range(5):
            answers: dict[str, object] = {}
            for name in {name for clause in clauses for name in clause.fields if is_costly(name)}:
                about = field(name)
                if about is not None and about.findings:
                    put(answers, name, nothing_found(name))
            known = some_facts(rng)
            for stage in Stage:
                asked, told = Asked(known, answers), Asked(known, answers, knows_silence=True)
                decision = engine.decide(stage, asked)
                assert engine.decide(stage, told) == decision
                assert list(dict.fromkeys([*told.told_at_once, *told.demanded])) == asked.demanded
                silent += len(told.demanded) < len(asked.demanded)
    assert silent > 50
