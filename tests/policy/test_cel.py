"""A line of CEL means what the specification of CEL says, and the same as the tree that says it in words."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from yett.model.errors import OperatorError, Place
from yett.policy import relations, tokens
from yett.policy.cel import read_when
from yett.policy.checker import Checker
from yett.policy.conditions import read_condition
from yett.policy.documents import Condition
from yett.policy.expression import Expression, Operator
from yett.policy.interpreter import lookup, truth
from yett.policy.nodes import Scalar
from yett.policy.problems import Problems
from yett.policy.shape import Shape
from yett.policy.source import read

CONFORMANCE = yaml.safe_load((Path(__file__).parents[2] / "conformance" / "when.yaml").read_text(encoding="utf-8"))
CASES = yaml.safe_load(Path(__file__).with_name("cel_cases.yaml").read_text(encoding="utf-8"))
HOLDS = [*CONFORMANCE["holds"], *(case for name, group in CASES.items() if name != "refused" for case in group)]
TRUTHS = {True: True, False: False, "unknown": None}


def scalar(text: str) -> Scalar:
    return Scalar(Place("f", 1, 1), text, text)


def when(text: str, constants: Mapping[str, object] | None = None) -> Expression:
    """Return the expression that a line means."""
    problems = Problems()
    condition = read_when(scalar(text), problems)
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in (constants or {}).items()}
    expression = checked(condition, problems, plain) if condition else None
    problems.raise_any()
    assert expression is not None
    return expression


def checked(condition: Condition, problems: Problems, constants: Mapping[str, object]) -> Expression | None:
    return Checker(problems, constants).expression(condition)  # type: ignore[arg-type]  # plain values


def written(tree: object) -> Expression:
    """Return the expression that a tree in YAML means."""
    problems = Problems()
    (node,) = read(yaml.safe_dump(tree, allow_unicode=True), "f", problems)
    condition = read_condition(Shape(problems), node)
    expression = checked(condition, problems, {}) if condition else None
    problems.raise_any()
    assert expression is not None
    return expression


def nested(facts: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in facts.items():
        below = found
        *path, last = name.split(".")
        for step in path:
            below = below.setdefault(step, {})  # type: ignore[assignment]
        below[last] = value
    return found


@pytest.mark.parametrize("case", HOLDS, ids=lambda case: f"{case['when']} {case['given']}")
def test_a_line_means_what_cel_says(case: dict[str, object]) -> None:
    facts = nested(case["given"])  # type: ignore[arg-type]
    asked = when(str(case["when"]), case.get("constants"))  # type: ignore[arg-type]
    assert truth(asked, lambda name: lookup(facts, name)) is TRUTHS[case["truth"]]


@pytest.mark.parametrize("case", CONFORMANCE["refused"], ids=lambda case: case["when"])
def test_what_is_not_read_is_refused_by_its_name_at_its_place(case: dict[str, object]) -> None:
    with pytest.raises(OperatorError) as caught:
        when(str(case["when"]), {"cap": 1})
    problem = caught.value.problems[0]
    assert (problem.code, problem.place.column) == (case["code"], case["at"]), problem
    assert str(case["says"]) in str(problem)


@pytest.mark.parametrize("line", CASES["refused"])
def test_the_rest_of_cel_is_refused(line: str) -> None:
    with pytest.raises(OperatorError, match=r"\[unsupported\]"):
        when(line)


def by_cel(line: str, facts: dict[str, object]) -> object:
    """Ask common-expression-language, which is written in Rust."""
    from cel import evaluate  # type: ignore[import-not-found]

    try:
        return evaluate(line, facts)
    except (KeyError, RuntimeError, TypeError, ValueError):
        return "unknown"


def by_celpy(line: str, facts: dict[str, object]) -> object:
    """Ask cel-python."""
    import celpy  # type: ignore[import-not-found]
    from celpy.adapter import json_to_cel  # type: ignore[import-not-found]

    environment = celpy.Environment()
    try:
        program = environment.program(environment.compile(line))
        found = program.evaluate({name: json_to_cel(value) for name, value in facts.items()})
    except (celpy.CELEvalError, celpy.CELParseError):
        return "unknown"
    return bool(found) if isinstance(found, celpy.celtypes.BoolType) else found


@pytest.mark.parametrize("implementation", [by_cel, by_celpy], ids=["cel", "celpy"])
def test_other_implementations_say_the_same(implementation: Callable[[str, dict[str, object]], object]) -> None:
    name = implementation.__name__.removeprefix("by_")
    pytest.importorskip(name)
    otherwise = []
    for case in HOLDS:
        facts = {head: {} for head in ("llm", "team", "user", "metadata")} | nested(case["given"])
        told = implementation(case["when"], facts | case.get("constants", {}))
        if (told == case["truth"]) != (name not in case.get("elsewhere", ())):
            otherwise.append((case, told))
    assert otherwise == []


WORDS = ("free", "a'b", 'a"b', "\\", "é", "\n", "", "in", "==")
NUMBERS = (0, 1, -1, 1.5, -0.25, 10**6)
STRINGS = ("team.tier", "llm.model", "llm.prompt", "metadata.x")
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
TURNED = {"eq": "==", "ne": "!=", "lt": ">", "lte": ">=", "gt": "<", "gte": "<="}
CALLS = {"contains": "contains", "starts_with": "startsWith", "ends_with": "endsWith", "matches": "matches"}


def literal(rng: random.Random, value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(literal(rng, item) for item in value)}]"
    if not isinstance(value, str):
        return str(value).lower()
    quote = rng.choice("'\"")
    if "\\" not in value + quote and "\n" not in value and quote not in value and rng.random() < 0.3:
        return f"r{quote}{value}{quote}"
    return quote + value.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, f"\\{quote}") + quote


def a_leaf(rng: random.Random) -> tuple[str, object]:
    """Return a comparison as CEL and as a tree."""
    name, word, number = rng.choice(STRINGS), rng.choice(WORDS[:6]), rng.choice(NUMBERS)
    equality, order = rng.choice(("eq", "ne")), rng.choice(tuple(SIGNS))
    of = rng.choice(("llm.maxTokens", "metadata.y"))
    values = rng.sample(WORDS, 2)
    call, text = rng.choice(tuple(CALLS)), rng.choice(("team.tier", "llm.prompt", "llm.model"))
    inner = {"operator": "eq", "value": number}
    choices: tuple[tuple[str, object], ...] = (
        (f"{name} {SIGNS[equality]} {literal(rng, word)}", leaf(equality, name, word)),
        (f"{number}{rng.choice(('', ' '))}{TURNED[order]} {of}", leaf(order, of, number)),
        (f"{of}{SIGNS[order]}{number}", leaf(order, of, number)),
        (f"{name} in {literal(rng, values)}", leaf("in", name, values)),
        (f"{literal(rng, word)} in user.roles", leaf("contains", "user.roles", word)),
        (f"{number} in metadata.z", {"operator": "any", "field": "metadata.z", "condition": inner}),
        (f"{text}.{CALLS[call]}({literal(rng, 'a.b')})", leaf(call, text, "a.b")),
        ("llm.containsPII", leaf("eq", "llm.containsPII", value=True)),
        (f"has({of})", leaf("exists", of, value=True)),
    )
    return rng.choice(choices)


def leaf(operator: str, field: str, value: object) -> object:
    return {"operator": operator, "field": field, "value": value}


def a_pair(rng: random.Random, depth: int) -> tuple[str, object, int]:
    """Return a condition as CEL and as a tree, and how tightly CEL's outermost sign binds."""
    if depth == 0 or rng.random() < 0.3:
        line, tree = a_leaf(rng)
        return line, tree, 2 if "(" not in line.partition(" ")[0] and " " in line else 3
    kind = rng.randrange(3)
    if kind == 2:
        line, tree, _ = a_pair(rng, depth - 1)
        bare = line.isidentifier() or line == "llm.containsPII"
        return f"!{line}" if bare else f"!({line})", {"operator": "not", "conditions": [tree]}, 3
    parts = [a_pair(rng, depth - 1) for _ in range(rng.randrange(2, 4))]
    lines = [f"({line})" if binds <= kind or rng.random() < 0.1 else line for line, _, binds in parts]
    trees = [tree for _, tree, _ in parts]
    gap = rng.choice((" ", "\n", "  "))
    return f"{gap}{('||', '&&')[kind]}{gap}".join(lines), {"operator": ("or", "and")[kind], "conditions": trees}, kind


