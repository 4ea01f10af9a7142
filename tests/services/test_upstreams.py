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
