"""Documents become a program, the same in whatever order they come."""

import itertools

import pytest

from yett.model.decision import Effect
from yett.model.errors import OperatorError
from yett.model.stage import Stage
from yett.policy.compiler import CLOSING_RULE, check_document, compile_documents
from yett.policy.documents import Document
from yett.policy.parser import PolicyParser
from yett.policy.problems import Problems


def policy(name: str, rules: str, more: str = "", metadata: str = "") -> Document:
    return PolicyParser().parse_yaml(f"metadata: {{id: {name}, version: 1.0.0{metadata}}}\nrules: [{rules}]\n{more}")


DENY = "{id: no, condition: {operator: eq, field: team.tier, value: free}, action: {decision: deny}}"
ALLOW = "{id: yes, condition: {operator: eq, field: llm.model, value: m}, action: {decision: allow}}"
TEXT = "{id: text, condition: {operator: contains, field: llm.prompt, value: x}, action: {decision: deny}}"
SCORE = (
    "{id: score, condition: {operator: gte, field: injection.score, value: '${threshold}'}, action: {decision: deny}}"
)


def test_order_of_rules_and_documents_never_matters() -> None:
    documents = [
        policy("a", f"{DENY}, {TEXT}"),
        policy("b", ALLOW, metadata=", priority: 3"),
        policy("c", SCORE, "constants: {threshold: 0.7}"),
    ]
    turned = [policy("a", f"{TEXT}, {DENY}"), *documents[1:]]
    programs = [compile_documents(order) for order in [*itertools.permutations(documents), turned]]
    assert len({program.revision for program in programs}) == 1
    assert len({program.clauses for program in programs}) == 1
    assert len({program.text_tests for program in programs}) == 1


@pytest.mark.parametrize(
    "other",
    [
        policy("b", DENY), policy("a", ALLOW), policy("a", f"{DENY}, {ALLOW}"), policy("a", DENY, metadata=", priority: 1"),
        policy("a", DENY.replace("free", "pro")), policy("a", DENY.replace("team.tier", "metadata.t").replace("free", "'1'")),
    ],
)  # fmt: skip
def test_what_decides_otherwise_has_another_revision(other: Document) -> None:
    assert compile_documents([other]).revision != compile_documents([policy("a", DENY)]).revision


def test_true_and_one_have_different_revisions() -> None:
    one, truth = (
        policy("a", DENY.replace("team.tier", "metadata.t").replace("free", value)) for value in ("1", "true")
    )
    assert compile_documents([one]).revision != compile_documents([truth]).revision


def test_only_active_policies_and_enabled_rules_decide() -> None:
    documents = [
        policy("a", DENY, "status: draft"),
        policy("b", DENY, "status: disabled"),
        policy("c", TEXT.replace("{id", "{enabled: false, id")),
    ]
    program = compile_documents(documents)
    assert (program.clauses, program.text_tests) == ((), ())
    assert program.revision == compile_documents([]).revision


def test_constants_are_overridden_by_name() -> None:
    document = policy("a", SCORE, "constants: {threshold: 0.7}")
    facts = {"injection": {"score": 0.5}}
    assert compile_documents([document]).decide_known(Stage.REQUEST, facts).allowed
    assert not compile_documents([document], {"threshold": 0.4}).decide_known(Stage.REQUEST, facts).allowed
    assert compile_documents([document], {"unheard of": 1}).revision == compile_documents([document]).revision
    with pytest.raises(OperatorError, match="`high` is a string, a number is needed"):
        compile_documents([document], {"threshold": "high"})


def test_policies_have_names_of_their_own() -> None:
    with pytest.raises(OperatorError, match="two policies are called `a`; first at <policy>:1:1"):
        compile_documents([policy("a", DENY), policy("a", ALLOW)])


@pytest.mark.parametrize(
    ("rule", "stages"),
    [
        (DENY, set(Stage)), (TEXT, {Stage.REQUEST}), ("{id: r, action: {decision: deny}}", set(Stage)),
        ("{id: r, stages: [tool], action: {decision: deny}}", {Stage.TOOL}),
        (DENY.replace("{id", "{stages: [request, response], id"), {Stage.REQUEST, Stage.RESPONSE}),
    ],
)  # fmt: skip
def test_rules_apply_where_their_fields_exist(rule: str, stages: set[Stage]) -> None:
    (clause,) = compile_documents([policy("a", rule)]).clauses
    assert clause.stages == stages


