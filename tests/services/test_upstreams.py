"""Which upstream serves which model, and what a request to it is held to."""

import pytest

from yett.adapters.upstream.stub import StubUpstream
from yett.model.obligation import Cap
from yett.services.upstreams import Route, Routes

SMALL, LARGE = StubUpstream("small", ("small",)), StubUpstream("large", ("large",))
FEW = (Cap("max_tokens", 5),)
ROUTES = (Route(SMALL, ("small", "small-*"), caps=FEW), Route(LARGE, ("large", "small-old"), default="large"))


@pytest.mark.parametrize(
    ("model", "allowed", "name", "caps"),
    [
        ("small", (), "small", FEW),
        ("small-new", (), "small", FEW),
        ("small-old", (), "small", FEW),  # the first that matches serves, and is the one whose caps count
        ("large", (), "large", ()),
        ("huge", (), None, ()),
        ("small", ("large",), None, ()),
        ("large", ("l*",), "large", ()),
        ("", (), None, ()),
    ],
)
def test_the_first_route_that_matches_serves_and_says_what_holds(
    model: str, allowed: tuple[str, ...], name: str | None, caps: tuple[Cap, ...]
) -> None:
    routes = Routes(ROUTES, allowed)
    found = routes.find(model)
    assert (found.name if found else None) == name
    assert routes.caps(model) == caps


@pytest.mark.parametrize(
    ("routes", "default"),
    [(ROUTES, "small"), (ROUTES[1:], "large"), ((Route(SMALL, ("small-*",)),), ""), ((), "")],
)
def test_a_request_that_names_no_model_gets_the_first_that_has_a_name(routes: tuple[Route, ...], default: str) -> None:
    assert Routes(routes).default == default


async def test_only_models_that_may_be_asked_for_are_listed() -> None:
    assert await Routes(ROUTES).models() == [("small", "small"), ("large", "large")]
    assert await Routes(ROUTES, ("l*",)).models() == [("large", "large")]


OPEN = Routes((Route(SMALL, ("ours", "two words")), Route(LARGE, ("*",))))


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o-2024-08-06",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "@cf/meta/llama-3.1-8b-instruct",
        "hf.co/someone/Llama-3.2-3B-GGUF:Q4_K_M",
        "a" * 128,
    ],
)
def test_what_fits_a_pattern_must_look_like_a_name_and_is_still_not_the_operators_word(model: str) -> None:
    assert OPEN.find(model) is LARGE
    assert not OPEN.names(model)
    for wrong in (f"{model} ", f" {model}", f"{model}\n", f"tell me of {model}", model + "a" * 128, f"{model}*"):
        assert OPEN.find(wrong) is None


@pytest.mark.parametrize("model", ["ours", "two words"])
def test_what_the_operator_wrote_is_a_name_whatever_it_looks_like(model: str) -> None:
    assert OPEN.find(model) is SMALL
    assert OPEN.names(model)
    assert not OPEN.names("*")
