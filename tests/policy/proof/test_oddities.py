"""What lint does not see through is proved, and nothing is told twice."""

import pytest

from yett.policy.parser import PolicyParser
from yett.policy.proof.oddities import oddities


def told(*rules: str, known: tuple[int, ...] = ()) -> list[str]:
    listed = "\n".join(
        f"  - {{id: r{number}, {rule}, action: {{decision: deny}}}}" for number, rule in enumerate(rules)
    )
    document = PolicyParser().parse_yaml(f"metadata: {{id: x}}\nrules:\n{listed}")
    places = [document.rules[each].place for each in known]
    return [f"{problem.code} {problem.place.line - 3}" for problem in oddities([document], places)]


MORNING, LATER, DAY = "when: request.hour < 12", "when: request.hour >= 12", "when: request.hour > 3"


@pytest.mark.parametrize(
    ("rules", "known", "found"),
    [
        ([MORNING, LATER], (), []),
        ([DAY, MORNING, LATER], (), ["idle 2"]),
        ([MORNING, LATER, DAY], (), ["idle 2"]),
        ([MORNING, LATER, DAY], (2,), []),
        ([MORNING, LATER, DAY], (0,), ["idle 1"]),
        ([MORNING, MORNING], (), ["idle 1"]),
        (["when: \"team.tier.startsWith('a') && team.tier.endsWith('b') && team.tier == 'cc'\""], (), ["never 0"]),
    ],
)
def test_rules_that_do_nothing_are_told(rules: list[str], known: tuple[int, ...], found: list[str]) -> None:
    assert told(*rules, known=known) == found
