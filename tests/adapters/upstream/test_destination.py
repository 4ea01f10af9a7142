"""Where an upstream is, and what is shown there."""

import pytest

from yett.adapters.upstream.destination import Destination, Style

KEY = "not-a-credential"


@pytest.mark.parametrize(
    ("destination", "headers"),
    [
        (Destination("open", "http://h/v1"), {}),
        (Destination("a", "http://h/v1", credential=KEY), {"authorization": f"Bearer {KEY}"}),
        (Destination("b", "http://h/v1", credential=KEY, style=Style.API_KEY), {"x-api-key": KEY}),
    ],
)
def test_the_credential_is_sent_in_the_style_of_the_provider(destination: Destination, headers: dict[str, str]) -> None:
    assert destination.headers == headers


def test_the_credential_is_not_shown() -> None:
    assert KEY not in repr(Destination("a", "http://h/v1", credential=KEY))


@pytest.mark.parametrize(
    ("model", "served"),
    [("gpt-4o", True), ("llama3", True), ("llama3:70b", True), ("Llama3", False), ("gpt-4", False), ("", False)],
)
def test_models_are_named_or_fit_a_pattern(model: str, served: bool) -> None:
    destination = Destination("a", "http://h/v1", ("gpt-4o", "llama3*"))
    assert destination.serves(model) is served


def test_patterns_are_not_listed() -> None:
    assert Destination("a", "http://h/v1", ("gpt-4o", "llama3*", "x?", "y[12]")).named == ("gpt-4o",)
