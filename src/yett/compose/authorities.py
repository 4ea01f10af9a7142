"""Authorities: the policy engines beside the local policies, put together and kept while they stay the same."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from yett.adapters.deciders.denier import Questions
from yett.adapters.deciders.opa import Opa
from yett.adapters.deciders.rego import Rego
from yett.adapters.deciders.rego_modules import checked
from yett.adapters.upstream.destination import Destination, Patience
from yett.adapters.upstream.http import HttpUpstream
from yett.compose.opa import OpaSettings
from yett.compose.rego import RegoSettings
from yett.compose.settings import Policies
from yett.compose.texts import read_text
from yett.ports.authority import Authority

__all__ = ["Authorities"]

_ANSWER_BYTES = 64 * 1024
"""A yes or a no takes thirty; some configurations of OPA add metrics."""

_Made = tuple[Authority, Callable[[], Awaitable[None]]]


@dataclass(slots=True)
class Authorities:
    """Makes authorities; what they hold outlives a snapshot."""

    _made: dict[Hashable, _Made] = field(default_factory=dict)
    """With what lets go of each."""

    def of(self, policies: Policies) -> tuple[Authority, ...]:
        """
        Return those that *policies* name.

        Raises:
            OperatorError: a file of rules cannot be read, is no Rego, or calls what it may not.
        """
        found = (
            self._opa(policies.opa) if policies.opa else None,
            self._rego(policies.rego) if policies.rego else None,
        )
        return tuple(authority for authority in found if authority)

    async def aclose(self) -> None:
        """Let go of all that were ever made."""
        for _, close in self._made.values():
            await close()

    def _opa(self, settings: OpaSettings) -> Authority:
        if settings not in self._made:
            self._made[settings] = _opa(settings)
        return self._made[settings][0]

    def _rego(self, settings: RegoSettings) -> Authority:
        modules = {str(file): read_text(file) for file in settings.files}
        key = settings, tuple(modules.items())
        if key not in self._made:
            checked(modules, [path for path in (settings.path, settings.sentinel) if path])
            rego = Rego(modules, Questions(settings.path, settings.sentinel or "", settings.timeout))
            self._made[key] = rego, rego.aclose
        return self._made[key][0]


def _opa(settings: OpaSettings) -> _Made:
    patience = Patience(*[settings.timeout] * 4)
    token = settings.token.get_secret_value() if settings.token else ""
    destination = Destination("opa", settings.url, credential=token, patience=patience, answer_bytes=_ANSWER_BYTES)
    upstream = HttpUpstream(destination)
    return Opa(upstream, Questions(settings.path, settings.sentinel or "", settings.timeout)), upstream.aclose
