"""API keys: made, recognised, verified."""

import string
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.identity import api_keys
from yett.identity.api_keys import RANDOMNESS, ApiKey, digest, digesting, make, parse, verify

RANDOM = st.binary(min_size=RANDOMNESS, max_size=RANDOMNESS)
SAMPLE = str(make(bytes(range(RANDOMNESS))))  # not a credential: counted, not drawn


@given(RANDOM, st.sampled_from(["live", "test"]))
def test_what_is_made_is_recognised(randomness: bytes, realm: str) -> None:
    key = make(randomness, realm)
    assert parse(str(key)) == key
    assert len(str(key)) == len(f"yett_{realm}_") + 12 + 1 + 43 + 6
    assert key.secret not in repr(key)


@given(RANDOM, RANDOM)
def test_different_chance_gives_different_keys(one: bytes, other: bytes) -> None:
    assert (make(one).secret == make(other).secret) == (one[8:] == other[8:])
    assert (make(one).identifier == make(other).identifier) == (one[:8] == other[:8])


def one_mistake_is_seen(at: int, letter: str) -> None:
    mistyped = SAMPLE[:at] + letter + SAMPLE[at + 1 :]
    assert (api_keys.parse(mistyped) is None) == (mistyped != SAMPLE)


@given(st.integers(0, len(SAMPLE) - 1), st.sampled_from(string.ascii_letters + string.digits + "_- é"))
def test_one_wrong_character_is_seen(at: int, letter: str) -> None:
    one_mistake_is_seen(at, letter)


def test_a_checksum_that_nobody_checks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ApiKey, "checksum", property(lambda key: SAMPLE[-6:]))
    with pytest.raises(AssertionError):
        one_mistake_is_seen(15, "z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "_",
        "___",
        "yett___",
        "dev-token",
        SAMPLE[:-1],
        SAMPLE + "a",
        SAMPLE.replace("live", "LIVE"),
        f" {SAMPLE}",
        "yett_live_" + "é" * 12 + "_" + "a" * 49,
        SAMPLE.upper(),
        SAMPLE + "_",
        "\ud800",
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=100))
def test_parsing_is_total(text: str) -> None:
    assert parse(text) is None


def test_a_checksum_over_odd_characters_does_not_make_a_key() -> None:
    assert parse(str(ApiKey("live", "-" * 12, "a" * 43))) is None


@pytest.mark.parametrize("arguments", [(b"",), (b"x" * 39,), (b"x" * 40, "Live"), (b"x" * 40, "a_b"), (b"x" * 40, "")])
def test_a_key_is_not_made_of_anything(arguments: tuple[bytes]) -> None:
    with pytest.raises(ValueError, match=r"random bytes|realm"):
        make(*arguments)


@given(st.binary(min_size=1, max_size=64), st.text(max_size=30), st.text(max_size=30))
def test_a_credential_is_verified_by_its_digest(pepper: bytes, credential: str, other: str) -> None:
    kept = digest(pepper, credential)
    assert verify(pepper, credential, kept)
    assert verify(pepper, other, kept) == (other == credential)
    assert not verify(pepper + b"x" if len(pepper) < 64 else b"x", credential, kept)


def test_any_string_has_a_digest_of_64_hex_digits() -> None:
    assert len(digest(b"pepper", "\ud800 ü")) == 64


@given(st.binary(min_size=1, max_size=64), st.lists(st.text(), max_size=3))
def test_one_digest_after_the_other_is_what_each_is_alone(pepper: bytes, credentials: list[str]) -> None:
    alone = [
        blake2b(
            each.encode("utf-8", "surrogatepass"), digest_size=32, key=pepper, person=b"yett-credential"
        ).hexdigest()
        for each in credentials
    ]
    assert list(map(digesting(pepper), credentials)) == alone == [digest(pepper, each) for each in credentials]


def test_a_digest_that_goes_on_where_the_last_one_ended_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shared:
        def __init__(self, **keywords: Any) -> None:
            self.state = blake2b(**keywords)

        def copy(self) -> Any:
            return self.state

    monkeypatch.setattr(api_keys.hashlib, "blake2b", Shared)
    digested = digesting(b"pepper")
    assert digested("x") != digested("x")


def test_a_digest_without_a_pepper_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        digest(b"", "x")
