"""A plan promises nothing that the engine does not keep, and finds the greatest number of tokens exactly."""

import random
from collections.abc import Mapping

import pytest

from tests.policy.test_program import FIELDS, complete_facts, put, some_clauses
from yett.model.decision import Effect
from yett.model.obligation import Approve, Cap, Notify, Redact
from yett.model.stage import Stage
from yett.policy import planning
from yett.policy.engine import PolicyEngine
from yett.policy.expression import Each, Leaf, Operator
from yett.policy.interpreter import lookup
from yett.policy.parser import PolicyParser
from yett.policy.planning import Offer, Permission, Plan, plan
from yett.policy.program import Program
from yett.policy.values import Sort


def policies(*rules: str) -> Program:
    documents = []
    for number, rule in enumerate(rules):
        text = f"metadata: {{id: p{number}, priority: {number}}}\nrules: [{{id: r{number}, {rule}}}]\n"
        documents.append(PolicyParser().parse_yaml(text))
    return PolicyEngine(documents).program


def model(program: Program, name: str = "m", **known: object) -> Offer:
    (offer,) = plan(program, known, [name]).models
    return offer


DENY = "action: {decision: deny, reason: no}"


@pytest.mark.parametrize(
    ("rules", "permission"),
    [
        ([], Permission.ALLOWED),
        ([DENY], Permission.DENIED),
        ([f"when: llm.model == 'm', {DENY}"], Permission.DENIED),
        ([f"when: llm.model == 'other', {DENY}"], Permission.ALLOWED),
        ([f"when: llm.provider == 'p', {DENY}"], Permission.CONDITIONAL),
        ([f"when: team.tier == 'free', {DENY}"], Permission.DENIED),
        ([f"when: team.tier == 'pro', {DENY}"], Permission.ALLOWED),
        ([f"when: injection.score > 0.7, {DENY}"], Permission.CONDITIONAL),
        # only a higher allow can lift a denial
        ([DENY, "when: request.hour > 20, action: {decision: allow}"], Permission.CONDITIONAL),
        ([DENY, "action: {decision: allow}"], Permission.ALLOWED),
        (["action: {decision: allow}", DENY], Permission.DENIED),
        # what is stated and cannot be read denies for sure, and does not allow
        ([f"when: user.id == 'u', {DENY}"], Permission.DENIED),
        ([DENY, "when: user.id == 'u', action: {decision: allow}"], Permission.DENIED),
        ([f"when: user.id == 'u', on_missing: skip, {DENY}"], Permission.ALLOWED),
        # a human has the last word
        (["action: {decision: require_approval}"], Permission.CONDITIONAL),
        (["action: {decision: warn}"], Permission.ALLOWED),
        # routes that exclude each other deny
        (["action: {decision: route, route: {models: [a]}}", "action: {decision: route, route: {models: [b]}}"], Permission.DENIED),
        (["action: {decision: route, route: {models: [a]}}", "when: request.hour > 20, action: {decision: route, route: {models: [b]}}"], Permission.CONDITIONAL),
        (["action: {decision: route, route: {models: [a, b]}}", "when: request.hour > 20, action: {decision: route, route: {models: [b]}}"], Permission.ALLOWED),
    ],
)  # fmt: skip
def test_a_model_is_allowed_denied_or_conditional(rules: list[str], permission: Permission) -> None:
    assert model(policies(*rules), team={"tier": "free"}, user={"id": 5}).permission is permission


def test_a_denial_has_its_reason_and_a_condition_its_words() -> None:
    assert model(policies(DENY)).reason == "no"
    offer = model(policies(f"when: team.tier == 'free' && llm.estimatedCost > 1.0, {DENY}"), team={"tier": "free"})
    (proviso,) = offer.provisos
    assert (proviso.policy, proviso.rule, proviso.effect) == ("p0", "r0", Effect.DENY)
    assert proviso.words == "`llm.estimatedCost` > `1.0`"


def test_where_only_an_exception_helps_the_plan_says_so() -> None:
    offer = model(policies(DENY, "when: request.hour > 20, action: {decision: allow}"))
    assert [(each.effect, each.words) for each in offer.provisos] == [
        (Effect.ALLOW, "`request.hour` > `20`"),
        (Effect.DENY, "in all other cases"),
    ]


def test_the_provider_of_a_model_is_asked() -> None:
    program = policies(f"when: llm.provider == 'p', {DENY}")
    told = plan(program, {}, ["a", "b"], provider_of={"a": "p", "b": "q"}.get)
    assert [(offer.name, offer.permission) for offer in told.models] == [
        ("a", Permission.DENIED),
        ("b", Permission.ALLOWED),
    ]


