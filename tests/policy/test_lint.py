"""What is odd about policies is told, and only that."""

from datetime import date

import pytest

from yett.policy.lint import lint
from yett.policy.parser import PolicyParser

TODAY = date(2026, 11, 21)
FREE = "when: team.tier == 'free'"


def told(*rules: str, metadata: str = "") -> list[str]:
    listed = "\n".join(f"  - {{{rule}}}" for rule in rules)
    text = f"metadata: {{id: x{metadata}}}\nrules:\n{listed}"
    return [f"{problem.code} {problem.place.line - 2}" for problem in lint([PolicyParser().parse_yaml(text)], TODAY)]


def rule(name: str, decision: str, more: str = "") -> str:
    return f"id: {name}, action: {{decision: {decision}}}{', ' if more else ''}{more}"


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([rule("a", "deny", FREE)], []),
        ([rule("a", "deny", f"{FREE}, expires: 2026-11-21")], ["expired 1"]),
        ([rule("a", "deny", f"{FREE}, expires: 2026-11-22")], []),
        ([rule("a", "deny", "when: request.hour > 5 && request.hour < 3")], ["never 1"]),
        ([rule("a", "deny", FREE), rule("b", "deny", FREE)], ["duplicate 2"]),
        ([rule("a", "deny", FREE), rule("b", "sanitize", "when: team.tier == 'free' && llm.model == 'm'")], ["shadowed 2"]),
        ([rule("a", "deny", "when: request.hour > 3"), rule("b", "sanitize", "when: request.hour > 5")], ["shadowed 2"]),
        ([rule("a", "deny", "when: request.hour > 5"), rule("b", "sanitize", "when: request.hour > 3")], []),
        ([rule("a", "deny", "when: request.hour > 3"), rule("b", "deny", "when: request.hour > 5")], ["shadowed 2"]),
        ([rule("a", "deny", "when: request.hour > 5"), rule("b", "deny", "when: request.hour > 3")], []),
        ([rule("a", "deny", f"{FREE}, on_missing: skip"), rule("b", "sanitize", f"{FREE}, stages: [request]")], []),
        ([rule("a", "deny", FREE), rule("b", "warn", FREE)], []),
        ([rule("a", "deny", "when: team.teir == 'free' || '!' in user.rols")], ["unlisted-field 1", "unlisted-field 1"]),
        ([rule("a", "deny", "when: team.region == 'eu' && request.host == 'h' && metadata.tier == 'x'")], []),
        ([rule("a", "deny", "when: injection.score > 0.5")], ["costly 1"]),
        ([rule("a", "deny", "when: injection.score > 0.5 && team.tier == 'free'")], []),
        ([rule("a", "allow", f"{FREE}, expires: 2027-01-01")], ["dead 1"]),
        ([rule("a", "deny", "when: risk.pii > 50")], ["unit 1"]),
        ([rule("a", "deny", "when: risk.pii > 0.5 && llm.estimatedTokens > 0.5")], ["unit 1"]),
        ([rule("a", "deny", "when: 'request.hour in [22, 23, 24]'")], ["unit 1"]),
        ([rule("a", "deny", "when: metadata.percent > 50 || llm.estimatedCost > 0.25")], []),
    ],
)  # fmt: skip
def test_odd_rules_are_told(rules: list[str], found: list[str]) -> None:
    assert told(*rules) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("when: metadata.trusted == true", ["asserted 1", "no-end 1"]),
        ("when: metadata.trusted == true && team.tier == 'pro'", ["no-end 1"]),
        ("when: metadata.trusted == true || team.tier == 'pro', expires: 2027-01-01", ["asserted 1"]),
        ("when: team.tier == 'pro', expires: 2027-01-01", []),
        ("when: context.source == 'wiki', expires: 2027-01-01", ["asserted 1"]),
        ("when: response.verdict == 'fine', expires: 2027-01-01", ["asserted 1"]),
    ],
)
def test_exceptions_are_looked_at_closely(condition: str, found: list[str]) -> None:
    assert sorted(told(rule("a", "allow", condition), metadata=", closed: true")) == found


def test_an_exception_above_what_it_excepts_is_alive() -> None:
    parse = PolicyParser().parse_yaml
    below = parse(f"metadata: {{id: a}}\nrules: [{{{rule('a', 'deny', FREE)}}}]")
    exception = rule("b", "allow", "when: team.id == 't'")
    above = parse(f"metadata: {{id: b, priority: 1, expires: 2027-01-01}}\nrules: [{{{exception}}}]")
    assert [problem.code for problem in lint([below, above], TODAY)] == []
    assert [problem.code for problem in lint([above], TODAY)] == ["dead"]


def test_what_does_not_decide_is_not_looked_at() -> None:
    text = f"metadata: {{id: x}}\nstatus: draft\nrules: [{{{rule('a', 'allow')}}}]"
    assert lint([PolicyParser().parse_yaml(text)], TODAY) == ()
    assert told(rule("a", "deny", f"{FREE}, enabled: false, expires: 2020-01-01")) == []
