"""Rules in files: what is wrong is told, all at once, with its line and a cure."""

from importlib.resources import files

import pytest

from yett.detectors.rule import Rule
from yett.detectors.rules import PACKS, SHIPPED, expanded, expected, local, read, shipped, tried
from yett.model.errors import OperatorError
from yett.model.segment import Origin

GOOD = """
defaults: {origins: [user], keep: 2}
rules:
  - id: badge
    kind: pii.badge
    pattern: '\\bB-[0-9]{4}\\b'
    score: 0.8
    context: {words: [badge], change: 0.1, window: 20}
    examples: {true: ['B-1234', 'B-{digit*4}'], false: [B-12]}
"""


def rule(**changes: str) -> str:
    fields = {
        "id": "badge",
        "kind": "pii.badge",
        "pattern": r"'\bB-[0-9]{4}\b'",
        "score": "0.8",
        "examples": "{true: ['B-1234'], false: ['B-12']}",
    }
    fields |= changes
    return "  - " + "\n    ".join(f"{key}: {value}" for key, value in fields.items() if value) + "\n"


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(OperatorError) as caught:
        read(text, "mine.yaml")
    return [(problem.place.line, problem.code) for problem in caught.value.problems]


def test_a_rule_is_read_with_its_defaults() -> None:
    (badge,) = read(GOOD, "mine.yaml")
    assert (badge.id, badge.keep, badge.origins, badge.context.window) == ("badge", 2, {Origin.USER}, 20)


FILES = (*SHIPPED, *(f"personal_{pack}" for pack in PACKS))


@pytest.mark.parametrize("name", FILES)
def test_what_is_shipped_sees_its_examples(name: str) -> None:
    text = files("yett.detectors").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    assert read(text, f"{name}.yaml") == shipped(name)


def test_every_file_of_rules_is_known() -> None:
    data = files("yett.detectors").joinpath("data")
    assert {entry.name for entry in data.iterdir() if entry.name.endswith(".yaml")} == {
        f"{name}.yaml" for name in FILES
    }


def test_there_are_enough_rules() -> None:
    assert len({each.kind for each in shipped("secrets")}) >= 150
    assert len(shipped("injection")) >= 60


def test_shipped_rules_have_names_of_their_own() -> None:
    names = [each.id for name in FILES for each in shipped(name)]
    assert len(names) == len(set(names))


def test_orders_are_not_looked_for_in_answers() -> None:
    for name in ("injection", "injection_languages"):
        assert all(each.origins and Origin.MODEL not in each.origins for each in shipped(name))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": ""}, "wrong-type"),
        ({"kind": "pii.emial.x"}, None),
        ({"kind": "injektion.override"}, "unknown-kind"),
        ({"kind": "pii."}, "unknown-kind"),
        ({"pattern": "'('"}, "bad-pattern"),
        ({"pattern": "a*"}, "bad-pattern"),
        ({"pattern": "^B-[0-9]{4}"}, "bad-pattern"),
        ({"pattern": "'B.*-(1)'"}, "bad-pattern"),
        ({"score": "2"}, "wrong-type"),
        ({"score": "true"}, "wrong-type"),
        ({"keep": "-1"}, "wrong-type"),
        ({"origins": "[users]"}, "unknown-origin"),
        ({"origins": "user"}, "wrong-type"),
        ({"validator": "lun"}, "unknown-validator"),
        ({"patern": "x"}, "unknown-field"),
        ({"zzz": "x"}, "unknown-field"),
        ({"context": "[a]"}, "wrong-type"),
        ({"context": "{word: [a]}"}, "unknown-field"),
        ({"context": "{window: 999}"}, "wrong-type"),
        ({"context": "{change: much}"}, "wrong-type"),
        ({"examples": ""}, "no-examples"),
        ({"examples": "{true: [], false: [x]}"}, "no-examples"),
        ({"examples": "{true: [nothing], false: [x]}"}, "failed-example"),
        ({"examples": "{true: ['B-1234'], false: ['B-4321']}"}, "failed-example"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(changes: dict[str, str], code: str | None) -> None:
    text = "rules:\n" + rule(**changes)
    if code is None:
        assert read(text, "mine.yaml")
    else:
        assert problems(text) == [(2, code)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rules: [", "bad-yaml"),
        ("", "no-rules"),
        ("rules: 1", "no-rules"),
        ("[]", "no-rules"),
        ("rules: []\nrulez: 1", "unknown-field"),
        ("rules: [1]", "wrong-type"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(text: str, code: str) -> None:
    assert [found for _, found in problems(text)] == [code]


def test_all_problems_come_at_once() -> None:
    text = "rules:\n" + rule(score="7") + rule() + rule() + rule(id="other", pattern="'['")
    assert problems(text) == [(2, "wrong-type"), (12, "duplicate-rule"), (17, "bad-pattern")]


def test_a_cure_is_offered() -> None:
    with pytest.raises(OperatorError, match="did you mean `pattern`"):
        read("rules:\n" + rule(patern="x"), "mine.yaml")


def test_fillings_are_the_same_every_time_and_of_their_alphabet() -> None:
    assert expanded("{hex*8}-{digit*3}") == expanded("{hex*8}-{digit*3}")
    assert set(expanded("{hex*400}")) == set("0123456789abcdef")
    assert len(expanded("{alnum*36}")) == 36


@pytest.mark.parametrize(
    ("pattern", "is_local"),
    [
        ("a", True),
        ("^a", False),
        (r"a\z", False),
        ("a$", False),
        ("(?m:^)a(?m:$)", True),
        ("(?m)^a", True),
        (r"\Qa\E", False),
        ("(?:a|^b)+", False),
    ],
)
def test_patterns_that_ask_for_the_ends_of_a_text_are_not_local(pattern: str, is_local: bool) -> None:
    assert local(pattern) is is_local


def test_examples_of_a_family_may_be_claimed_by_any_of_its_rules() -> None:
    rules = (Rule("a", "content.x", "aa", 0.9), Rule("b", "content.x", "bb", 0.9))
    expected(rules, {True: ["aa", "bb"], False: ["ab"]})
    expected(rules, None)
    with pytest.raises(ValueError, match="failed-example"):
        expected(rules, {True: ["ab"], False: ["x"]})
    with pytest.raises(ValueError, match="failed-example"):
        expected(rules, {True: ["aa"], False: ["xbbx"]})


def test_a_rule_that_sees_its_examples_is_returned() -> None:
    mine = Rule("a", "content.x", "aa", 0.9, true=("aa",), false=("a",))
    assert tried(mine) is mine
