"""
Suites: tests of policies in a file of their own, `*_test.yaml`.

    policies: [cost.yaml]                 # beside the suite; without it, `x_test.yaml` tests `x.yaml`
    now: 2027-01-15T10:00:00Z             # what day and hour it is, where a test does not state it
    fixtures:
      free: {team.tier: free}
    tests:
      - name: ${model} for the free tier
        use: [free]
        matrix: {model: [gpt-4, gpt-4o]}
        given: {llm.model: "${model}", llm.estimatedCost: 1.5}
        expect:
          - {where: {model: gpt-4}, effect: deny}
          - {effect: warn}

Rules:

1. A test is one case for each combination of its matrix. `${name}` alone is the value itself; within a text it is
   written out.
2. Fixtures are put together in the order in which they are used; what the test is given itself comes last and wins.
3. Of several expectations the first one whose `where` fits counts.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from yett.model.errors import Place
from yett.policy.documents import Case, Rule
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.problems import Problems, meant
from yett.policy.reading import CASE_KEYS, EXPECT_KEYS, read_case
from yett.policy.shape import Shape
from yett.policy.source import read

__all__ = ["SUITE_KEYS", "TEST_KEYS", "WHERE", "Suite", "read_suite"]

SUITE_KEYS = ("policies", "now", "fixtures", "tests")
TEST_KEYS = (*CASE_KEYS, "use", "matrix")
WHERE = "where"
_HOLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_MOST_CASES = 10_000
_Combination = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite as it is written; its tests become cases once the rules are known that they speak of."""

    place: Place
    policies: tuple[tuple[Place, str], ...]
    """The policy files that it tests, as it names them."""
    now: datetime | None
    fixtures: Mapping[str, Table]
    tests: tuple[Node, ...]

    def cases(self, rules: Sequence[Rule], problems: Problems) -> tuple[Case, ...]:
        """Return the cases, for policies that have *rules*; what is wrong with them goes to *problems*."""
        shape = Shape(problems)
        written = [one for test in self.tests for one in _combined(shape, test, self.fixtures)]
        if len(written) > _MOST_CASES:
            problems.add(self.place, "too-large", f"more than {_MOST_CASES} cases", "split the suite, or its matrix")
            return ()
        names = {rule.id for rule in rules}
        cases = (read_case(shape, _dated(one, self.now), names) for one in written)
        return tuple(case for case in cases if case)


def read_suite(text: str, file: str, problems: Problems) -> Suite | None:
    """Read a suite; None where it cannot be used, and *problems* say why."""
    shape = Shape(problems)
    nodes = read(text, file, problems)
    if not nodes:
        return None
    if len(nodes) > 1:
        problems.add(nodes[1].place, "several", "there is more than one suite here", "one file, one suite")
    entries = shape.fields(nodes[0], "a suite", SUITE_KEYS, ("tests",))
    return Suite(
        place=nodes[0].place,
        policies=shape.placed_texts(entries.get("policies"), "`policies`"),
        now=_moment(shape, entries.get("now")),
        fixtures=_fixtures(shape, entries.get("fixtures")),
        tests=shape.items(entries.get("tests"), "`tests`"),
    )


