"""Lifted conditions: the detector answers what the policy would, and streams wait no longer than they must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.lifted import TextTests
from yett.model.segment import Origin
from yett.policy.lifting import holds
from yett.ports.decider import TextTest

TEXTS = st.text("abc. \n(é", max_size=12)
VALUES = st.text("abc.(é", max_size=3)
PATTERNS = st.sampled_from(["a+b", "^a", "b$", "(a)(b)", "a*", r"\bc", "[^a]c", "(?i)AB", ".", r"\Qa.\E"])
TESTS = st.one_of(
    st.tuples(st.sampled_from(["contains", "starts_with", "ends_with", "eq"]), VALUES),
    st.tuples(st.just("in"), st.lists(VALUES, max_size=3).map(tuple)),
    st.tuples(st.just("matches"), PATTERNS),
).map(lambda pair: TextTest("t", "response.text", *pair))


def answers(detector: TextTests, text: str, origin: Origin = Origin.MODEL) -> bool:
    return any(match.kind == "text.t" for match in detector.detect(text, origin))


@given(TESTS, TEXTS)
def test_the_answer_is_the_one_that_policy_gives(test: TextTest, text: str) -> None:
    assert answers(TextTests([test]), text) == holds(test, text)


@pytest.mark.parametrize(("operator", "value"), [("contains", "a.c"), ("matches", "a+$")])
def test_a_wrong_answer_would_be_noticed(operator: str, value: str) -> None:
    wrong = TextTest("t", "response.text", "eq", value)
    assert answers(TextTests([wrong]), "xa.c\naa") != holds(TextTest("t", "response.text", operator, value), "xa.c\naa")


@given(TESTS, TEXTS, st.integers(0, 12))
def test_what_stands_before_hold_is_settled(test: TextTest, text: str, cut: int) -> None:
    detector = TextTests([test])
    hold = detector.hold(text[:cut], Origin.MODEL)
    before = [match for match in detector.detect(text[:cut], Origin.MODEL) if match.start < hold]
    base = max(0, hold - detector.look_behind)
    after = detector.detect(text[base:], Origin.MODEL, hold - base)
    moved = [match._replace(start=match.start + base, end=match.end + base) for match in after]
    assert before + moved == list(detector.detect(text, Origin.MODEL))


@pytest.mark.parametrize(
    ("operator", "value", "held"),
    [
        ("contains", "stop here", 5),
        ("matches", "stop +here", 5),
        ("starts_with", "a", 11),
        ("ends_with", "a", 11),
        ("matches", "^a", 11),
    ],
)
def test_how_much_of_an_answer_waits(operator: str, value: str, held: int) -> None:
    detector = TextTests([TextTest("t", "response.text", operator, value)])
    assert len("please stop") - detector.hold("please stop", Origin.MODEL) == (4 if held == 5 else held)


@pytest.mark.parametrize(
    ("field", "origin", "meant"),
    [
        ("llm.prompt", Origin.USER, True),
        ("llm.prompt", Origin.MODEL, False),
        ("response.text", Origin.MODEL, True),
        ("response.text", Origin.USER, False),
        ("context.text", Origin.DOCUMENT, True),
        ("context.text", Origin.USER, False),
        ("tool.arguments", Origin.MODEL, True),
    ],
)
def test_a_field_means_the_texts_of_some(field: str, origin: Origin, meant: bool) -> None:
    for operator in ("contains", "starts_with"):
        assert answers(TextTests([TextTest("t", field, operator, "a")]), "abc", origin) is meant


def test_tests_of_prompts_do_not_hold_answers() -> None:
    assert TextTests([TextTest("t", "llm.prompt", "eq", "a")]).hold("abc", Origin.MODEL) == 3


def test_the_revision_follows_from_the_tests() -> None:
    tests = [TextTest("t", "llm.prompt", "eq", value) for value in "ab"]
    assert TextTests(tests[:1]).revision != TextTests(tests[1:]).revision
