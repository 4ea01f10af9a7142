"""Where Open Policy Agent is, and what it is asked, is written plainly or refused with the cure."""

import pytest
from pydantic import ValidationError

from yett.compose.opa import OpaSettings


def test_an_address_is_all_that_it_takes() -> None:
    settings = OpaSettings(url="http://opa:8181/")
    assert (settings.url, settings.path, settings.sentinel, settings.timeout) == (
        "http://opa:8181",
        "gateway/deny",
        None,
        1.0,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gateway/deny", "gateway/deny"),
        ("/gateway/deny/", "gateway/deny"),
        ("data.gateway.deny", "gateway/deny"),
        ("gateway.deny", "gateway/deny"),
        ("my_org/llm-gate/deny", "my_org/llm-gate/deny"),
    ],
)
def test_a_path_is_written_as_opa_does_or_as_rego_does(written: str, meant: str) -> None:
    assert OpaSettings(url="http://opa", path=written).path == meant


@pytest.mark.parametrize("path", ["", "/", "a//b", "a/../b", "a?b", "a b", "ä", "a/%2e"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="is no path below"):
        OpaSettings(url="http://opa", path=path)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("opa:8181", "must be an address"),
        ("ftp://opa", "must be an address"),
        ("http://opa:8181/v1", "must end before"),
        ("http://opa:8181/v1/data", "must end before"),
        ("http://opa:8181/v1/data/gateway/deny", "must end before"),
        ("http://user:word@opa:8181", "must not hold a user"),
        ("http://opa:8181?x=1", "without `\\?` or"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        OpaSettings(url=url)
