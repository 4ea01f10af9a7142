"""Coverage says what tests have seen of each condition, and whether it decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy import coverage
from yett.policy.cases import try_documents
from yett.policy.coverage import Covered, cover, joined, share
from yett.policy.expression import And, Expression, Leaf, Not, Operator, Or, literals
from yett.policy.interpreter import judge, lookup, truth
from yett.policy.parser import PolicyParser
from yett.policy.values import Sort

LEAVES = [Leaf(f"metadata.{name}", Sort.ANY, Operator.EQ, True) for name in "abc"]
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)
FACTS = st.dictionaries(st.sampled_from("abc"), st.booleans())


def covered(rule: str, *cases: str) -> tuple[Covered, ...]:
    tests = "".join(f"\n  - {{given: {{{case}}}, expect: {{allowed: true}}}}" for case in cases)
    text = f"metadata: {{id: p}}\nrules:\n  - {{id: r, {rule}, action: {{decision: warn}}}}\ntests:{tests}\n"
    document = PolicyParser().parse_yaml(text if cases else text.removesuffix("tests:\n"))
    trial = try_documents("p", [document], document.cases)
    return cover(trial.program.clauses, trial.posed, trial.program.text_tests)


BOTH = "when: 'team.tier == \"free\" && llm.maxTokens > 10'"


@pytest.mark.parametrize(
    ("cases", "missing"),
    [
        ((), [("never true", "never false", "never decides")] * 2),
        (("team.tier: free, llm.maxTokens: 11",), [("never false",)] * 2),
        (("team.tier: free, llm.maxTokens: 11", "team.tier: paid, llm.maxTokens: 10"), [(), ()]),
        # Both are false, so that neither alone would have changed anything.
        (("team.tier: paid, llm.maxTokens: 10",), [("never true", "never decides")] * 2),
        # What is unknown is neither true nor false.
        (("llm.maxTokens: 11",), [("never true", "never false", "never decides"), ("never false",)]),
    ],
)  # fmt: skip
def test_a_condition_is_to_be_seen_true_and_false_and_deciding(cases: tuple[str, ...], missing: list[object]) -> None:
    assert [each.missing for each in covered(BOTH, *cases)] == missing


def test_a_rule_without_conditions_is_covered_when_it_is_asked() -> None:
    assert [each.missing for each in covered("stages: [request]")] == [("never asked",)]
    assert [each.missing for each in covered("stages: [request]", "team.tier: x")] == [()]


def test_a_text_is_told_by_what_is_asked_of_it() -> None:
    (each,) = covered("when: 'llm.prompt.contains(\"bomb\")'", "llm.prompt: a bomb")
    assert (each.words, each.missing) == ("`llm.prompt` contains `bomb`", ("never false",))


def test_the_share_counts_goals_and_is_whole_where_there_are_none() -> None:
    assert share(()) == 1.0
    assert share(covered(BOTH, "team.tier: free, llm.maxTokens: 11")) == pytest.approx(4 / 6)


def test_what_was_seen_in_several_places_is_put_together() -> None:
    one = Covered("p", "r", "w", true=True, false=False, deciding=False)
    other = Covered("p", "r", "w", true=False, false=True, deciding=False)
    assert joined([one, other]) == (Covered("p", "r", "w", true=True, false=True, deciding=False),)


def told_like_the_interpreter(expression: Expression, facts: dict[str, bool]) -> bool:
    known = {"metadata": facts}

    def look(field: str) -> object:
        return lookup(known, field)

    row = [judge(literal, look(literal.field)) for literal in literals(expression)]
    return coverage._truth(expression, iter(row)) is truth(expression, look)


@given(EXPRESSIONS, FACTS)
def test_conditions_mean_what_the_interpreter_says(expression: Expression, facts: dict[str, bool]) -> None:
    assert told_like_the_interpreter(expression, facts)


def test_a_reading_that_stops_early_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of a group must all be read, or the truths slip by one."""

    def short(expression: Expression, truths: object) -> bool | None:
        match expression:
            case And(parts):
                return all(short(part, truths) for part in parts)
            case Or(parts):
                return any(short(part, truths) for part in parts)
            case Not(part):
                return not short(part, truths)
            case _:
                return next(truths)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(coverage, "_truth", short)
    slipping = Or((And((LEAVES[0], LEAVES[1])), LEAVES[2]))
    assert not told_like_the_interpreter(slipping, {"a": False, "b": True, "c": False})
