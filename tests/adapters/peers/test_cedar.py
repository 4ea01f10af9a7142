"""Rules as Cedar writes them, its decimals, and the reasons that it names."""

import sys
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.cedar import CEDAR
from yett.adapters.peers.peer import Untold, plain, written
from yett.policy.expression import Expression, Leaf, Operator
from yett.policy.values import Sort

FRACTIONS = frozenset({"llm.cost"})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (told.DEAR, 'context.llm.cost.greaterThan(decimal("1.5000"))'),
        (told.MANY, "context.llm.tokens >= 100"),
        (
            told.CHEAP,
            (
                '(context.llm.cost.greaterThanOrEqual(decimal("0.5000"))'
                ' && context.llm.cost.lessThanOrEqual(decimal("1.0000")))'
            ),
        ),
        (told.LISTED, '["m1", "m2"].contains(context.llm.model)'),
        (told.ROLE, 'context.user.roles.contains("admin")'),
        (told.PART, r'context.llm.model like "*\**"'),
        (told.FIRST, 'context.llm.model like "m*"'),
        (told.LAST, 'context.llm.model like "*1"'),
        (told.THERE, '(context has "metadata" && context.metadata has "x")'),
        (
            told.NEAR,
            '(ip(context.client.ip).isInRange(ip("10.0.0.0/8")) || ip(context.client.ip).isInRange(ip("fd00::/8")))',
        ),
        (Leaf("llm.model", Sort.STRING, Operator.EQ, "\x01\b\n"), r'context.llm.model == "\u{0001}\u{8}\n"'),
    ],
)
def test_cedar_says_conditions(condition: Expression, text: str) -> None:
    assert CEDAR.write(condition, FRACTIONS) == text


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (told.SHAPE, "nothing for `matches`"),
        (told.SOME, "nothing for the elements of a list"),
        (Leaf("llm.cost", Sort.NUMBER, Operator.GT, 0.12345), "`0.12345` has more"),
        (Leaf("llm.cost", Sort.NUMBER, Operator.GT, 1e300), "`1e\\+300` has more"),
        (Leaf("llm.tokens", Sort.NUMBER, Operator.GT, 2**63), "64 bits at most"),
    ],
)
def test_what_cedar_cannot_say_has_a_reason(condition: Expression, why: str) -> None:
    with pytest.raises(Untold, match=why):
        CEDAR.write(condition, FRACTIONS)


class Policies:
    """As much of `cedarpy` as is asked of it: each rule is a permit, and those that hold are named as reasons."""

    @staticmethod
    def from_str(text: str) -> list[str]:
        if "broken" in text:
            raise ValueError("unexpected token")
        return text.split("\n")


def is_authorized(asked: Mapping[str, object], policies: list[str], _: list[object]) -> object:
    context = asked["context"]
    assert isinstance(context, dict)
    if not context:
        raise ValueError("no such value")
    holding = [f"policy{n}" for n, each in enumerate(policies) if f'"{context["llm"]["model"]}"' in each]
    assert context["llm"]["cost"] == {"__extn": {"fn": "decimal", "arg": "0.5000"}}
    return SimpleNamespace(diagnostics=SimpleNamespace(reasons=holding))


@pytest.fixture
def cedarpy(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("cedarpy")
    library.__dict__.update(PolicySet=Policies, is_authorized=is_authorized)
    monkeypatch.setitem(sys.modules, "cedarpy", library)


@pytest.mark.usefixtures("cedarpy")
def test_the_reasons_are_the_rules_that_match_by_their_own_numbers() -> None:
    facts = {"llm": {"model": "m1", "cost": 0.5}}
    rules = written(CEDAR, [told.SHAPE, told.DEAR, told.LISTED], [facts])
    with CEDAR.start(rules) as ready:
        assert ready.ask(ready.question(plain(facts, rules.fractions))) == {2}
        assert ready.ask(ready.question({})) == set()


@pytest.mark.usefixtures("cedarpy")
def test_rules_that_cedar_refuses_are_untold() -> None:
    broken = Leaf("llm.model", Sort.STRING, Operator.EQ, "broken")
    with pytest.raises(Untold, match="unexpected token"), CEDAR.start(written(CEDAR, [broken], [])):
        pass


def test_cedar_itself_agrees() -> None:
    pytest.importorskip("cedarpy")
    rules = written(CEDAR, told.RULES, told.FACTS)
    with CEDAR.start(rules) as ready:
        answers = [ready.ask(ready.question(plain(facts, rules.fractions))) for facts in told.FACTS]
    assert answers == list(told.MATCHING)
