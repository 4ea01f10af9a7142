"""Bundles are named by what is in them, and believed only when the name is right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.errors import OperatorError
from yett.policy.bundles import bundled, canonical, documents_of, members, read_bundle, written
from yett.policy.problems import Problems

TEXTS = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4)
A = "metadata: {id: a}\nrules: []\n"
B = "# about b\nmetadata: {id: b}\nrules: []\n"


@given(TEXTS, TEXTS)
def test_bundles_have_one_name_exactly_when_they_hold_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    assert (bundled(one).digest == bundled(other).digest) is (one == other)


@given(TEXTS)
def test_what_is_written_is_read_back(texts: dict[str, str]) -> None:
    bundle = bundled(texts, "f" * 64, "0" * 128)
    assert read_bundle(json.dumps(json.loads(written(bundle))), "b") == bundle


def test_a_signature_is_no_part_of_what_is_named_or_signed() -> None:
    signed, unsigned = bundled({"a": A}, "f" * 64, "0" * 128), bundled({"a": A})
    assert (signed.digest, canonical(signed)) == (unsigned.digest, canonical(unsigned))


def test_the_name_is_the_digest_of_the_canonical_form() -> None:
    assert canonical(bundled({"b": "\u00e9", "a": "x"})).decode() == (
        '{"documents":{"a":"x","b":"\u00e9"},"format":"yett-bundle/1"}'
    )


def test_a_file_is_taken_apart_where_its_documents_end() -> None:
    problems = Problems()
    text = f"{A}---\n{B}--- # the last\nmetadata: {{id: c}}\nrules: []\n---\n# nothing more\n"
    assert members(text, "f", problems) == {"a": A, "b": B, "c": "metadata: {id: c}\nrules: []\n"}
    problems.raise_any()


def test_places_are_those_of_the_file() -> None:
    problems = Problems()
    members(f"{A}---\nmetadata: {{idd: b}}\nrules: []\n", "f.yaml", problems)
    with pytest.raises(OperatorError, match=r"f.yaml:4:\d+: unknown key `idd`"):
        problems.raise_any()


def test_two_of_one_name_are_refused() -> None:
    problems = Problems()
    members(f"{A}---\n{A}", "f", problems)
    with pytest.raises(OperatorError, match="two policies are called `a`"):
        problems.raise_any()


def test_the_documents_are_read_or_it_is_told_which_cannot_be() -> None:
    assert [document.id for document in documents_of(bundled({"a": A, "b": B}), "n")] == ["a", "b"]
    with pytest.raises(OperatorError, match="n/a:1:1"):
        documents_of(bundled({"a": "rules: []"}), "n")


def test_what_does_not_say_where_it_belongs_is_of_the_namespace_that_it_was_published_to() -> None:
    own = A.replace("id: a", "id: a, namespace: other")
    found = documents_of(bundled({"a": own, "b": B}), "n")
    assert [(document.id, document.namespace) for document in found] == [("a", "other"), ("b", "n")]


def changed(**entries: object) -> str:
    return json.dumps({**json.loads(written(bundled({"a": A}))), **entries})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no bundle"),
        ("[]", "is no bundle"),
        (changed(format="other"), "is no bundle"),
        (changed(documents=[]), "has no documents"),
        (changed(documents={"a": 1}), "has no documents"),
        (changed(documents={"a": B}), "is not what its digest says"),
        (changed(digest="0"), "is not what its digest says"),
    ],
)
def test_what_is_no_bundle_or_was_changed_is_refused(text: str, message: str) -> None:
    with pytest.raises(OperatorError, match=message):
        read_bundle(text, "b.json")
