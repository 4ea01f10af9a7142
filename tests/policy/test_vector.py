"""The facts that a policy read, in a form that a record may hold, and back."""

import hashlib
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.obligation import Notify, Redact, Transform
from yett.model.unknown import Unknown
from yett.policy.interpreter import lookup
from yett.policy.values import Sort, read
from yett.policy.vector import VectorFacts, Vectors, redactions_told

SCALARS = st.one_of(
    st.text(max_size=5), st.booleans(), st.integers(), st.floats(), st.decimals(allow_nan=False, places=3), st.none()
)
RAW = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.sampled_from(Unknown), st.just(object()))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def written(name: str, raw: object) -> object:
    head, _, last = name.partition(".")
    vector = Vectors(digest).of(frozenset({name}), {head: {last: raw}}, {})
    return orjson.loads(orjson.dumps(vector))[name]


@given(RAW)
def test_a_fact_is_read_back_as_policy_would_read_it(raw: object) -> None:
    facts = VectorFacts({"usage.own": written("usage.own", raw)})
    back = lookup(facts.known, "usage.own")
    assert read(back, Sort.ANY) == read(raw, Sort.ANY)
    assert (back is Unknown.MISSING) is (raw is None or raw is Unknown.MISSING)
    assert (back is Unknown.UNAVAILABLE) is (raw is Unknown.UNAVAILABLE)


@given(SCALARS, SCALARS)
def test_of_what_is_sensitive_equality_is_kept_and_nothing_else(left: object, right: object) -> None:
    one, other = read(left, Sort.ANY), read(right, Sort.ANY)
    if one is None or other is None:
        return
    same = type(one) is type(other) or {type(one), type(other)} <= {int, float, Decimal}
    assert (written("metadata.x", left) == written("metadata.x", right)) is (same and one == other)
    assert len(str(written("metadata.x", left))) == 64


def test_what_was_computed_is_kept_and_what_was_not_is_not() -> None:
    reads = frozenset({"team.tier", "pii.count", "pii.types"})
    vector = Vectors(digest).of(reads, {"team": {"tier": "free"}}, {"pii.types": ("email",)})
    assert vector == {"*": 1, "team.tier": "free", "pii.types": ["email"]}


def test_what_is_usual_to_ask_about_is_kept_though_no_rule_reads_it() -> None:
    known = {
        "llm": {"model": "m", "promptLength": 7},
        "team": {"name": None},
        "user": {"email": "a@b.c"},
        "tool": {"names": ["x"] * 17},
    }
    vector = Vectors(digest).of(frozenset(), known, {})
    assert vector == {"*": 1, "llm.model": "m", "llm.promptLength": 7, "tool.names": {"no": "record"}}
    facts = VectorFacts(vector)
    assert facts.known == {"llm": {"model": "m", "promptLength": 7}}
    assert facts.gap(("llm.model", "team.name", "team.tier"), ()) == ""
    assert [facts.gap((name,), ()) for name in ("user.email", "metadata.x", "tool.names")] == [
        "user.email",
        "metadata.x",
        "tool.names",
    ]


def test_another_edition_of_the_usual_facts_promises_nothing() -> None:
    assert VectorFacts({"*": 2, "llm.model": "m"}).gap(("llm.model", "team.name"), ()) == "team.name"


def test_facts_are_whole_only_when_everything_costly_was_found_out() -> None:
    vector = {"pii.types": ["email"], "llm.model": "m"}
    assert VectorFacts(vector, ["pii.count"]).whole(("pii.types", "pii.count")) == {
        "llm": {"model": "m"},
        "pii": {"types": ("email",), "count": 0},
    }
    assert VectorFacts(vector, ["*"]).whole(("pii.types", "injection.score")) is not None
    assert VectorFacts(vector, ["pii.count"]).whole(("injection.score",)) is None


@pytest.mark.parametrize("name", ["user.own", "metadata.any", "context.sources", "tool.names", "project.own"])
def test_what_may_tell_of_a_person_is_hidden(name: str) -> None:
    assert "canary" not in str(written(name, "canary"))
    assert written(name, ["canary"]) == [digest("string\0canary")]


def test_a_fact_of_the_wrong_sort_has_no_value_behind_its_digest_either() -> None:
    assert written("user.id", 5) == {"no": "value"}
    assert written("user.id", "5") == digest("string\0005")


def test_where_nothing_was_found_every_count_of_findings_is_known_and_texts_are_not() -> None:
    facts = VectorFacts({}, ["*"])
    assert (facts.demand("pii.count"), facts.demand("injection.score"), facts.lacking) == (0, 0.0, "")
    assert facts.quiet(("pii.count",))
    assert not facts.quiet(("text.a1",))
    assert (facts.demand("text.a1"), facts.lacking) == (Unknown.UNAVAILABLE, "text.a1")


@pytest.mark.parametrize(("name", "raw"), [("team.tier", "\ud800"), ("usage.own", ["a", "\ud800"])])
def test_a_text_that_json_cannot_hold_is_lacking_and_not_guessed(name: str, raw: object) -> None:
    facts = VectorFacts({name: written(name, raw)})
    assert facts.gap([name], []) == name


def test_redactions_are_told_in_few_words() -> None:
    redacts = (
        Redact("pii.email", Transform.MASK, origins=frozenset({"user", "tool"})),
        Redact("secret"),
        Notify("warning"),
    )
    assert redactions_told(redacts) == ("pii.email mask from tool,user", "secret mask")
