"""
Yett: the gate in front of language models.

    from yett import Gateway, Guard, PolicyEngine, PolicyParser, SecurityPolicy

What is exported here is imported when it is first used, so that `import yett` costs nothing.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yett.compose.engine import PolicyEngine
    from yett.compose.gateway import Gateway, SecurityPolicy
    from yett.compose.library import Guard, open_guard
    from yett.model.decision import Decision, Effect
    from yett.model.errors import CallerError, OperatorError, UpstreamError, YettError
    from yett.model.finding import Finding
    from yett.model.segment import Origin
    from yett.model.stage import Stage
    from yett.model.verdict import Verdict
    from yett.policy.parser import PolicyParser

__all__ = [
    "CallerError",
    "Decision",
    "Effect",
    "Finding",
    "Gateway",
    "Guard",
    "OperatorError",
    "Origin",
    "PolicyEngine",
    "PolicyParser",
    "SecurityPolicy",
    "Stage",
    "UpstreamError",
    "Verdict",
    "YettError",
    "open_guard",
]

_HOMES = MappingProxyType(
    {
        "CallerError": "yett.model.errors",
        "Decision": "yett.model.decision",
        "Effect": "yett.model.decision",
        "Finding": "yett.model.finding",
        "Gateway": "yett.compose.gateway",
        "Guard": "yett.compose.library",
        "OperatorError": "yett.model.errors",
        "Origin": "yett.model.segment",
        "PolicyEngine": "yett.compose.engine",
        "PolicyParser": "yett.policy.parser",
        "SecurityPolicy": "yett.compose.gateway",
        "Stage": "yett.model.stage",
        "UpstreamError": "yett.model.errors",
        "Verdict": "yett.model.verdict",
        "YettError": "yett.model.errors",
        "open_guard": "yett.compose.library",
    },
)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `yett` has no attribute `{name}`")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
