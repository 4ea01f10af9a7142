"""Authorities: the policy engines beside the local policies, put together."""

from yett.adapters.deciders.opa import Opa, Questions
from yett.adapters.upstream.destination import Destination, Patience
from yett.adapters.upstream.http import HttpUpstream
from yett.compose.opa import OpaSettings
from yett.ports.authority import Authority
from yett.ports.upstream import Upstream

__all__ = ["authority_of"]

_ANSWER_BYTES = 64 * 1024
"""A yes or a no takes thirty; some configurations of OPA add metrics."""


def authority_of(settings: OpaSettings) -> tuple[Authority, Upstream]:
    """Return the authority that *settings* mean, and the connections to be let go of in the end."""
    patience = Patience(*[settings.timeout] * 4)
    token = settings.token.get_secret_value() if settings.token else ""
    destination = Destination("opa", settings.url, credential=token, patience=patience, answer_bytes=_ANSWER_BYTES)
    upstream = HttpUpstream(destination)
    return Opa(upstream, Questions(settings.path, settings.sentinel or "", settings.timeout)), upstream