def test_a_rule_that_never_applies_is_a_problem() -> None:
    with pytest.raises(OperatorError, match="the rule `text` never applies"):
        policy("a", TEXT.replace("{id", "{stages: [response], id"))


def test_allow_needs_certainty_and_skipping_rules_too() -> None:
    rules = f"{DENY}, {ALLOW}, {DENY.replace('no', 'maybe').replace('{id', '{on_missing: skip, id')}"
    program = compile_documents([policy("a", rules)])
    assert {clause.rule: clause.definite for clause in program.clauses} == {"no": False, "yes": True, "maybe": True}


def test_a_closed_policy_denies_what_no_explicit_allow_lets_in() -> None:
    program = compile_documents([policy("a", ALLOW, metadata=", closed: true, priority: -5")])
    assert program.decide_known(Stage.REQUEST, {"llm": {"model": "m"}}).allowed
    refused = program.decide_known(Stage.REQUEST, {"llm": {"model": "other"}})
    assert (refused.allowed, refused.reason) == (False, "nothing allows it")
    assert [reason.rule for reason in refused.reasons] == [CLOSING_RULE]
    assert not program.decide_known(Stage.REQUEST, {}).allowed


def test_a_closed_policy_closes_only_where_it_has_rules() -> None:
    program = compile_documents(
        [policy("a", TEXT.replace("decision: deny", "decision: allow"), metadata=", closed: true")]
    )
    assert not program.decide_known(Stage.REQUEST, {}).allowed
    assert program.decide_known(Stage.RESPONSE, {}).effect is Effect.ALLOW


def test_a_closed_policy_that_says_nothing_closes_everything() -> None:
    program = compile_documents([PolicyParser().parse_yaml("metadata: {id: a, closed: true}\nrules: []\n")])
    assert {stage: program.decide_known(stage, {}).allowed for stage in Stage} == dict.fromkeys(Stage, False)


def test_setting_the_last_exception_aside_opens_nothing() -> None:
    program = compile_documents([policy("a", ALLOW.replace("{id", "{enabled: false, id"), metadata=", closed: true")])
    assert [clause.rule for clause in program.clauses] == [CLOSING_RULE]
    assert not program.decide_known(Stage.REQUEST, {"llm": {"model": "m"}}).allowed


def test_texts_that_several_rules_ask_are_tested_once() -> None:
    program = compile_documents([policy("a", TEXT), policy("b", TEXT)])
    assert len(program.text_tests) == 1
    assert program.reads(Stage.REQUEST) == {f"text.{program.text_tests[0].id}"}
    assert program.reads(Stage.RESPONSE) == frozenset()


def test_a_document_can_be_checked_alone() -> None:
    problems = Problems()
    check_document(policy("a", DENY), problems)
    assert not problems


@pytest.mark.parametrize(
    ("effect", "today", "holds"),
    [
        ("deny", 20261231, True),
        ("deny", 20270101, False),
        ("deny", None, True),
        ("allow", 20261231, True),
        ("allow", 20270101, False),
        ("allow", None, False),
    ],
)
@pytest.mark.parametrize("where", ["rule", "document"])
def test_what_has_expired_does_nothing(effect: str, today: int | None, holds: bool, where: str) -> None:
    end = ", expires: 2027-01-01"
    rule = f"{{id: r, action: {{decision: {effect}}}{end if where == 'rule' else ''}}}"
    program = compile_documents([policy("a", rule, metadata=end if where == "document" else "")])
    decision = program.decide_known(Stage.REQUEST, {"request": {"date": today}})
    assert [reason.rule for reason in decision.reasons] == ["r"] * holds


@pytest.mark.parametrize(("today", "allowed"), [(20261231, False), (20270101, True), (None, False)])
def test_a_policy_that_closes_opens_when_it_expires(today: int | None, allowed: bool) -> None:
    program = compile_documents([policy("a", ALLOW, metadata=", closed: true, expires: 2027-01-01")])
    assert program.decide_known(Stage.REQUEST, {"request": {"date": today}}).allowed is allowed


def test_the_first_of_two_ends_counts() -> None:
    rule = "{id: r, action: {decision: deny}, expires: 2027-06-01}"
    program = compile_documents([policy("a", rule, metadata=", expires: 2027-01-01")])
    assert program.decide_known(Stage.REQUEST, {"request": {"date": 20270101}}).allowed
