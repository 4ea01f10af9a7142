"""Rules as Casbin's lines of a policy, facts as attributes, and what Casbin would misread."""

import sys
from types import ModuleType

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.casbin import CASBIN
from yett.adapters.peers.peer import Untold, Written, plain, written
from yett.policy.expression import Expression, Leaf, Operator
from yett.policy.values import Sort

FRACTIONS = frozenset({"llm.cost"})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (told.BOTH, '(r.team.tier == "free" and r.llm.cost > 1.5)'),
        (told.NEVER, 'not ((r.team.tier == "free" or "admin" in r.user.roles))'),
        (told.FEW, "(1 <= r.llm.tokens and r.llm.tokens <= 9)"),
        (told.FIRST, 'r.llm.model.startswith("m")'),
        (told.LAST, 'r.llm.model.endswith("1")'),
        (told.EITHER, '"a" in r.metadata.x'),
        (told.NEAR, '(ipMatch(r.client.ip, "10.0.0.0/8") or ipMatch(r.client.ip, "fd00::/8"))'),
        (Leaf("llm.local", Sort.BOOLEAN, Operator.EQ, True), "r.llm.local == True"),
    ],
)
def test_casbin_says_conditions(condition: Expression, text: str) -> None:
    assert CASBIN.write(condition, FRACTIONS) == text


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (told.SHAPE, "nothing for `matches`"),
        (told.THERE, "nothing for `exists`"),
        (told.SECRET, "no way to a name such as `a-b`"),
        *((Leaf("llm.model", Sort.STRING, Operator.EQ, each), "misreads") for each in ("r.x", "p2.x", '"', "\\", "\n")),
    ],
)
def test_what_casbin_cannot_say_has_a_reason(condition: Expression, why: str) -> None:
    with pytest.raises(Untold, match=why):
        CASBIN.write(condition, FRACTIONS)


class Invalid(Exception):
    """As simpleeval's."""


class Model:
    """As much of a model as is asked of it."""

    def load_model_from_text(self, text: str) -> None:
        assert "\nr = llm, user\n" in text


class Enforcer:
    """As much of an enforcer as is asked of it: Python's own `eval` reads the lines."""

    def __init__(self, _: Model) -> None:
        self.rules: list[str] = []

    def add_policy(self, rule: str) -> None:
        self.rules.append(rule.replace("r.llm", "llm").replace("r.user", "user"))

    def enforce(self, llm: object, user: object) -> bool:
        if user is None:
            raise Invalid("attribute does not exist")
        return any(eval(rule, {"llm": llm, "user": user}) for rule in self.rules)


@pytest.fixture
def casbin(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (
        ("casbin", {"Model": Model, "Enforcer": Enforcer}),
        ("simpleeval", {"InvalidExpression": Invalid}),
    ):
        library = ModuleType(name)
        library.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, library)


@pytest.mark.usefixtures("casbin")
@pytest.mark.parametrize(
    ("facts", "matches"),
    [
        ({"user": {"roles": ["admin"]}, "llm": {"model": "m9"}}, True),
        ({"user": {"roles": []}, "llm": {"model": "m1"}, "more": 1}, True),
        ({"user": {"roles": []}, "llm": {"model": "m9"}}, False),
        ({"user": {}, "llm": {"model": "m9"}}, False),
        ({"llm": {"model": "m1"}}, False),
    ],
)
def test_casbin_tells_whether_a_rule_matches(facts: dict[str, object], matches: bool) -> None:
    with CASBIN.start(written(CASBIN, [told.ROLE, told.LISTED], [])) as ready:
        assert ready.ask(ready.question(facts)) is matches


@pytest.mark.usefixtures("casbin")
def test_rules_name_what_they_are_asked_with() -> None:
    with CASBIN.start(Written({0: "r.llm.x and r.user.y"}, {})) as ready:
        assert len(ready.question({})) == 2  # type: ignore[arg-type]


def test_casbin_itself_agrees() -> None:
    pytest.importorskip("casbin")
    rules = written(CASBIN, told.RULES, told.FACTS)
    with CASBIN.start(rules) as ready:
        answers = [ready.ask(ready.question(plain(facts, rules.fractions))) for facts in told.FACTS]
    assert answers == [bool(each) for each in told.MATCHING]
