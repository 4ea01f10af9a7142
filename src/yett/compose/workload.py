"""
Workload: rules and contexts to measure policy engines by.

The standard workload is a realistic mix of rules: cost limits per team and tier, lists of models, roles, token limits, and
personal data by provider. Every request is another, and the same ones come each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from yett.policy.changes import candidates
from yett.policy.expression import Expression, Literal, literals
from yett.policy.interpreter import judge

__all__ = ["context", "document", "made_up"]

_TIERS = ("free", "pro", "team", "enterprise")
_MODELS = tuple(f"model-{number}" for number in range(40))
_ROLES = tuple(f"role-{number}" for number in range(30))
_PROVIDERS = ("openai", "anthropic", "google", "mistral", "local")
_TENANTS = 200
_DIGITS = 4
_CHOICES = 4
"""Values of a field for each time that it is asked."""


def document(dice: Random, rules: int) -> str:
    """Return a policy with so many *rules* of the standard workload, as YAML."""
    lines = ["metadata: {id: bench, version: 1.0.0, priority: 1}", "rules:"]
    for number in range(rules):
        decision = dice.choice(("deny", "deny", "sanitize", "warn"))
        action = f"{{decision: {decision}, reason: because of rule {number}}}"
        lines.append(f"  - {{id: r{number}, condition: {_condition(dice)}, action: {action}}}")
    return "\n".join(lines)


def context(dice: Random) -> dict[str, object]:
    """Return the facts of one request of the standard workload; one in ten asks for much."""
    hot = dice.random() < 0.1  # noqa: PLR2004
    return {
        "llm": {
            "provider": dice.choice(_PROVIDERS),
            "model": dice.choice(_MODELS),
            "maxTokens": dice.randrange(100, 18000 if hot else 1500),
            "estimatedCost": round(dice.uniform(0, 2.5 if hot else 0.2), _DIGITS),
            "containsPII": dice.random() < 0.2,  # noqa: PLR2004
        },
        "team": {"id": f"team-{dice.randrange(_TENANTS)}", "tier": dice.choice(_TIERS)},
        "user": {"id": f"user-{dice.randrange(10_000)}", "roles": dice.sample(_ROLES, 2)},
        "project": {"environment": dice.choice(("production", "staging"))},
    }


def made_up(dice: Random, conditions: Sequence[Expression]) -> Iterator[Mapping[str, object]]:
    """
    Make up contexts, without an end, out of values near to those that *conditions* name, and of the right sorts.

    Fractions have four digits, as money and scores are written; more than that some engines do not tell apart.
    """
    values: dict[str, list[object]] = {}
    for condition in conditions:
        for literal in literals(condition):
            told = (value for want in (True, False) for value in candidates(literal, want=want))
            short = {repr(value): value for value in map(_short, told) if _answered(literal, value)}
            values.setdefault(literal.field, []).extend([*short.values()][:_CHOICES])
    while True:
        facts: dict[str, object] = {}
        for field, choices in values.items():
            if choices:
                _put(facts, field, dice.choice(choices))
        yield facts


def _answered(literal: Literal, value: object) -> bool:
    return value is not None and judge(literal, value) is not None


def _short(value: object) -> object:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _put(facts: dict[str, object], field: str, value: object) -> None:
    *above, last = field.split(".")
    for step in above:
        below = facts.setdefault(step, {})
        if not isinstance(below, dict):
            return
        facts = below
    facts[last] = value


def _condition(dice: Random) -> str:
    kind = dice.random()
    cost = _leaf("gt", "llm.estimatedCost", round(dice.uniform(0.2, 2.0), 3))
    if kind < 0.6:  # noqa: PLR2004
        return _both(_leaf("eq", "team.id", f"team-{dice.randrange(_TENANTS)}"), cost)
    if kind < 0.7:  # noqa: PLR2004
        models = ", ".join(dice.sample(_MODELS, 3))
        return _both(_leaf("in", "llm.model", f"[{models}]"), _leaf("eq", "team.tier", dice.choice(_TIERS)), cost)
    if kind < 0.8:  # noqa: PLR2004
        role = _leaf("contains", "user.roles", dice.choice(_ROLES))
        production = _leaf("eq", "project.environment", "production")
        return _both(role, f"{{operator: not, conditions: [{production}]}}", cost)
    if kind < 0.9:  # noqa: PLR2004
        most = _leaf("gte", "llm.maxTokens", dice.randrange(1000, 16000))
        return _both(most, _leaf("eq", "team.tier", dice.choice(_TIERS)))
    choices = (_leaf("eq", "llm.provider", dice.choice(_PROVIDERS)), _leaf("eq", "llm.model", dice.choice(_MODELS)))
    either = f"{{operator: or, conditions: [{', '.join(choices)}]}}"
    return _both(_leaf("eq", "llm.containsPII", "true"), either, cost)


def _leaf(operator: str, field: str, value: object) -> str:
    return f"{{operator: {operator}, field: {field}, value: {value}}}"


def _both(*conditions: str) -> str:
    return f"{{operator: and, conditions: [{', '.join(conditions)}]}}"