def test_a_model_that_the_facts_name_does_not_matter() -> None:
    told = plan(policies(f"when: llm.model == 'x', {DENY}"), {"llm": {"model": "x", "maxTokens": 5}}, ["a"])
    assert told.models[0].permission is Permission.ALLOWED


def test_only_what_holds_in_any_case_is_an_obligation() -> None:
    offer = model(
        policies(
            "action: {decision: sanitize, obligations: [{type: redact, kinds: [pii]}]}",
            "when: request.hour > 20, action: {decision: warn}",
            "action: {decision: limit, limit: {max_tokens: 7}}",
        )
    )
    assert {type(each) for each in offer.obligations} == {Redact, Cap}
    lifted = model(
        policies(
            "action: {decision: sanitize, obligations: [{type: redact, kinds: [pii]}]}",
            "when: request.hour > 20, action: {decision: allow}",
        )
    )
    assert lifted.obligations == ()
    assert Notify not in {type(each) for each in model(policies("action: {decision: sanitize}")).obligations}
    assert model(policies("action: {decision: require_approval}")).obligations == (Approve(1),)


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        ([], None),
        ([f"when: llm.maxTokens > 1000, {DENY}"], 1000),
        ([f"when: llm.maxTokens >= 1000, {DENY}"], 999),
        ([f"when: llm.maxTokens > 99.5, {DENY}"], 99),
        ([f"when: llm.maxTokens > 1000 && team.tier == 'pro', {DENY}"], None),
        ([f"when: llm.maxTokens > 1000 && team.tier == 'free', {DENY}"], 1000),
        ([f"when: llm.maxTokens > 1000 && llm.model == 'other', {DENY}"], None),
        # what depends on something else may still be allowed
        ([f"when: llm.maxTokens > 1000 && request.hour > 5, {DENY}"], None),
        ([f"condition: {{operator: between, field: llm.maxTokens, value: [10, 20]}}, {DENY}"], None),
        ([f"when: '!(llm.maxTokens <= 10 || llm.maxTokens == 15)', {DENY}"], 15),
        ([f"when: llm.maxTokens > 10, {DENY}", "when: llm.maxTokens == 64, action: {decision: allow}"], 64),
        ([f"when: llm.maxTokens >= 1, {DENY}"], 0),
        (["action: {decision: limit, limit: {max_tokens: 300}}"], 300),
        (["when: llm.maxTokens > 500, action: {decision: limit, limit: {max_tokens: 300}}"], 500),
        (["action: {decision: limit, limit: {other: 300}}"], None),
    ],
)
def test_the_greatest_number_of_tokens_is_told(rules: list[str], most: int | None) -> None:
    assert model(policies(*rules), team={"tier": "free"}).max_tokens == most


def test_where_the_number_of_tokens_is_known_it_is_not_planned() -> None:
    offer = model(policies(f"when: llm.maxTokens > 1000, {DENY}"), llm={"maxTokens": 2000})
    assert (offer.permission, offer.max_tokens) == (Permission.DENIED, None)


@pytest.mark.parametrize(
    ("rules", "permission"),
    [
        ([], Permission.ALLOWED),
        ([f"when: tool.name == 't', {DENY}"], Permission.DENIED),
        ([f"when: tool.name == 'u', {DENY}"], Permission.ALLOWED),
        ([f"condition: {{operator: contains, field: tool.names, value: t}}, {DENY}"], Permission.DENIED),
        # another tool may be in the list as well
        ([f"condition: {{operator: contains, field: tool.names, value: u}}, {DENY}"], Permission.CONDITIONAL),
        ([f"condition: {{operator: not_contains, field: tool.names, value: t}}, {DENY}"], Permission.ALLOWED),
        ([f"condition: {{operator: any, field: tool.names, condition: {{operator: starts_with, value: t}}}}, {DENY}"], Permission.DENIED),
        ([f"condition: {{operator: any, field: tool.names, condition: {{operator: starts_with, value: u}}}}, {DENY}"], Permission.CONDITIONAL),
        ([f"condition: {{operator: all, field: tool.names, condition: {{operator: starts_with, value: u}}}}, {DENY}"], Permission.ALLOWED),
        ([f"condition: {{operator: all, field: tool.names, condition: {{operator: starts_with, value: t}}}}, {DENY}"], Permission.CONDITIONAL),
        ([f"condition: {{operator: exists, field: tool.names}}, stages: [request], {DENY}"], Permission.DENIED),
    ],
)  # fmt: skip
def test_a_tool_must_pass_when_it_is_offered_and_when_it_is_called(rules: list[str], permission: Permission) -> None:
    (offer,) = plan(policies(*rules), {}, tools=["t"]).tools
    assert offer.permission is permission


