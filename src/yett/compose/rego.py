"""Rego: the operator's rules in Rego, as the configuration names them."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from yett.compose.opa import RegoPath
from yett.compose.values import Seconds

__all__ = ["RegoSettings"]


class RegoSettings(BaseModel):
    """Rego, evaluated in a process beside the gateway; it must consent to every request that the local policies allow."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: Annotated[tuple[Path, ...], Field(min_length=1)]
    """The operator's files of rules, which must be Rego of OPA 1.x. It needs `yett[rego]`."""
    path: RegoPath = "gateway/deny"
    """What is asked, below `data`: whether a request is denied. It must be true or false, always."""
    sentinel: RegoPath | None = None
    """What must be true before the rules are relied on, such as `gateway/ready`; without it, *path* must be defined."""
    timeout: Seconds = 1.0
    """For one answer; one that is late denies."""
