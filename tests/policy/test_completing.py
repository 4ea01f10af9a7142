"""What may be written at a place is what the reader's tables say, and what stands there is explained by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_cursor import HEAD, TEXTS, at_bar
from yett.model.decision import Effect
from yett.model.obligation import Transform
from yett.model.stage import Stage
from yett.policy.actions import ACTION_KEYS, OBLIGATIONS
from yett.policy.completing import choices, explained
from yett.policy.conditions import CONDITION_KEYS
from yett.policy.documents import Status
from yett.policy.expression import Operator
from yett.policy.reading import CASE_KEYS, DOCUMENT_KEYS, EXPECT_KEYS, METADATA_KEYS, RULE_KEYS
from yett.policy.schema import ORIGINS, known_fields
from yett.policy.suites import SUITE_KEYS, TEST_KEYS, WHERE

ACTION = f"{HEAD}    action:\n      "
OBLIGATION = f"{ACTION}obligations:\n        - "
REDACT, DROP = (next(keys for kind, (keys, _, _) in OBLIGATIONS.items() if kind == name) for name in ("redact", "drop"))
LLM = tuple(name.removeprefix("llm.") for name in known_fields() if name.startswith("llm."))


def offered(text: str, *, suite: bool = False) -> tuple[str, ...]:
    return tuple(choice.text for choice in choices(*at_bar(text), suite=suite)[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", DOCUMENT_KEYS),
        ("rules: []\n|", [key for key in DOCUMENT_KEYS if key != "rules"]),
        ("apiVersion: wrong\nr|", DOCUMENT_KEYS[1:]),
        ("metadata: {na|}", METADATA_KEYS),
        (f"{HEAD}    |\n", [key for key in RULE_KEYS if key != "id"]),
        (f"{HEAD}    condition: {{|}}\n", CONDITION_KEYS),
        (f"{HEAD}    not:\n      |\n", CONDITION_KEYS),
        (f"{HEAD}    all:\n      - any:\n        - |\n", CONDITION_KEYS),
        (f"{HEAD}    condition: {{operator: |}}\n", Operator),
        (f"{HEAD}    condition: {{operator: gt, field: llm.|}}\n", known_fields()),
        (f"{HEAD}    any: [{{field: te|, operator: eq}}]\n", known_fields()),
        (f"{HEAD}    when: llm.model == 'x' && te|\n", known_fields()),
        (f"{HEAD}    when: |\n", known_fields()),
        (f"{HEAD}    stages: [request, |]\n", Stage),
        (f"{HEAD}    on_missing: |\n", ("match", "skip")),
        (f"{HEAD}    enabled: |\n", ("true", "false")),
        (f"{ACTION}|\n", ACTION_KEYS),
        (f"{ACTION}decision: |\n", Effect),
        (f"{ACTION}decision: den|y # why\n", Effect),
        (f"{ACTION}reason: a wo|rd\n", ()),
        (f"{OBLIGATION}type: |\n", OBLIGATIONS),
        (f"{OBLIGATION}type: redact\n          |\n", REDACT),
        (f"{OBLIGATION}type: drop\n          |\n", DROP),
        (f"{OBLIGATION}{{|, type: drop}}\n", DROP),
        (f"{OBLIGATION}type: redact\n          how: |\n", Transform),
        (f"{OBLIGATION}type: redact\n          origins: [|]\n", ORIGINS),
        ("status: |", Status),
        ("tests:\n  - |\n", CASE_KEYS),
        ("tests:\n  - expect: {|}\n", EXPECT_KEYS),
        ("tests:\n  - given:\n      |\n", known_fields()),
        ("tests:\n  - given: {llm: {mo|}}\n", LLM),
        ("tests:\n  - given: {llm.model: |}\n", ()),
    ],
)
def test_what_may_be_written_is_what_the_reader_takes(text: str, expected: object) -> None:
    assert offered(text) == tuple(map(str, expected))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", SUITE_KEYS),
        ("tests:\n  - |\n", TEST_KEYS),
        ("tests:\n  - expect:\n      |\n", EXPECT_KEYS),
        ("tests:\n  - expect:\n      - |\n", (*EXPECT_KEYS, WHERE)),
        ("tests:\n  - expect: [{effect: |}]\n", Effect),
        ("fixtures:\n  free:\n    |\n", known_fields()),
        ("fixtures:\n  free:\n    llm: {|}\n", LLM),
        ("fixtures:\n  |\n", ()),
        ("tests:\n  - given: {te|}\n", known_fields()),
    ],
)
def test_a_suite_has_keys_of_its_own(text: str, expected: object) -> None:
    assert offered(text, suite=True) == tuple(map(str, expected))  # type: ignore[call-overload]


def test_kinds_are_offered_with_what_they_are() -> None:
    found = choices(*at_bar(f"{OBLIGATION}type: redact\n          kinds: [pii.|]\n"))[1]
    assert ("pii.email", "value", "An e-mail address.") in found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("|", "key"),
        ("status: |", "value"),
        (f"{HEAD}    when: |\n", "field"),
        (f"{HEAD}    condition: {{field: |}}\n", "field"),
        ("tests:\n  - given: {|}\n", "fact"),
    ],
)
def test_what_is_offered_says_what_it_is(text: str, kind: str) -> None:
    assert {choice.kind for choice in choices(*at_bar(text))[1]} == {kind}


def test_only_the_word_is_to_be_replaced() -> None:
    text = f"{HEAD}    condition: {{field: llm.mo|del, operator: eq}}\n"
    found = choices(*at_bar(text))[0]
    assert text.replace("|", "")[found.start : found.end] == "llm.model"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{HEAD}    condition: {{field: llm.estimated|Cost, operator: gt}}\n", "`llm.estimatedCost`: number, counted in US"),
        (f"{HEAD}    condition: {{field: user.colou|r, operator: eq}}\n", "`user.colour`: any."),
        (f"{HEAD}    when: llm.model == 'x' && te|am.tier == 'y'\n", "`team.tier`: string."),
        (f"{HEAD}    when: team.name.cont|ains('x')\n", "`team.name`: string."),
        (f"{HEAD}    condition: {{field: llm.model, operator: not_i|n}}\n", "The field is none of the values."),
        (f"{ACTION}decision: de|ny\n", "It may not pass."),
        (f"{ACTION}deci|sion: deny\n", "one of `allow`"),
        (f"{OBLIGATION}type: redac|t\n", "Rewrite what was found"),
        (f"{OBLIGATION}type: redact\n          kin|ds: [pii]\n", "a list"),
        ("tests:\n  - given: {llm: {maxTo|kens: 5}}\n", "`llm.maxTokens`: number, counted in tokens."),
        (f"{HEAD}    wh|en: x\n", "a line of CEL"),
        ("rul|es: []", "a list"),
    ],
)  # fmt: skip
def test_a_word_is_explained(text: str, told: str) -> None:
    assert explained(*at_bar(text))[1].startswith(told)


@pytest.mark.parametrize(
    "text",
    [
        f"{ACTION}reason: an allow| in prose\n",
        f"{HEAD}    condition: {{field: no.such.fie|ld}}\n",
        "no|thing: 1",
        "metadata: {id: den|y}",
        "rules: [] | ",
    ],
)
def test_of_other_words_nothing_is_said(text: str) -> None:
    assert explained(*at_bar(text))[1] == ""


@given(TEXTS, st.integers(0, 200), st.booleans())
def test_half_written_texts_are_answered(text: str, offset: int, suite: bool) -> None:
    offset = min(offset, len(text))
    cursor, found = choices(text, offset, suite=suite)
    assert len({choice.text for choice in found}) == len(found)
    assert explained(text, offset, suite=suite)[0] == cursor
