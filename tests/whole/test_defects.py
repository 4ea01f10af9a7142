"""What was found wrong in other policy engines, each tried here."""

from decimal import Decimal

import pytest

from yett.model.errors import OperatorError
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser


def engine(*rules: str, **metadata: object) -> PolicyEngine:
    head = ", ".join(f"{name}: {value}" for name, value in {"id": "p", **metadata}.items())
    text = f"metadata: {{{head}}}\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules)
    return PolicyEngine([PolicyParser().parse_yaml(text)])


def test_a_cost_that_nobody_stated_is_not_compared_as_a_word() -> None:
    """Elsewhere the text `undefined` was greater than 1.0; here the rule is possible, and says what is unknown."""
    capped = engine("{id: cap, when: llm.estimatedCost > 1.0, action: {decision: deny}}")
    (reason,) = capped.evaluate({}).reasons
    assert reason.unknown == ("llm.estimatedCost",)
    skipping = engine("{id: cap, when: llm.estimatedCost > 1.0, on_missing: skip, action: {decision: deny}}")
    assert skipping.evaluate({}).allowed


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        ("{operator: eq, field: llm.maxTokens, value: 5}", "5"),
        ("{operator: eq, field: metadata.flag, value: 1}", True),
        ("{operator: eq, field: metadata.flag, value: true}", 1),
        ("{operator: eq, field: metadata.flag, value: '5'}", 5),
        ("{operator: in, field: metadata.flag, value: [1, 2]}", True),
        ("{operator: eq, field: metadata.flag, value: null-ish}", None),
    ],
)
def test_no_value_is_taken_for_one_of_another_type(condition: str, fact: object) -> None:
    allowing = engine(f"{{id: r, condition: {condition}, action: {{decision: allow}}}}", closed="true")
    field = "maxTokens" if "maxTokens" in condition else "flag"
    context = {"llm": {"maxTokens": fact}} if field == "maxTokens" else {"metadata": {"flag": fact}}
    assert not allowing.evaluate(context).allowed


@pytest.mark.parametrize("fact", [{}, {"a": 1}, [["a"]], [{}], object(), float("nan")])
def test_an_operand_that_cannot_be_hashed_or_compared_breaks_nothing(fact: object) -> None:
    deciding = engine(
        "{id: a, condition: {operator: in, field: metadata.x, value: [a, b]}, action: {decision: deny}}",
        "{id: b, condition: {operator: gt, field: metadata.x, value: 1}, action: {decision: deny}}",
    )
    assert not deciding.evaluate({"metadata": {"x": fact}}).allowed  # possibly true, so it denies


def test_a_milder_rule_of_lower_priority_does_not_soften_a_stricter_one() -> None:
    """Elsewhere a warning that came later turned a redaction into a warning."""
    strict = PolicyParser().parse_yaml(
        "metadata: {id: high, priority: 9}\nrules: [{id: r, when: llm.containsPII, action: {decision: sanitize}}]"
    )
    mild = PolicyParser().parse_yaml(
        "metadata: {id: low, priority: 1}\nrules: [{id: r, when: llm.containsPII, action: {decision: warn}}]"
    )
    for order in ([strict, mild], [mild, strict]):
        assert PolicyEngine(order).evaluate({"llm": {"containsPII": True}}).effect == "sanitize"


def test_a_pattern_that_is_none_does_not_load() -> None:
    """Elsewhere a deny rule with a broken pattern silently allowed."""
    with pytest.raises(OperatorError, match="pattern"):
        engine("{id: r, condition: {operator: matches, field: llm.model, value: '('}, action: {decision: deny}}")
    with pytest.raises(OperatorError, match="pattern"):  # and what RE2 cannot run in linear time is none
        engine(r"{id: r, condition: {operator: matches, field: llm.model, value: '(a)\1'}, action: {decision: deny}}")


def test_a_pattern_that_runs_away_elsewhere_does_not_here() -> None:
    deciding = engine(
        "{id: r, condition: {operator: matches, field: llm.model, value: '^(a+)+$'}, action: {decision: deny}}"
    )
    assert deciding.evaluate({"llm": {"model": "a" * 100_000 + "!"}}).allowed


def test_an_exception_of_higher_priority_overrides_a_deny() -> None:
    deny = PolicyParser().parse_yaml(
        "metadata: {id: low}\nrules: [{id: r, when: llm.containsPII, action: {decision: deny}}]"
    )
    allow = PolicyParser().parse_yaml(
        'metadata: {id: high, priority: 9}\nrules: [{id: r, when: team.id == "legal", action: {decision: allow}}]'
    )
    both = PolicyEngine([deny, allow])
    assert both.evaluate({"llm": {"containsPII": True}, "team": {"id": "legal"}}).allowed
    assert not both.evaluate({"llm": {"containsPII": True}, "team": {"id": "sales"}}).allowed


@pytest.mark.parametrize("status", ["draft", "disabled"])
def test_what_is_not_active_decides_nothing(status: str) -> None:
    text = f"metadata: {{id: p}}\nrules: [{{id: r, action: {{decision: deny}}}}]\nstatus: {status}\n"
    assert PolicyEngine([PolicyParser().parse_yaml(text)]).evaluate({}).allowed


def test_every_rule_that_matches_is_told() -> None:
    """Elsewhere a trace ended at the first one."""
    rules = [f"{{id: r{number}, action: {{decision: warn}}}}" for number in range(5)]
    assert {reason.rule for reason in engine(*rules).evaluate({}).reasons} == {f"r{number}" for number in range(5)}


@pytest.mark.parametrize(
    ("cost", "denied"),
    [
        (Decimal("1.1"), True),
        (Decimal("1.10"), True),
        (1.1, True),
        (Decimal("1.0999999999999999999"), False),
        (Decimal(2), True),
        (Decimal("NaN"), True),
    ],
)
def test_money_compares_as_it_is_written(cost: object, denied: bool) -> None:
    """A binary 1.1 is a little more than 1.1, so elsewhere a cost of exactly the cap slipped through."""
    capped = engine("{id: cap, when: llm.estimatedCost >= 1.1, action: {decision: deny}}")
    assert capped.evaluate({"llm": {"estimatedCost": cost}}).allowed is not denied


def test_an_unknown_field_or_value_is_no_rule_that_never_fires() -> None:
    with pytest.raises(OperatorError, match=r"did you mean `llm\.model`"):
        engine('{id: r, when: llm.modle == "free", action: {decision: deny}}')
    with pytest.raises(OperatorError):
        engine("{id: r, condition: {operator: greater, field: llm.maxTokens, value: 1}, action: {decision: deny}}")


@pytest.mark.parametrize("word", ["no", "on", "1_000", "1:30", "2027-01-01"])
def test_yaml_means_words_by_words(word: str) -> None:
    """Elsewhere `no` was false, and Norway with it."""
    allowing = engine(
        f"{{id: r, condition: {{operator: eq, field: metadata.x, value: {word}}}, action: {{decision: allow}}}}",
        closed="true",
    )
    assert allowing.evaluate({"metadata": {"x": word}}).allowed
