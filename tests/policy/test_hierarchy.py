"""What stands below may only tighten."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.errors import OperatorError
from yett.policy import compiler
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.policy.engine import PolicyEngine
from yett.policy.hierarchy import is_below
from yett.policy.parser import PolicyParser
from yett.policy.program import Program


def document(name: str, namespace: str, *rules: tuple[str, str], priority: int = 0, closed: bool = False) -> Document:
    head = json.dumps({"id": name, "namespace": namespace, "priority": priority, "closed": closed})
    lines = [
        f"  - {{id: r{index}, when: {json.dumps(when)}, action: {{decision: {decision}}}}}\n"
        for index, (when, decision) in enumerate(rules)
    ]
    return PolicyParser().parse_yaml(f"metadata: {head}\nrules:\n{''.join(lines)}", f"{name}.yaml")


FREE, PAID = 'team.tier == "free"', 'team.tier == "paid"'


@pytest.mark.parametrize(
    ("parent", "child", "priority", "loosens"),
    [
        ((FREE, "deny"), (PAID, "allow"), 9, False),  # never both
        ((FREE, "deny"), (FREE, "allow"), 9, True),
        ((FREE, "deny"), ("llm.maxTokens > 1", "allow"), 9, True),
        ((FREE, "sanitize"), (FREE, "allow"), 9, True),
        ((FREE, "deny"), (FREE, "allow"), 0, False),  # of equals the stricter one decides
        ((FREE, "allow"), (FREE, "allow"), 9, False),
        ((FREE, "deny"), (FREE, "warn"), 9, False),
        (("llm.maxTokens > 10", "deny"), ("llm.maxTokens <= 10", "allow"), 9, False),
        (("llm.maxTokens > 10 && " + FREE, "deny"), ("llm.maxTokens > 9", "allow"), 9, True),
    ],
)
def test_an_allow_below_that_could_lift_something_above_is_refused(
    parent: tuple[str, str], child: tuple[str, str], priority: int, loosens: bool
) -> None:
    documents = [document("p", "acme", parent), document("c", "acme/team", child, priority=priority)]
    if loosens:
        with pytest.raises(OperatorError, match=r"c\.yaml:3:\d+: the rule `r0` could allow what `acme` does not: `r0`"):
            compile_documents(documents)
        with pytest.raises(OperatorError, match="loosens"):
            PolicyEngine(documents)
    else:
        assert compile_documents(documents).clauses


def test_what_is_closed_above_is_opened_above_alone() -> None:
    closed = document("p", "acme", (PAID, "allow"), closed=True)
    with pytest.raises(OperatorError, match="`p` is closed: state the exception in `acme`"):
        compile_documents([closed, document("c", "acme/team", ("llm.maxTokens > 1", "allow"))])


@pytest.mark.parametrize(
    ("namespace", "other", "below"),
    [
        ("acme/team", "acme", True),
        ("acme/team/app", "acme", True),
        ("acme", "acme", False),
        ("acme-team", "acme", False),
        ("acme/team", "", False),
        ("", "acme", False),
    ],
)
def test_paths_say_what_stands_below(namespace: str, other: str, below: bool) -> None:
    assert is_below(namespace, other) is below


EMAIL = "{type: redact, kinds: [pii.email], how: mask}"


@pytest.mark.parametrize(
    ("above", "below", "loosens"),
    [
        (EMAIL, "{type: restore, kinds: [pii.email]}", True),
        (EMAIL, "{type: restore, kinds: [pii]}", True),
        (EMAIL.replace("pii.email", "'*'"), "{type: restore, kinds: [pii.email]}", True),
        (EMAIL, "{type: restore, kinds: [pii.phone]}", False),
        (EMAIL + ", {type: restore, kinds: [pii.email]}", "{type: restore, kinds: [pii.email]}", False),
        (EMAIL + ", {type: restore, kinds: [pii.email]}", "{type: restore, kinds: [pii]}", False),
        (
            EMAIL.replace("pii.email", "pii") + ", {type: restore, kinds: [pii.email]}",
            "{type: restore, kinds: [pii]}",
            True,
        ),
        ("{type: notify, channel: c}", "{type: restore, kinds: [pii.email]}", True),  # masks all, as it names nothing
        ("{type: drop, what: segment, kinds: [pii.email]}", "{type: restore, kinds: [pii.email]}", False),
    ],
)
def test_what_is_redacted_above_is_given_back_above_alone(above: str, below: str, loosens: bool) -> None:
    written = "metadata: {id: %s, namespace: %s}\nrules: [{id: %s, stages: [%s], action: {decision: sanitize, obligations: [%s]}}]"
    parser = PolicyParser()
    documents = [
        parser.parse_yaml(written % ("p", "acme", "redacts", "request", above)),
        parser.parse_yaml(written % ("c", "acme/team", "restores", "response", below)),
    ]
    if loosens:
        with pytest.raises(OperatorError, match="`restores` could give back what `acme` redacts: `redacts`"):
            compile_documents(documents)
    else:
        assert compile_documents(documents).clauses


CONDITIONS = st.sampled_from([FREE, PAID, "llm.maxTokens > 5", "llm.maxTokens <= 5", "llm.maxTokens == 5"])
WRITTEN = st.tuples(
    st.lists(CONDITIONS, min_size=1, max_size=2).map(" && ".join),
    st.sampled_from(["allow", "deny", "sanitize", "warn"]),
)
RULES = st.lists(WRITTEN, min_size=1, max_size=2)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "team": st.fixed_dictionaries({"tier": st.sampled_from(["free", "paid", "other"])}),
        "llm": st.fixed_dictionaries({"maxTokens": st.sampled_from([4, 5, 6])}),
    },
)
_Rules = list[tuple[str, str]]


def allows(program: Program, facts: Mapping[str, object]) -> bool:
    from yett.model.stage import Stage

    return program.decide_known(Stage.REQUEST, facts).allowed


def tightens(parent: Document, child: Document, facts: Mapping[str, object]) -> bool:
    try:
        together = compile_documents([parent, child])
    except OperatorError:
        return True
    return allows(compile_documents([parent]), facts) or not allows(together, facts)


@given(RULES, RULES, st.integers(-1, 1), st.booleans(), FACTS)
def test_what_loads_never_allows_what_the_parent_denies(
    parent: _Rules, child: _Rules, priority: int, closed: bool, facts: Mapping[str, object]
) -> None:
    above = document("p", "acme", *parent, closed=closed)
    assert tightens(above, document("c", "acme/team", *child, priority=priority), facts)


def test_without_the_check_something_would_be_loosened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "check_hierarchy", lambda *_: None)
    child = document("c", "acme/team", (FREE, "allow"), priority=1)
    assert not tightens(document("p", "acme", (FREE, "deny")), child, {"team": {"tier": "free"}})
