"""Rules that are alike mean what they mean when each is read and checked by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yett.policy import clause, holes, likeness
from yett.policy.compiler import check_document
from yett.policy.documents import Document
from yett.policy.expression import Expression, Leaf, literals
from yett.policy.likeness import documents_in, read_alike
from yett.policy.problems import Problems
from yett.policy.reading import read_documents
from yett.policy.revision import revision_of
from yett.policy.values import Scalar

HEADERS = (
    "metadata: {id: a, version: 2, priority: 7}\n", "metadata:\n  id: a\n  closed: true\n  expires: 2030-01-01\n# c\n",
    "metadata: {id: a}\nconstants: {cap: 5, tier: free}\n", "metadata: {id: a}\nstatus: draft\n",
)  # fmt: skip
TAILS = (
    *("",) * 6, "status: draft\n", "tests:\n  - {given: {team.tier: free}, expect: {rules: [r0]}}\n",
    "tests:\n\n# c\n- name: |\n    # no comment\n  given: {llm.model: a}\n  expect: {effect: allow, rules: []}\n",
    "constants: {cap: 7}\n", "tests: [{given: {}, expect: {rules: ['(closed)']}}]\n",
)  # fmt: skip
ACTIONS = (
    "{decision: deny}", "{decision: deny, reason: @t}", "{decision: warn, reason: @t}", "{decision: warn}", "{decision: allow}",
    "{decision: sanitize}", "{decision: limit, limit: {max_tokens: 5}, reason: @t}",
    "{decision: deny, obligations: [{type: notify, channel: x, message: @t}]}",
    "{decision: sanitize, obligations: [{type: redact, kinds: [pii.email]}]}", "{decision: require_approval, reason: @t}",
)  # fmt: skip
LEAVES = (
    "{operator: eq, field: team.tier, value: @w}", "{operator: ne, field: llm.model, value: @w}",
    "{operator: gt, field: llm.estimatedCost, value: @n}", "{operator: lte, field: llm.maxTokens, value: @n}",
    "{operator: in, field: llm.model, value: @l}", "{operator: contains, field: user.roles, value: @w}",
    "{operator: any, field: user.roles, value: @l}", "{operator: eq, field: llm.containsPII, value: @b}",
    "{operator: eq, field: metadata.x, value: @v}", "{operator: contains, field: llm.prompt, value: @w}",
    "{operator: gt, field: pii.score, value: @n}", "{operator: between, field: llm.maxTokens, value: @l}",
    "{operator: matches, field: llm.model, value: @w}", "{operator: cidr, field: request.ip, value: 10.0.0.0/8}",
    "{operator: gt, field: request.hour, value: ${cap}}", "{operator: exists, field: team.id}",
    "{operator: any, field: user.roles, condition: {operator: starts_with, value: @w}}", "{when: 'llm.model == \"a\"'}",
    "{operator: eq, field: team.name, value: @v}  # c",
)  # fmt: skip
WORDS = ("free", "a b", "gpt-4", "x/y", '"q, r"', "'s'", '"5"', "é", "a.b")
NUMBERS = ("5", "0.5", "-1", "0", "-0.0", "0x1F", "007", "1e3", "1.", ".5", "+2")
ODD = ("9" * 500, "true", "null", "~", "", "1e999", '"${cap}"', "${cap}", "a: b", "a  b", "a b'c", "'it''s'", '"\\n"', '""', "[]", "2027-01-01",
       "[a, 5]", '"a\u2028b"', "a#b", "a #b", "Mark900000000", "no")  # fmt: skip

word, number = st.sampled_from(WORDS), st.sampled_from(NUMBERS)
odd = st.sampled_from(ODD)
listed = st.lists(st.sampled_from(("a", "b-c", "d e")), min_size=1, max_size=3) | st.lists(
    number, min_size=2, max_size=2
)
FILLED: dict[str, st.SearchStrategy[str]] = {
    "@w": word,
    "@n": number,
    "@b": st.sampled_from(("true", "false")),
    "@l": listed.map(lambda each: f"[{', '.join(each)}]"),
    "@v": word | number | odd,
    "@t": word,
}


@st.composite
def shapes(draw: st.DrawFn) -> str:
    leaves = draw(st.lists(st.sampled_from(LEAVES[:8]) | st.sampled_from(LEAVES), min_size=1, max_size=2))
    action = draw(st.sampled_from(ACTIONS))
    if len(leaves) == 1 and draw(st.booleans()):
        flow = leaves[0].partition("  #")[0].strip("{}").split(", ") if leaves[0].count("{") == 1 else None
        if flow and "[" not in action:
            lines = ["id: @i", "condition:", *(f"  {each}" for each in flow), f"action: {action}"]
            return "  - " + "\n    ".join(lines) + "\n"
    operator = draw(st.sampled_from(("and", "or")))
    parts = ", ".join(leaf.partition("  #")[0] for leaf in leaves)
    end = "  # c" if leaves[0].endswith("# c") else ""
    extra = draw(st.sampled_from(("", "", "", ", stages: [request]", ", enabled: false", ", on_missing: skip")))
    condition = f"{{operator: {operator}, conditions: [{parts}]}}"
    if draw(st.booleans()):
        condition = f"{{operator: not, conditions: [{condition}]}}"
    return f"  - {{id: @i, condition: {condition}, action: {action}{extra}}}{end}\n"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Documents with rules that are alike, some of them with a slip of the pen."""
    text = draw(st.sampled_from(HEADERS)) + "rules:\n"
    kinds = draw(st.lists(shapes(), min_size=1, max_size=2))
    odds = draw(st.integers(0, 7)) == 0
    for place in range(draw(st.integers(1, 4))):
        rule = draw(st.sampled_from(kinds))
        rule = rule.replace(
            "@i", draw(st.sampled_from((f"r{place}", f"r{place}", f"r-{place}.x", f'"r {place}"', "r1")))
        )
        while (at := rule.find("@")) >= 0:
            values = FILLED[rule[at : at + 2]]
            rule = rule[:at] + draw(values | odd if odds else values) + rule[at + 2 :]
        text += draw(st.sampled_from(("", "", "", "\n", "  # c\n", "# c\n\n"))) + rule
    text += draw(st.sampled_from(TAILS))
    for _ in range(draw(st.sampled_from((0, 0, 0, 0, 1)))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(("", *":#-[]{},'\"\\ \n\t&é1"))) + text[at + draw(st.integers(0, 1)) :]
    return text


