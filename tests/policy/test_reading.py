"""Documents are read whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.errors import OperatorError
from yett.model.stage import Stage
from yett.policy.documents import Document, Status
from yett.policy.problems import Problems
from yett.policy.reading import read_documents

RULE = "{id: r, action: {decision: deny}}"
HEAD = "metadata: {id: x}\n"


def document(text: str) -> Document:
    problems = Problems()
    documents = read_documents(text, "f", problems)
    problems.raise_any()
    (found,) = documents
    return found


def test_everything_that_may_be_said_is_kept() -> None:
    found = document(
        "apiVersion: yett/v1\n"
        "metadata: {id: x, name: N, version: 1.0, namespace: n, priority: -5, description: d, owner: o, tags: [t], closed: true}\n"
        "constants: {a: 0.7, b: [x, y]}\n"
        "rules:\n  - {id: r, name: R, description: d, enabled: false, stages: [request, tool], on_missing: skip,"
        " condition: {operator: exists, field: metadata.x}, action: {decision: deny}}\n"
        "status: draft\n"
    )
    (rule,) = found.rules
    assert (found.name, found.version, found.namespace, found.priority) == ("N", "1.0", "n", -5)
    assert (found.closed, found.status, found.constants) == (True, Status.DRAFT, (("a", 0.7), ("b", ("x", "y"))))
    assert (rule.name, rule.enabled, rule.skips_missing) == ("R", False, True)
    assert rule.stages == {Stage.REQUEST, Stage.TOOL}


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        ("{llm.model: a, team: {tier: b}}", {"llm": {"model": "a"}, "team": {"tier": "b"}}),
        ("{team: {tier: null}}", {"team": {"tier": None}}),
        ("{metadata.x: {y: [1, {z: 2}]}}", {"metadata": {"x": {"y": [1, {"z": 2}]}}}),
        ("{user.roles: [a]}", {"user": {"roles": ["a"]}}),
        ("{injection: {user: {score: 0.5}}}", {"injection": {"user": {"score": 0.5}}}),
        ("{text: {0f: true}}", {"text": {"0f": True}}),
    ],
)
def test_cases_are_given_facts_nested_or_with_dots(given: str, facts: dict[str, object]) -> None:
    (case,) = document(f"{HEAD}rules: [{RULE}]\ntests: [{{given: {given}, expect: {{effect: deny}}}}]").cases
    assert (case.given, case.text) == (facts, None)
    assert case.name == "test on line 3"


@pytest.mark.parametrize(
    ("given", "origin", "stage"),
    [
        ("{text: hello}", "user", Stage.REQUEST),
        ("{text: hello, origin: document}", "document", Stage.CONTEXT),
        ("{text: hello, origin: model}", "model", Stage.RESPONSE),
        ("{text: hello, origin: tool}", "tool", Stage.TOOL),
    ],
)
def test_cases_are_given_a_text(given: str, origin: str, stage: Stage) -> None:
    (case,) = document(
        f"{HEAD}rules: [{RULE}]\ntests: [{{given: {given}, expect: {{allowed: false, rules: [r]}}}}]"
    ).cases
    assert (case.text, case.origin, case.stage) == ("hello", origin, stage)
    assert (case.allowed, case.rules, case.effect) == (False, {"r"}, None)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "f:1:1: a policy must be a mapping; with the keys `apiVersion`, `metadata`, `rules`, `tests`, `status`, `constants` [wrong-type]"),
        ("rules: []", "f:1:1: a policy has no `metadata` [missing-key]"),
        ("metadata: {}\nrules: []", "f:1:11: `metadata` has no `id` [missing-key]"),
        ("metadata: {id: x}", "f:1:1: a policy has no `rules` [missing-key]"),
        (HEAD + "rules: []\napiVersion: yett/v2", "f:3:13: unknown `apiVersion`; this is `yett/v1` [wrong-value]"),
        ("metadata: {id: x, priority: 1.5}\nrules: []", "f:1:29: `priority` must be a whole number [wrong-type]"),
        ("metadata: {id: x, priority: 99999999999}\nrules: []", "f:1:29: `priority` must be from -2147483647 to 2147483647 [wrong-value]"),
        ("metadata: {id: x, closed: yes}\nrules: []", "f:1:27: `closed` must be `true` or `false` [wrong-type]"),
        ("metadata: {id: x, namespace: acme /team}\nrules: []", "f:1:30: `acme /team` is no namespace; a path of letters, digits, `.`, `_` and `-`, such as `acme/payments` [wrong-value]"),
        (HEAD + "rules: []\nstatus: activ", "f:3:9: `activ` is no status; did you mean `active`? [wrong-value]"),
        (HEAD + "rules: []\nconstants: [1]", "f:3:12: `constants` must map names to values [wrong-type]"),
        (HEAD + "rules: []\nconstants: {a: {b: 1}}", "f:3:16: a constant must be a string, a number or a boolean [wrong-type]"),
        (HEAD + "rules: [{id: r}]", "f:2:9: a rule has no `action` [missing-key]"),
        (HEAD + "rules: [{action: {decision: deny}}]", "f:2:9: a rule has no `id` [missing-key]"),
        (HEAD + "rules: [{id: r, stages: [], action: {decision: deny}}]", "f:2:25: `stages` is empty; leave it out for all stages [wrong-value]"),
        (HEAD + "rules: [{id: r, on_missing: match, action: {decision: allow}}]", "f:2:29: an `allow` never matches on missing facts; leave `on_missing` out [wrong-value]"),
        (HEAD + f"rules: [{RULE}]\ntests: [{{given: {{}}}}]", "f:3:9: a test has no `expect` [missing-key]"),
        (HEAD + f"rules: [{RULE}]\ntests: [{{given: {{}}, expect: {{}}}}]", "f:3:29: a test expects nothing; such as `{effect: deny}` [missing-key]"),
        (HEAD + f"rules: [{RULE}]\ntests: [{{given: 5, expect: {{effect: deny}}}}]", "f:3:17: `given` must be a mapping; of facts, or `{text, origin}` [wrong-type]"),
        (HEAD + f"rules: [{RULE}]\ntests: [{{given: {{text: x, origin: usr}}, expect: {{effect: deny}}}}]", "f:3:35: unknown origin `usr`; did you mean `user`? [unknown-origin]"),
        (HEAD + f"rules: [{RULE}]\ntests: [{{given: {{metadata.a: 1, metadata.a.b: 2}}, expect: {{effect: deny}}}}]", "f:3:33: `metadata.a.b` lies below a fact that is no mapping [wrong-value]"),
    ],
)  # fmt: skip
def test_problems_are_placed_and_cured(text: str, complaint: str) -> None:
    with pytest.raises(OperatorError) as caught:
        document(text)
    assert str(caught.value) == complaint


words = st.sampled_from(
    [
        "metadata",
        "rules",
        "id",
        "action",
        "decision",
        "deny",
        "condition",
        "operator",
        "and",
        "conditions",
        "tests",
        "x",
        "1",
        "null",
        "${x}",
    ]
)
trees: st.SearchStrategy[object] = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=14
)


@given(trees)
def test_any_tree_is_read_or_refused(tree: object) -> None:
    problems = Problems()
    documents = read_documents(str(tree).replace("'", '"'), "f", problems)
    assert documents or problems
