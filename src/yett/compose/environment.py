"""
Environment: what variables say about the configuration.

Rules:

1. `YETT_SERVER__PORT` sets `server.port`: two underscores go one level down. A variable that names no key is a problem.
2. Variables that the ecosystem knows (`PORT`, `OPENAI_API_KEY`, …) count for less than `YETT_` ones; those of a provider
   only fill what the file leaves open, so that no credential goes to an address that it was not meant for.
3. A variable that would restrict something and cannot yet is a problem; any other one without effect is a notice.
4. An empty variable is one that is not set.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values

from yett.model.errors import OperatorError, Place, Problem

__all__ = [
    "CONFIGURATION",
    "Assignment",
    "assignments",
    "notices",
    "place_of",
    "problems",
    "provider_gaps",
    "variables",
]

CONFIGURATION = "YETT_CONFIG"
"""Names the configuration file where the command line does not."""

_PREFIX = "YETT_"
_PLAIN = {
    "APP_NAME": ("app_name",),
    "ALLOWED_MODELS": ("allowed_models",),
    "PORT": ("server", "port"),
    "GRPC_PORT": ("server", "grpc_port"),
    "MAX_PROMPT_LENGTH": ("server", "max_prompt_length"),
    "LOG_LEVEL": ("logging", "level"),
    "DATABASE_URL": ("records", "database_url"),
    "OPA_URL": ("policies", "opa", "url"),
}
_RESTRICTING = {
    "ALLOWED_CONTEXT_ORIGINS": "this version does not check where context comes from",
    "CONTEXT_FIREWALL_RISK_THRESHOLD": "this version does not weigh the risk of context",
}
_IDLE = {
    "JWT_SECRET": "this version accepts no signed tokens, only keys",
    "REDIS_URL": "limits are kept in memory, for each gateway on its own",
    "MODEL_PATH": "this version has no classifier",
    "METRICS_PORT": "metrics are served at `/metrics` of the gateway itself",
    "VAULT_ADDR": "this version reads no secrets from a vault",
    "ANTHROPIC_API_KEY": "this version does not speak Anthropic's messages",
}
# Kubernetes sets such variables for every service of a namespace; for one called `yett` they begin like ours.
_SERVICE_LINK = re.compile(
    r"""YETT(_[A-Z0-9]+)*_(
        SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)=.*
      | PORT=(tcp|udp|sctp)://.*
      | PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=.*
    )""",
    re.VERBOSE | re.DOTALL,
)
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Assignment(NamedTuple):
    """A variable's say: *text* for the key at *path*."""

    path: tuple[str, ...]
    text: str
    place: Place


def place_of(name: str) -> Place:
    """Return the place of variable *name*, as problems tell it."""
    return Place(f"environment variable {name}")


def variables(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """
    Return the variables that are set: those of `.env` in *folder*, where present, below those of *environment*.

    Raises:
        OperatorError: `.env` cannot be read.
    """
    file = folder / ".env"
    try:
        beside = dotenv_values(file, interpolate=False) if file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "unreadable").lower()
        problem = Problem(
            Place(str(file)), "unreadable-file", f"cannot be read: {why}", "make it readable, or remove it"
        )
        raise OperatorError(problem) from None
    return {name: value for name, value in {**beside, **environment}.items() if value}


def assignments(environment: Mapping[str, str]) -> Iterator[Assignment]:
    """List what the variables set, those that win last."""
    for name, path in _PLAIN.items():
        if name in environment:
            yield Assignment(path, environment[name], place_of(name))
    if _SWITCH.get(environment.get("SANITIZE_STRICT", "").lower()):
        yield Assignment(("policies", "default"), "strict", place_of("SANITIZE_STRICT"))
    for name in sorted(environment):
        if (
            name.startswith(_PREFIX)
            and name != CONFIGURATION
            and not _SERVICE_LINK.fullmatch(f"{name}={environment[name]}")
        ):
            path = tuple(name.removeprefix(_PREFIX).lower().split("__"))
            yield Assignment(path, environment[name], place_of(name))


def provider_gaps(environment: Mapping[str, str]) -> Iterator[Assignment]:
    """List what the variables know about the provider `openai`."""
    for key, names in {"base_url": ("OPENAI_API_URL",), "api_key": ("OPENAI_API_KEY", "LLM_API_KEY")}.items():
        for name in names:
            if name in environment:
                yield Assignment(("llm_providers", "openai", key), environment[name], place_of(name))
                break


def problems(environment: Mapping[str, str]) -> Iterator[Problem]:
    """List the variables that cannot be obeyed."""
    for name, why in _RESTRICTING.items():
        if name in environment:
            yield Problem(place_of(name), "not-available", f"is set, but {why}", "unset it")
    if environment.get("SANITIZE_STRICT", "true").lower() not in _SWITCH:
        yield Problem(place_of("SANITIZE_STRICT"), "wrong-type", "is neither true nor false", "write `true` or `false`")


def notices(environment: Mapping[str, str]) -> Iterator[Problem]:
    """List the variables that are known and have no effect."""
    for name, why in _IDLE.items():
        if name in environment:
            yield Problem(place_of(name), "no-effect", f"is set and has no effect: {why}")
