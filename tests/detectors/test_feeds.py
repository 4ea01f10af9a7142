"""Feeds: read, written and tried; what is wrong with one refuses all of it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.feeds import Feed, canonical, read_draft, read_feed, rules_in, written
from yett.model.errors import OperatorError

RULE: dict[str, object] = {
    "id": "moonrise",
    "kind": "injection.persona",
    "score": 0.9,
    "pattern": "(?i)moonrise protocol",
    "origins": ["user"],
    "examples": {"true": ["Moonrise Protocol"], "false": ["the moon rises"]},
}
FEED = Feed("acme", 3, "2026-01-31", (RULE,), "aa" * 32, "bb" * 64)
DRAFT = r"""
format: yett-feed/1
name: acme
version: 3
issued: 2026-01-31
rules:
  - id: moonrise
    kind: injection.persona
    score: 0.9
    pattern: '(?i)moonrise protocol'
    origins: [user]
    examples: {true: [Moonrise Protocol], false: [the moon rises]}
"""


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(OperatorError) as caught:
        act()
    assert {problem.place.file for problem in caught.value.problems} == {"acme.json"}
    assert all(problem.hint for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def with_rules(*rules: dict[str, object]) -> Feed:
    return replace(FEED, rules=rules)


def test_what_was_written_is_read() -> None:
    assert read_feed(written(FEED), "acme.json") == FEED


def test_a_draft_in_yaml_is_the_feed_without_its_signature() -> None:
    unsigned = replace(FEED, signer="", signature="")
    assert read_draft(DRAFT, "acme.json") == read_draft(written(FEED), "acme.json") == unsigned


def test_the_canonical_form_is_the_one_that_is_documented() -> None:
    assert (
        canonical(Feed("a", 1, "2026-01-31", ({"b": 0.9, "a": "\u00e9\n"},), "cc"))
        == (
            '{"format":"yett-feed/1","issued":"2026-01-31","name":"a",'
            '"rules":[{"a":"\u00e9\\n","b":0.9}],"signer":"cc","version":1}'
        ).encode()
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab\u00e9\n"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(rules=st.lists(st.dictionaries(st.text("abc"), json_values, max_size=3), min_size=1, max_size=3))
def test_neither_order_nor_white_space_changes_the_canonical_form(rules: list[dict[str, object]]) -> None:
    feed = with_rules(*rules)
    form = json.loads(written(feed))
    other = json.dumps(dict(reversed(form.items())), indent=7)
    assert canonical(read_feed(other, "acme.json")) == canonical(feed)
    assert canonical(replace(feed, signature="")) == canonical(feed)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "acmf"},
        {"version": 4},
        {"issued": "2026-02-01"},
        {"signer": "ab" * 32},
        {"rules": ({**RULE, "score": 0.8},)},
        {"rules": (RULE, RULE)},
    ],
)
def test_everything_that_a_feed_says_is_signed(changed: dict[str, object]) -> None:
    assert canonical(replace(FEED, **changed)) != canonical(FEED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "yett-feed/2"},
        {"format": ["yett-feed/1"]},
        {"more": 1},
        {"name": ""},
        {"name": "Acme"},
        {"name": "a/b"},
        {"name": "a\n"},
        {"name": 1},
        {"version": 0},
        {"version": True},
        {"version": "3"},
        {"version": 3.0},
        {"issued": "yesterday"},
        {"issued": None},
        {"rules": []},
        {"rules": {}},
        {"rules": [1]},
        {"signer": 1},
        {"signature": None},
        {"rules": [{"id": "\ud800"}]},
    ],
)
def test_a_feed_of_another_shape_is_refused(changed: dict[str, object]) -> None:
    text = json.dumps(json.loads(written(FEED)) | changed)
    assert codes(lambda: read_feed(text, "acme.json")) == ["bad-feed"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "null",
        "[" * 100_000,
        *(written(FEED).replace("0.9", each) for each in ("NaN", "1e999", "9" * 5000)),
    ],
    ids=range(8),
)
def test_what_is_no_json_of_the_standard_is_refused(text: str) -> None:
    assert codes(lambda: read_feed(text, "acme.json")) == ["bad-feed"]


@pytest.mark.parametrize("text", ["", "rules: [", "&a [*a]", "format: !!python/name:os.system", "- 1"])
def test_a_draft_that_is_none_is_refused(text: str) -> None:
    assert codes(lambda: read_draft(text, "acme.json")) == ["bad-feed"]


def test_rules_bear_the_name_of_their_feed() -> None:
    (rule,) = rules_in(FEED, "acme.json")
    assert (rule.id, rule.kind, rule.true) == ("acme/moonrise", "injection.persona", ("Moonrise Protocol",))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"examples": {"true": ["the moon rises"], "false": ["x"]}}, "failed-example"),
        ({"examples": {"true": ["Moonrise Protocol"], "false": ["moonrise protocol"]}}, "failed-example"),
        ({"examples": {"true": ["Moonrise Protocol"]}}, "no-examples"),
        ({"examples": None}, "no-examples"),
        ({"examples": {"true": ["{alnum*x} {digit*99999999}"], "false": ["x"]}}, "failed-example"),
        ({"pattern": "a*"}, "bad-pattern"),
        ({"kind": "injection.unheard"}, "unknown-kind"),
        ({"kind": "pii.moon"}, "wrong-value"),
        ({"score": 7}, "wrong-type"),
        ({"patern": "x"}, "unknown-field"),
    ],
)
def test_a_rule_that_is_wrong_refuses_the_feed(changed: dict[str, object], code: str) -> None:
    feed = with_rules(RULE, {**RULE, "id": "other", **changed})
    assert codes(lambda: rules_in(feed, "acme.json")) == [code]


def test_all_that_is_wrong_comes_at_once_with_the_number_of_its_rule() -> None:
    feed = with_rules(RULE, {**RULE, "score": 0}, RULE)
    with pytest.raises(OperatorError) as caught:
        rules_in(feed, "acme.json")
    told = [(problem.code, problem.message.partition(":")[0]) for problem in caught.value.problems]
    assert told == [("wrong-type", "rule 2"), ("duplicate-rule", "rule 3")]
