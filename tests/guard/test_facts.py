"""Policy sees what is known and what was found, by whom it was written, and never any text."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.complexity import PARTS
from yett.guard.facts import EVERYTHING, FAMILY_OF, InteractionFacts, known_facts
from yett.model.finding import Finding
from yett.model.interaction import Interaction
from yett.model.kinds import FAMILIES
from yett.model.principal import Principal
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.schema import known_fields, nothing_found
from yett.ports.decider import TextTest

ANN = Principal("acme", "ann", frozenset({"dev", "admin"}), attributes={"team.tier": "free", "user.email": "a@b"})


class Evidence:
    """Findings that were made up; it notes what it is asked to look for."""

    def __init__(self, findings: Sequence[Finding] = (), failed: AbstractSet[str] = frozenset()) -> None:
        self.findings = findings
        self.failed = failed
        self.segments = (Segment("/0", Origin.USER, "x" * 41),)
        self.looked: set[str] = set()
        self.cheaply = True

    def look_for(self, families: frozenset[str]) -> None:
        self.looked |= families

    def nothing_in(self, families: frozenset[str]) -> bool:
        self.looked |= families
        return not self.findings and not self.failed

    def cheap(self, families: frozenset[str]) -> bool:
        return self.cheaply

    def unavailable(self, wanted: str) -> bool:
        return wanted in self.failed


def a_finding(kind: str, origin: Origin = Origin.USER, score: float = 0.5, rule: str = "", path: str = "/0") -> Finding:
    return Finding(Span(path, 0, 1), origin, kind, score, "toy", rule)


def facts_of(evidence: Evidence, known: dict[str, object] | None = None, *tests: TextTest) -> InteractionFacts:
    interaction = Interaction(Stage.REQUEST, (), ANN, known or {})
    return InteractionFacts(interaction, evidence, {test.id: test for test in tests})


def demanded(field: str, *findings: Finding, failed: AbstractSet[str] = frozenset()) -> object:
    value = facts_of(Evidence(findings, failed)).demand(field)
    return list(value) if isinstance(value, tuple) else value


MAIL = a_finding("pii.email", score=0.9, rule="mail")
CARD = a_finding("pii.credit_card", Origin.MODEL, 0.6, "card")
KEY = a_finding("secret.aws", Origin.TOOL)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pii.found", True),
        ("pii.score", 0.9),
        ("pii.types", ["credit_card", "email"]),
        ("pii.rules", ["card", "mail"]),
        ("pii.count", 2),
        ("pii.user.score", 0.9),
        ("pii.model.score", 0.6),
        ("pii.model.types", ["credit_card"]),
        ("pii.document.found", False),
        ("pii.document.score", 0.0),
        ("secrets.types", ["aws"]),
        ("secrets.rules", []),
        ("secrets.tool.count", 1),
        ("content.found", False),
        ("content.types", []),
        ("detector.found", False),
        ("llm.containsPII", True),
        ("llm.piiTypes", ["credit_card", "email"]),
        ("llm.estimatedTokens", Unknown.MISSING),
        ("pii.nonsense", Unknown.MISSING),
        ("content.nonsense", Unknown.MISSING),
        ("nonsense.found", Unknown.MISSING),
    ],
)
def test_a_fact_is_drawn_from_findings(field: str, value: object) -> None:
    assert demanded(field, MAIL, CARD, KEY) == value


@pytest.mark.parametrize("family", ["injection", "command"])
@pytest.mark.parametrize("origin", list(Origin))
def test_the_operator_is_not_accused_of_giving_orders(family: str, origin: Origin) -> None:
    accused = origin not in {Origin.OPERATOR, Origin.DEFINITION}
    finding = a_finding(f"{family}.override", origin, 1.0, path="/function/arguments")
    assert demanded(f"{family}.found", finding) is accused
    assert demanded(f"{family}.score", finding) == float(accused)
    assert (demanded("risk.score", finding) > 0) is accused
    assert demanded(f"{family}.{origin}.found", finding) is True


@pytest.mark.parametrize(
    ("path", "score"),
    [
        ("/choices/0/message/content", 0.0),
        ("/choices/0/message/tool_calls/0/function/arguments", 0.9),
        ("/choices/0/message/tool_calls/0/function/arguments#/command", 0.9),
    ],
)
def test_a_model_may_speak_of_commands_but_not_call_tools_with_them(path: str, score: float) -> None:
    found = a_finding("command.shell", Origin.MODEL, 0.9, path=path)
    assert demanded("command.model.score", found) == score
    assert demanded("command.score", found) == score
    assert (demanded("risk.score", found) > 0) is (score > 0)


@pytest.mark.parametrize("origin", [Origin.OPERATOR, Origin.DEFINITION])
def test_what_the_operator_gives_away_counts(origin: Origin) -> None:
    assert demanded("secrets.found", a_finding("secret.aws", origin)) is True


@pytest.mark.parametrize("name", sorted(set(FAMILY_OF) - {"detector"}))
def test_what_nobody_could_look_for_is_unavailable_and_never_nothing(name: str) -> None:
    failed = {FAMILY_OF[name]}
    for attribute in ("found", "score", "types", "rules", "count", "user.found"):
        assert demanded(f"{name}.{attribute}", failed=failed) is Unknown.UNAVAILABLE
    assert demanded("risk.score", failed=failed) is Unknown.UNAVAILABLE
    pii = Unknown.UNAVAILABLE if name == "pii" else False
    assert demanded("llm.containsPII", failed=failed) is pii


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("risk.pii", 0.27),
        ("risk.secrets", 0.0),
        ("risk.detector", Unknown.MISSING),
        ("response.appropriateness", 0.64),
    ],
)
def test_a_risk_is_told_by_its_parts(field: str, value: object) -> None:
    found = a_finding("pii.email", Origin.MODEL, 0.9)
    assert demanded(field, found) == (pytest.approx(value) if isinstance(value, float) else value)
    assert demanded(field, found, failed={"pii"}) is Unknown.UNAVAILABLE or "pii" not in field


@pytest.mark.parametrize(
    ("recent", "value"),
    [(None, 0.27), (0.0, 0.27), (1, 0.4671), (1.0, 0.4671), (7.0, 0.4671), (-1.0, 0.27), ("grave", None), (True, None)],
)
def test_a_recent_risk_raises_the_contextual_one(recent: object, value: float | None) -> None:
    attributes = {} if recent is None else {"user.recentRisk": recent}
    interaction = Interaction(Stage.REQUEST, (), Principal("acme", "ann", attributes=attributes))
    told = InteractionFacts(interaction, Evidence([a_finding("pii.email", score=0.9)]), {}).demand("risk.contextual")
    assert told == (Unknown.UNAVAILABLE if value is None else pytest.approx(value))
    blind = InteractionFacts(interaction, Evidence(failed={"pii"}), {}).demand("risk.contextual")
    assert blind is Unknown.UNAVAILABLE


def test_the_complexity_of_texts_is_a_fact() -> None:
    look = Evidence()
    look.segments = (Segment("", Origin.USER, "[" * 64),)
    assert facts_of(look).demand("complexity.nesting") == 1.0
    assert facts_of(look).demand("complexity.score") >= 0.8  # type: ignore[operator]
    assert facts_of(look).demand("complexity.shoes") is Unknown.MISSING
    assert look.looked == set()


def test_every_part_of_complexity_is_a_field() -> None:
    assert {name for name in known_fields() if name.startswith("complexity.")} == {
        f"complexity.{name}" for name in ("score", *PARTS)
    }


def test_failures_are_facts_of_their_own() -> None:
    broken = a_finding("detector.unavailable", score=1.0)
    assert demanded("detector.found", broken, failed={"pii"}) is True
    assert demanded("detector.types", broken, failed={"pii"}) == ["unavailable"]


@pytest.mark.parametrize(
    ("field", "families"),
    [
        ("pii.found", {"pii"}),
        ("secrets.score", {"secret"}),
        ("llm.piiTypes", {"pii"}),
        ("text.t1", {"text"}),
        ("user.id", set()),
        ("risk.score", set(FAMILY_OF.values())),
        ("detector.found", set(FAMILY_OF.values())),
    ],
)
def test_only_what_a_fact_needs_is_looked_for(field: str, families: set[str]) -> None:
    evidence = Evidence()
    facts_of(evidence).demand(field)
    assert evidence.looked == families


def test_every_family_of_kinds_has_facts() -> None:
    assert set(FAMILY_OF.values()) | {"text"} == set(FAMILIES)


@pytest.mark.parametrize(
    ("meant", "finding", "holds"),
    [
        ("llm.prompt", a_finding("text.t1", Origin.USER), True),
        ("llm.prompt", a_finding("text.t1", Origin.MODEL), False),
        ("context.text", a_finding("text.t1", Origin.DOCUMENT), True),
        ("response.text", a_finding("text.t1", Origin.MODEL), True),
        ("response.text", a_finding("text.t1", Origin.USER), False),
        ("tool.arguments", a_finding("text.t1", path="/tool_calls/0/function/arguments/x"), True),
        ("tool.arguments", a_finding("text.t1", path="/content"), False),
        ("llm.prompt", a_finding("text.t2", Origin.USER), False),
        ("llm.nonsense", a_finding("text.t1", Origin.USER), Unknown.UNAVAILABLE),
    ],
)
def test_a_condition_on_text_is_a_fact(meant: str, finding: Finding, holds: object) -> None:
    test = TextTest("t1", meant, "contains", "x")
    assert facts_of(Evidence([finding]), None, test).demand("text.t1") is holds


def test_a_condition_that_nobody_knows_or_answers_is_unavailable() -> None:
    test = TextTest("t1", "llm.prompt", "contains", "x")
    assert facts_of(Evidence(), None, test).demand("text.t2") is Unknown.UNAVAILABLE
    assert facts_of(Evidence(failed={"text"}), None, test).demand("text.t1") is Unknown.UNAVAILABLE


def test_what_is_known_is_nested_and_the_principal_cannot_be_overruled() -> None:
    claimed = {"user": {"id": "root", "roles": ["admin"]}, "team": {"id": "other"}, "llm": {"model": "m"}}
    assert known_facts(ANN, claimed) == {
        "llm": {"model": "m"},
        "user": {"id": "ann", "roles": ["admin", "dev"], "email": "a@b"},
        "team": {"id": "acme", "tier": "free"},
    }
    assert claimed["user"] == {"id": "root", "roles": ["admin"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("llm.model", "m"),
        ("team.tier", "free"),
        ("llm.nothing", Unknown.MISSING),
        ("llm.model.deeper", Unknown.MISSING),
        ("", Unknown.MISSING),
    ],
)
def test_what_is_known_can_be_demanded(field: str, value: object) -> None:
    assert facts_of(Evidence(), {"llm": {"model": "m"}}).demand(field) == value


def test_it_remembers_what_was_demanded() -> None:
    facts = facts_of(Evidence())
    facts.demand("pii.found")
    facts.demand("user.id")
    assert facts.demanded == ["pii.found", "user.id"]


FINDINGS = st.lists(
    st.builds(
        a_finding,
        st.sampled_from(["pii.email", "secret.aws", "injection.override", "size.length", "detector.unavailable"]),
        st.sampled_from(Origin),
        st.floats(0, 1),
    ),
    max_size=6,
)


@given(FINDINGS, FINDINGS, st.sampled_from(["found", "score", "count", "types", "user.score", "model.count"]))
def test_no_fact_falls_when_more_is_found(some: list[Finding], more: list[Finding], attribute: str) -> None:
    for name in ("pii", "secrets", "injection", "detector"):
        before, after = (demanded(f"{name}.{attribute}", *found) for found in (some, some + more))
        if isinstance(before, list):
            assert set(before) <= set(after)  # type: ignore[arg-type]
        else:
            assert before <= after  # type: ignore[operator]


def test_silence_is_looked_for_where_it_is_asked_about_if_looking_is_dear() -> None:
    cheap, dear = Evidence(), Evidence()
    dear.cheaply = False
    everything, something = facts_of(cheap), facts_of(dear)
    assert everything.quiet(("pii.found", "secrets.user.score"))
    assert something.quiet(("pii.found", "secrets.user.score"))
    assert dear.looked == {"pii", "secret"}
    assert dear.looked < cheap.looked
    assert (everything.demanded, something.demanded) == ([EVERYTHING], ["pii.found", "secrets.user.score"])


@pytest.mark.parametrize("evidence", [Evidence([MAIL]), Evidence(failed={"pii"})])
def test_there_is_no_silence_where_something_was_found_or_failed(evidence: Evidence) -> None:
    facts = facts_of(evidence)
    assert not facts.quiet(("secrets.found",))
    assert facts.demanded == []


@pytest.mark.parametrize("field", ["context.risk", "risk.contextual", "response.appropriateness", "text.strange"])
def test_a_fact_that_says_more_than_what_was_found_is_asked_for_by_itself(field: str) -> None:
    assert not facts_of(Evidence()).quiet(("pii.found", field))


def test_a_condition_on_text_that_holds_nowhere_is_silence() -> None:
    test = TextTest("a1", "llm.prompt", "contains", "x")
    assert facts_of(Evidence(), None, test).quiet(("pii.found", "text.a1"))


@pytest.mark.parametrize("name", known_fields())
def test_silence_is_what_asking_one_by_one_would_say(name: str) -> None:
    facts = facts_of(Evidence())
    if facts.quiet((name,)):
        assert facts_of(Evidence()).demand(name) == nothing_found(name)