def sorts(condition: Expression) -> list[object]:
    return [each.sorts for each in literals(condition) if isinstance(each, Leaf)]


def told(document: Document) -> str:
    problems = Problems()
    _, clauses, tests = check_document(document, problems)
    assert not problems
    hidden = [(each.fields, each.order, each.certain, each.dear, sorts(each.condition)) for each in clauses]
    whole = replace(document, rules=document.rules[:])
    return repr((whole, clauses, hidden, tests, revision_of(clauses)))


def differs(text: str) -> bool:
    alike = read_alike(text, "f")
    if alike is None:
        return False
    if alike.meaning is not None and not hasattr(alike.meaning[0][0], "dear"):
        return True
    problems = Problems()
    slowly = read_documents(text, "f", problems)
    if problems or len(slowly) != 1:
        return True
    check_document(slowly[0], problems)
    return bool(problems) or len(alike.rules) != len(slowly[0].rules) or told(alike) != told(slowly[0])


@pytest.fixture(autouse=True)
def _few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_LEAST_RULES", 1)
    monkeypatch.setattr(likeness, "_LEAST_ALIKE", 0)


@settings(max_examples=150)
@given(text=texts())
def test_rules_that_are_alike_mean_what_each_means_by_itself(text: str) -> None:
    patch = pytest.MonkeyPatch()
    with patch.context() as few:
        few.setattr(likeness, "_LEAST_RULES", 1)
        few.setattr(likeness, "_LEAST_ALIKE", 0)
        assert not differs(text)


def rules(*lines: str) -> str:
    return "metadata: {id: a, priority: 3}\nrules:\n" + "".join(f"  - {line}\n" for line in lines)


def asking(leaf: str, action: str = "{decision: deny}") -> str:
    filled = (
        rule.replace("@i", name)
        for name, rule in zip("xy", _filled(f"{{id: @i, condition: {leaf}, action: {action}}}"), strict=True)
    )
    return rules(*filled)


def _filled(rule: str) -> tuple[str, str]:
    first, second = rule, rule
    for hole, one, two in (
        ("@w", "a", "b c"),
        ("@n", "5", "0.25"),
        ("@l", "[a, b]", "[c]"),
        ("@t", "one", '"t, w, o"'),
    ):
        first, second = first.replace(hole, one), second.replace(hole, two)
    return first, second


@pytest.mark.parametrize("leaf", [*LEAVES[:7], LEAVES[9], LEAVES[10], *LEAVES[12:14], *LEAVES[15:18]])
@pytest.mark.parametrize("action", ACTIONS)
def test_every_sort_of_condition_is_read(leaf: str, action: str) -> None:
    text = asking(leaf, action)
    assert read_alike(text, "f") is not None
    assert not differs(text)


def _everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(likeness._Model, "whole", property(lambda _: True, lambda *_: None), raising=False)


def _same_kind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(likeness, "kind_of", lambda parts, holes: "".join(parts[::2]))


