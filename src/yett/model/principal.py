"""Principal: who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["ANONYMOUS", "Principal"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified caller of an exchange."""

    tenant: str
    subject: str
    """The user or the service, as the tenant names it."""
    roles: frozenset[str] = frozenset()
    key: str = ""
    """The public identifier of the credential that was shown; never the credential."""
    attributes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Further verified facts by their field, such as `team.tier`."""


ANONYMOUS = Principal(tenant="local", subject="anonymous")
"""Whoever uses the library or the command line on their own machine."""
