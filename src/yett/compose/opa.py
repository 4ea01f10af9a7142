"""Opa: Open Policy Agent, as the configuration names it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from yett.compose.provider import addressed
from yett.compose.values import Seconds, Secret, reject

__all__ = ["OpaSettings", "RegoPath"]

_ADDRESS = "`http://127.0.0.1:8181`"


def _root(address: str) -> str:
    if address.endswith(("/v1", "/data")) or "/v1/data" in address:
        raise reject("bad-value", "must end before `/v1/data`", f"write such as {_ADDRESS}; `path` says what is asked")
    return address


def _steps(path: str) -> str:
    steps = path.removeprefix("data.").replace(".", "/").strip("/").split("/")
    if not all(step.isascii() and step.replace("_", "a").replace("-", "a").isalnum() for step in steps):
        raise reject("bad-value", "is no path below `/v1/data`", "write such as `gateway/deny`")
    return "/".join(steps)


RegoPath = Annotated[str, AfterValidator(_steps)]
"""A path below `data`, written as OPA does or as Rego does."""


class OpaSettings(BaseModel):
    """Open Policy Agent, which must consent to every request that the local policies allow."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, BeforeValidator(addressed(_ADDRESS, "token")), AfterValidator(_root)]
    """Where it is, without `/v1/data`."""
    path: RegoPath = "gateway/deny"
    """What is asked, below `/v1/data`: whether a request is denied. It must answer true or false, always."""
    sentinel: RegoPath | None = None
    """What must be true before OPA is relied on, such as `gateway/ready`; without it, *path* must be defined."""
    timeout: Seconds = 1.0
    """For one answer; one that is late denies."""
    token: Secret | None = None
    """The bearer token that it asks for, best by reference."""
