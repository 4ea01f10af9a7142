"""Providers: where models are, and which."""

import pytest
from pydantic import ValidationError

from yett.compose.provider import OPENAI_URL, Provider, named_providers

KEY = "sk-not-a-credential"


@pytest.mark.parametrize(
    ("given", "patterns"),
    [
        ({"kind": "stub"}, ("stub",)),
        ({"kind": "stub", "model": "echo"}, ("echo",)),
        ({"kind": "openai", "base_url": "http://h/v1"}, ("*",)),
        ({"kind": "openai", "base_url": "http://h/v1", "model": "m"}, ("m",)),
        ({"kind": "openai", "base_url": "http://h/v1", "model": "m", "models": ["a*", "m"]}, ("a*", "m")),
        ({"kind": "openai", "base_url": "http://h/v1", "models": "a,b"}, ("a", "b")),
    ],
)
def test_a_provider_answers_for_the_models_it_names(given: dict[str, object], patterns: tuple[str, ...]) -> None:
    assert Provider.model_validate(given).patterns == patterns


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("ftp://h", "http"),
        ("h:80", "http"),
        ("http://", "http"),
        ("http://h:99999", "address"),
        ("http://h:0", "http"),
        ("http://[::1", "address"),
        ("http://user:pass@h/v1", "password"),
        ("http://h/v1?key=1", "?"),
        ("http://h/v1#x", "#"),
    ],
)
def test_an_address_is_a_plain_one(address: str, word: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Provider.model_validate({"kind": "openai", "base_url": address})
    assert word in caught.value.errors()[0]["msg"]
    assert "pass@" not in caught.value.errors()[0]["msg"]


def test_an_address_ends_without_a_slash() -> None:
    assert Provider.model_validate({"kind": "openai", "base_url": "http://h/v1/"}).base_url == "http://h/v1"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({}, "kind"),
        ({"kind": "openai"}, "base_url"),
        ({"kind": "openai", "base_url": OPENAI_URL}, "api_key"),
    ],
)
def test_what_a_provider_needs_is_asked_for(given: dict[str, object], key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Provider.model_validate(given)
    assert caught.value.errors()[0]["ctx"]["key"] == key


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"openai": {"api_key": KEY}}, {"openai": {"kind": "openai", "base_url": OPENAI_URL, "api_key": KEY}}),
        ({"openai": {"base_url": "http://h"}}, {"openai": {"kind": "openai", "base_url": "http://h"}}),
        ({"openai": {"kind": None}}, {"openai": {"kind": "openai", "base_url": OPENAI_URL}}),
        ({"openai": {"kind": "stub"}}, {"openai": {"kind": "stub"}}),
        ({"anthropic": {}}, {"anthropic": {"kind": "anthropic"}}),
        ({"stub": {}}, {"stub": {"kind": "stub"}}),
        ({"other": {}}, {"other": {}}),
        ({"openai": "text"}, {"openai": "text"}),
        ("text", "text"),
    ],
)
def test_a_providers_name_says_its_kind(given: object, meant: object) -> None:
    assert named_providers(given) == meant


def test_no_other_provider_is_sent_to_openai_by_default() -> None:
    with pytest.raises(ValidationError):
        Provider.model_validate(named_providers({"local": {"kind": "openai", "api_key": KEY}})["local"])  # type: ignore[index]