def disagreements(seed: int, count: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(count):
        line, tree, _ = a_pair(rng, 3)
        try:
            same = when(line) == written(tree)
        except OperatorError:
            same = False
        if not same:
            yield f"{line}\n{tree}"


def test_a_line_and_the_tree_that_says_it_in_words_are_one_expression() -> None:
    assert next(disagreements(seed=1, count=600), None) is None


@pytest.mark.parametrize(
    "broken",
    [
        (relations.RELATIONS, "<", Operator.LTE),
        (relations.RELATIONS, "!=", Operator.EQ),
        (relations.METHODS, "startsWith", Operator.ENDS_WITH),
        ("_TURNED", Operator.LT, Operator.LT),
        ("_ESCAPED", "n", "n"),
    ],
    ids=str,
)
def test_a_reader_that_misreads_disagrees(
    broken: tuple[object, object, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, key, wrong = broken
    for module, name in (
        (relations, "RELATIONS"),
        (relations, "METHODS"),
        (relations, "_TURNED"),
        (tokens, "_ESCAPED"),
    ):
        held = getattr(module, name)
        if table in (held, name):
            monkeypatch.setattr(module, name, {**held, key: wrong})
            monkeypatch.setattr(f"yett.policy.cel.{name}", {**held, key: wrong}, raising=False)
    assert next(disagreements(seed=2, count=600), None) is not None


@pytest.mark.parametrize("text", ["(" * 5000 + "llm.containsPII", "[" * 5000, "x in [" * 2000, "!" * 60_000 + "llm.containsPII", "-" * 5000])  # fmt: skip
def test_no_depth_is_too_deep(text: str) -> None:
    problems = Problems()
    assert read_when(scalar(text), problems) or problems


def test_too_long_a_line_is_refused() -> None:
    with pytest.raises(OperatorError, match="more than 65536 characters"):
        when("a" * 70_000)