def test_a_plan_says_which_policies_it_is_of() -> None:
    program = policies(DENY)
    assert plan(program, {}) == Plan((), (), program.revision)


KNOWN = ("team.tier", "request.ip", "user.roles", "metadata.x")


def disagreement(rng: random.Random) -> object:
    clauses = some_clauses(rng)
    program = Program(clauses, (), "r")
    facts = complete_facts(rng)
    known: dict[str, object] = {}
    for name in KNOWN:
        value = lookup(facts, name)
        if isinstance(value, str | int | float | list) and rng.random() < 0.7:
            put(known, name, value)
    for offer in plan(program, known, ["gpt-4", "a"]).models:
        for _ in range(8):
            asked = complete_facts(rng)
            for name in KNOWN:
                if (value := lookup(known, name)) is not planning.Unknown.MISSING:
                    asked.setdefault(name.split(".")[0], {})
                    _force(asked, name, value)
            _force(asked, "llm.model", offer.name)
            decision = program.decide_known(Stage.REQUEST, asked)
            if offer.permission is not Permission.CONDITIONAL and decision.allowed is not (
                offer.permission is Permission.ALLOWED
            ):
                return offer, asked
            if decision.allowed and not {type(each) for each in offer.obligations} <= {
                type(each) for each in decision.obligations
            }:
                return offer, asked
    return None


def _force(facts: dict[str, object], name: str, value: object) -> None:
    family, _, rest = name.partition(".")
    if not isinstance(facts.get(family), dict):
        facts[family] = {}
    put(facts, f"{family}.{rest}", value)


def test_what_a_plan_promises_is_kept() -> None:
    rng = random.Random(17)
    assert [found for _ in range(150) if (found := disagreement(rng)) is not None] == []


@pytest.mark.parametrize(
    ("where", "name", "mutant"),
    [
        (planning._Known, "can_be", lambda known, expression, wanted: False),
        (planning._Known, "is_open", lambda known, literal: False),
        (planning, "residue", lambda expression, answer: planning.ALWAYS),
        (planning, "residue", lambda expression, answer: planning.NEVER),
    ],
)
def test_a_plan_that_promises_too_much_is_caught(
    where: object, name: str, mutant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, mutant)
    rng = random.Random(17)
    assert any(disagreement(rng) is not None for _ in range(400))


def tokens(rng: random.Random) -> str:
    operator = rng.choice(("gt", "gte", "lt", "lte", "eq", "ne"))
    condition = f"{{operator: {operator}, field: llm.maxTokens, value: {rng.choice((1, 2, 3.5, 5, 8, 8.0, 12))}}}"
    return f"condition: {condition}, action: {{decision: {rng.choice(('deny', 'deny', 'allow'))}}}"


def exactly(program: Program, offer: Offer) -> bool:
    allowed = [n for n in range(1, 20) if program.decide_known(Stage.REQUEST, asked(n)).allowed]
    expected = None if 19 in allowed else max(allowed, default=0)
    return offer.permission is Permission.DENIED or offer.max_tokens == expected


def asked(number: int) -> Mapping[str, object]:
    return {"llm": {"model": "m", "maxTokens": number}}


def test_the_greatest_number_of_tokens_is_what_trying_all_of_them_finds() -> None:
    rng = random.Random(4)
    for _ in range(120):
        program = policies(*(tokens(rng) for _ in range(rng.randrange(1, 4))))
        assert exactly(program, model(program))


def test_trying_fewer_numbers_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning.math, "ceil", lambda bound: int(bound) + 1)
    rng = random.Random(4)
    found = []
    for _ in range(120):
        program = policies(*(tokens(rng) for _ in range(rng.randrange(1, 4))))
        found.append(exactly(program, model(program)))
    assert not all(found)


def test_a_list_that_holds_a_tool_is_asked_about_it_alone() -> None:
    starts = Leaf("", Sort.STRING, Operator.STARTS_WITH, "t")
    known = planning._Known(lambda _: planning.Unknown.MISSING, {"tool.names": "t"})
    assert known.answer(Each("tool.names", Sort.STRINGS, every=False, inner=starts)) is True
    assert known.answer(Each("tool.names", Sort.STRINGS, every=True, inner=starts)) is None
    assert known.answer(Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "t")) is None
    assert "team.tier" in FIELDS
