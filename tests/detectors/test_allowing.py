"""Allowing: by value, digest, pattern and domain; and nothing else passes with it."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.allowing import DOCUMENTED, NOTHING, Allowed, digest
from yett.detectors.patterns import PatternSet
from yett.detectors.rules import PACKS, shipped
from yett.model.segment import Origin

KEY = b"a key for tests"
RULES = (*shipped("personal"), *shipped("personal_us"))


def kinds(text: str, allowed: Allowed) -> list[str]:
    detector = PatternSet(RULES, hyperscan=False, allowed=allowed)
    return [match.kind for match in detector.detect(text, Origin.USER)]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("card 4111 1111 1111 1111", Allowed(values=frozenset({"4111-1111-1111-1111"}))),
        ("card 4111 1111 1111 1111", Allowed(values=DOCUMENTED)),
        ("card 4111 1111 1111 1111", Allowed(digests=frozenset({digest("4111111111111111", KEY)}), key=KEY)),
        ("card 4111 1111 1111 1111", Allowed(patterns=(r"4111.*",))),
        ("write to bob@mail.example.com", Allowed(domains=frozenset({"example.com"}))),
    ],
)
def test_what_is_allowed_passes(text: str, allowed: Allowed) -> None:
    assert kinds(text, NOTHING)
    assert kinds(text, allowed) == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("card 4242 4242 4242 4242", Allowed(values=frozenset({"4111 1111 1111 1111"}))),
        ("card 4242 4242 4242 4242", Allowed(digests=frozenset({digest("4242424242424242", b"another")}), key=KEY)),
        ("card 4242 4242 4242 4242", Allowed(patterns=("4242",))),
        ("write to bob@notexample.com", Allowed(domains=frozenset({"example.com"}))),
        ("write to example.com@evil.test", Allowed(domains=frozenset({"example.com"}))),
    ],
)
def test_what_is_not_does_not(text: str, allowed: Allowed) -> None:
    assert kinds(text, allowed) == kinds(text, NOTHING) != []


def test_an_allowed_value_leaves_no_weaker_claim_behind() -> None:
    assert kinds("phone 4111 1111 1111 1111", Allowed(values=DOCUMENTED)) == []


def test_the_revision_tells_lists_apart() -> None:
    told = {Allowed(values=frozenset({value})).revision for value in ("a", "b")} | {NOTHING.revision}
    assert len(told) == 3
    one, other = (PatternSet(RULES, hyperscan=False, allowed=each) for each in (NOTHING, Allowed(values=DOCUMENTED)))
    assert one.revision != other.revision


RUNS = st.one_of(
    st.binary(min_size=24, max_size=60).map(lambda data: b64encode(data).decode()),
    st.binary(min_size=24, max_size=60).map(lambda data: urlsafe_b64encode(data).decode()),
    st.binary(min_size=20, max_size=40).map(bytes.hex),
    st.uuids().map(str),
)
EVERY = PatternSet(
    [*shipped("personal"), *(rule for pack in PACKS for rule in shipped(f"personal_{pack}"))], hyperscan=False
)


@given(st.lists(RUNS, min_size=1, max_size=2), st.sampled_from(["", "account ", "phone: ", "passport "]))
def test_nothing_is_found_inside_runs_of_base64_hex_and_uuids(runs: list[str], before: str) -> None:
    assert EVERY.detect(before + "\n".join(runs), Origin.USER) == []