def _words(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(holes, "resolved", lambda text: text)


def _no_dearness(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clause, "_set", lambda each, name, value: name == "dear" or object.__setattr__(each, name, value))


def _as_many_sorts(patch: pytest.MonkeyPatch) -> None:
    alike = Leaf.alike

    def mutant(leaf: Leaf, value: Scalar | tuple[Scalar, ...]) -> Leaf:
        other = alike(leaf, value)
        object.__setattr__(other, "sorts", leaf.sorts)
        return other

    patch.setattr(Leaf, "alike", mutant)


def _nameless(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(likeness, "any", lambda _: False, raising=False)


def _unread(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(likeness, "is_strange", lambda _: False)


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (_everything, asking("{operator: any, field: user.roles, value: @l}")),
        (_everything, asking("{operator: gt, field: pii.score, value: @n}", ACTIONS[8])),
        (_same_kind, rules(*(f"{{id: r{v}, condition: {{operator: eq, field: team.id, value: {v}}}, action: {{decision: deny}}}}" for v in ("a", "5")))),
        (_words, rules(*(f"{{id: r{v}, condition: {{operator: eq, field: metadata.x, value: {v}}}, action: {{decision: deny}}}}" for v in ("a", "5")))),
        (_words, rules(*(f"{{id: r{v}, condition: {{operator: eq, field: metadata.x, value: {v}}}, action: {{decision: deny}}}}" for v in ("a", "true")))),
        (_nameless, asking(LEAVES[0]) + "tests: [{given: {}, expect: {rules: [z]}}]\n"),
        (_no_dearness, asking("{operator: gt, field: pii.score, value: @n}")),
        (_as_many_sorts, asking("{operator: in, field: llm.model, value: @l}")),
        (_unread, asking("{operator: eq, field: metadata.x, value: @w}").replace("b c", '"b\tc\x01"')),
    ],
)  # fmt: skip
def test_seeing_likeness_where_there_is_none_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not differs(text)
    broken(monkeypatch)
    assert differs(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "metadata: {id: a}\nrules: []\n", "metadata: {id: a}\nrules:\n- {id: r, action: {decision: no}}\n",
        rules("{id: r, action: {decision: deny}}", "{id: r, action: {decision: deny}}"), "rules:\n  - {id: r, action: {decision: deny}}\n",
        rules("{id: r, action: {decision: deny}, enabled: false}"), rules("{id: r, action: {decision: deny}}") + "tests: [{given: {}, expect: {rules: [s]}}]\n",
        "metadata: {id: a}\n---\n" + rules("{id: r, action: {decision: deny}}"), rules("{id: r, action: {decision: deny}}") + "rules:\n",
    ],
)  # fmt: skip
def test_everything_else_is_read_as_it_always_was(text: str) -> None:
    assert read_alike(text, "f") is None


def test_few_rules_and_rules_that_have_little_in_common_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = asking("{operator: eq, field: team.tier, value: @w}")
    assert read_alike(text, "f") is not None
    monkeypatch.setattr(likeness, "_LEAST_ALIKE", 3)
    assert read_alike(text, "f") is None
    monkeypatch.setattr(likeness, "_LEAST_ALIKE", 0)
    monkeypatch.setattr(likeness, "_LEAST_RULES", 3)
    assert read_alike(text, "f") is None


def test_tests_behind_the_rules_are_read_with_their_places() -> None:
    text = asking("{operator: eq, field: team.tier, value: @w}")
    text += "\ntests:\n  - {given: {team.tier: a}, expect: {effect: deny, rules: [x]}}\n"
    document = read_alike(text, "f")
    assert document is not None
    assert [(str(case.place), case.rules) for case in document.cases] == [("f:7:5", frozenset({"x"}))]
    assert not differs(text)


def test_what_is_wrong_is_told_with_its_place() -> None:
    problems = Problems()
    text = asking("{operator: eq, field: team.tier, value: @w}").replace("b c", "5")
    for document in documents_in(text, "f", problems):
        check_document(document, problems)
    (problem,) = problems
    assert str(problem.place).startswith("f:4:")
    assert problem.code == "wrong-type"


def test_rules_are_read_with_their_places_when_they_are_asked_for() -> None:
    (document,) = documents_in(asking("{operator: eq, field: team.tier, value: @w}"), "f", Problems())
    assert len(document.rules) == 2
    assert [str(rule.place) for rule in document.rules] == ["f:3:5", "f:4:5"]
    assert document.rules[1].id == "y"
    assert document.rules == tuple(document.rules)
    assert hash(document.rules) == hash(tuple(document.rules))


def test_constants_of_an_operator_override_those_of_the_document() -> None:
    header = "metadata: {id: a}\nconstants: {cap: 5}\n"
    text = rules("{id: r, condition: {operator: gt, field: request.hour, value: '${cap}'}, action: {decision: deny}}")
    (document,) = documents_in(header + text.partition("\n")[2], "f", Problems())
    problems = Problems()
    values = [check_document(document, problems, {"cap": cap} if cap else None).clauses[0] for cap in (0, 9)]
    assert [repr(each.condition).count("value=5") for each in values] == [1, 0]
    assert "value=9" in repr(values[1].condition)