def _moment(shape: Shape, node: Node | None) -> datetime | None:
    if node is None:
        return None
    try:
        moment = datetime.fromisoformat(node.text if isinstance(node, Scalar) else "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        shape.problems.add(node.place, "wrong-value", "`now` must be a moment", "such as `2027-01-15T10:00:00Z`")
        return None
    return moment.astimezone(UTC)


def _fixtures(shape: Shape, node: Node | None) -> Mapping[str, Table]:
    if node is None:
        return {}
    if not isinstance(node, Table):
        shape.wrong(node.place, "`fixtures` must map names to facts")
        return {}
    found = {}
    for key, facts in node.entries:
        if isinstance(facts, Table):
            found[key.text] = facts
        else:
            shape.wrong(facts.place, f"the fixture `{key.text}` must be a mapping of facts")
    return found


def _combined(shape: Shape, test: Node, fixtures: Mapping[str, Table]) -> Iterator[Table]:
    """Yield *test* once for each combination of its matrix, as a case is written."""
    entries = shape.fields(test, "a test", TEST_KEYS, ("expect",))
    if "expect" not in entries:
        return
    given = _given(shape, test.place, entries, fixtures)
    for combination in _combinations(shape, entries.get("matrix")):
        written: list[tuple[Scalar, Node]] = [(_key(test.place, "given"), _filled(shape, given, combination))]
        name = entries.get("name")
        if name is not None:
            written.append((_key(name.place, "name"), _filled(shape, name, combination)))
        if "stage" in entries:
            written.append((_key(test.place, "stage"), entries["stage"]))
        expect = _expectation(shape, entries["expect"], combination)
        if expect is not None:
            written.append((_key(expect.place, "expect"), _filled(shape, expect, combination)))
            yield Table(test.place, tuple(written))


def _key(place: Place, word: str) -> Scalar:
    return Scalar(place, word, word)


def _given(shape: Shape, place: Place, entries: Mapping[str, Node], fixtures: Mapping[str, Table]) -> Table:
    facts: dict[str, tuple[Scalar, Node]] = {}
    for at, name in shape.placed_texts(entries.get("use"), "`use`"):
        if name in fixtures:
            facts.update({key.text: (key, value) for key, value in fixtures[name].entries})
        else:
            shape.problems.add(at, "unknown-fixture", f"there is no fixture `{name}`", meant(name, fixtures))
    own = entries.get("given")
    if isinstance(own, Table):
        facts.update({key.text: (key, value) for key, value in own.entries})
    elif own is not None:
        shape.wrong(own.place, "`given` must be a mapping", "of facts, or `{text, origin}`")
    elif "use" not in entries:
        shape.problems.add(place, "missing-key", "a test has no `given`", "state facts, or `use` a fixture")
    return Table(own.place if own else place, tuple(facts.values()))


def _combinations(shape: Shape, node: Node | None) -> Iterator[_Combination]:
    if node is None:
        yield {}
        return
    if not isinstance(node, Table):
        shape.wrong(node.place, "`matrix` must map names to lists of values")
        return
    axes = []
    for key, values in node.entries:
        items = shape.items(values, f"`{key.text}` of a matrix")
        single = [item for item in items if isinstance(item, Scalar)]
        if len(single) < len(items) or not single:
            shape.wrong(values.place, f"`{key.text}` of a matrix must be a list of single values")
        axes.append([(key.text, item) for item in single])
    for combination in itertools.islice(itertools.product(*axes), _MOST_CASES + 1):
        yield dict(combination)


def _expectation(shape: Shape, node: Node, combination: _Combination) -> Node | None:
    """Return what is expected of *combination*."""
    if not isinstance(node, Items):
        return node
    for item in node.items:
        entries = shape.fields(item, "`expect`", (*EXPECT_KEYS, WHERE))
        if _fits(shape, entries.get(WHERE), combination):
            rest = [(key, value) for key, value in item.entries if key.text != WHERE] if isinstance(item, Table) else []
            return Table(item.place, tuple(rest))
    told = ", ".join(f"{name} `{value.text}`" for name, value in combination.items())
    shape.problems.add(node.place, "no-expectation", f"nothing is expected of {told}", "end with one without `where`")
    return None


def _fits(shape: Shape, where: Node | None, combination: _Combination) -> bool:
    if where is None:
        return True
    if not isinstance(where, Table):
        shape.wrong(where.place, "`where` must map names of the matrix to values")
        return False
    for key, value in where.entries:
        if key.text not in combination:
            shape.problems.add(
                key.place, "unknown-axis", f"the matrix has no `{key.text}`", meant(key.text, combination)
            )
            return False
        wanted = value.items if isinstance(value, Items) else (value,)
        if not any(_same(each, combination[key.text]) for each in wanted):
            return False
    return True


def _same(one: Node, other: Scalar) -> bool:
    return isinstance(one, Scalar) and type(one.value) is type(other.value) and one.value == other.value


def _filled(shape: Shape, node: Node, combination: _Combination) -> Node:
    """Return *node* with the values of *combination* in its holes."""
    match node:
        case Items(place, items):
            return Items(place, tuple(_filled(shape, item, combination) for item in items))
        case Table(place, entries):
            return Table(place, tuple((key, _filled(shape, value, combination)) for key, value in entries))
        case Scalar(place, str(text)) if combination or _HOLE.search(text):
            return _written_out(shape, place, text, combination)
        case _:
            return node


def _written_out(shape: Shape, place: Place, text: str, combination: _Combination) -> Scalar:
    names = _HOLE.findall(text)
    for name in set(names) - set(combination):
        hint = meant(name, combination) or "name it in `matrix`"
        shape.problems.add(place, "unknown-axis", f"the matrix has no `{name}`", hint)
    known = [name for name in names if name in combination]
    if known and text == f"${{{known[0]}}}":
        value = combination[known[0]]
        return Scalar(place, value.value, value.text)
    filled = _HOLE.sub(lambda hole: combination[hole[1]].text if hole[1] in combination else hole[0], text)
    return Scalar(place, filled, filled)


def _dated(test: Table, now: datetime | None) -> Table:
    """Return *test* with what day and hour it is, where it does not state that itself."""
    if now is None:
        return test
    entries = []
    for key, value in test.entries:
        given = value
        if key.text == "given" and isinstance(value, Table):
            stated = {name.text for name, _ in _flat(value.entries)}
            clock = (("request.date", now.year * 10_000 + now.month * 100 + now.day), ("request.hour", now.hour))
            added = [(_key(key.place, name), Scalar(key.place, fact, str(fact))) for name, fact in clock]
            given = Table(value.place, (*(each for each in added if each[0].text not in stated), *value.entries))
        entries.append((key, given))
    return Table(test.place, tuple(entries))


def _flat(entries: Iterable[tuple[Scalar, Node]]) -> Iterator[tuple[Scalar, Node]]:
    """Iterate over *entries*, and those one level below under their dotted names."""
    for key, value in entries:
        yield key, value
        if isinstance(value, Table):
            yield from ((_key(below.place, f"{key.text}.{below.text}"), each) for below, each in value.entries)
