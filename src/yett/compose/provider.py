"""Provider: one place that answers for a model, as the configuration names it."""

from collections.abc import Callable
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from yett.compose.values import Count, Names, Seconds, Secret, reject

__all__ = ["OPENAI_URL", "Provider", "addressed", "named_providers"]

OPENAI_URL = "https://api.openai.com/v1"
_KINDS = ("openai", "anthropic", "stub")


def addressed(example: str, credential: str) -> Callable[[object], object]:
    """Return what reads an address such as *example*, whose credential belongs under the key *credential*."""
    return lambda value: _address(value, f"write such as {example}", credential)


def _address(value: object, hint: str, credential: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise reject("bad-value", "must be an address", hint) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise reject("bad-value", "must be an address that begins with `http://` or `https://`", hint)
    if parts.username is not None or parts.password is not None:
        raise reject("bad-value", "must not hold a user or a password", f"put the credential into `{credential}`")
    if parts.query or parts.fragment:
        raise reject("bad-value", "must end with its path, without `?` or `#`", hint)
    return value.rstrip("/")


class Provider(BaseModel):
    """An upstream and the models that it answers for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["openai", "anthropic", "stub"] | None = None
    """What it speaks; the name says it where the provider is called so."""
    base_url: Annotated[str, BeforeValidator(addressed("`http://127.0.0.1:11434/v1`", "api_key"))] | None = None
    """Where it is; taken from nowhere else, least of all from a request."""
    api_key: Secret | None = None
    """The credential that it asks for, best by reference."""
    model: str | None = Field(default=None, min_length=1)
    """The model for requests that name none."""
    models: Names = ()
    """The models that it answers for, `*` and `?` being wildcards; only *model* when empty, or all without that.

    The stub answers for `stub` alone unless it is told otherwise."""
    max_tokens: Count | None = None
    """The most tokens that a request may ask for; one that names no number asks for so many."""
    connect_timeout: Seconds = 5.0
    """Until it is reached."""
    timeout: Seconds = 600.0
    """Until an answer begins. OpenAI's own clients wait as long."""
    idle_timeout: Seconds = 120.0
    """Between two pieces of an answer."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The models that it answers for, as patterns."""
        every = "stub" if self.kind == "stub" else "*"
        return self.models or (self.model or every,)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.kind is None:
            hint = f"write `kind: openai` for any OpenAI-compatible server; there are {', '.join(_KINDS)}"
            raise reject("missing-key", "is missing", hint, key="kind")
        if self.kind == "openai" and self.base_url is None:
            raise reject("missing-key", "is missing", "write such as `http://127.0.0.1:11434/v1`", key="base_url")
        if self.base_url == OPENAI_URL and self.api_key is None:
            hint = 'write `api_key: "${OPENAI_API_KEY}"` and set that variable'
            raise reject("missing-key", "is missing", hint, key="api_key")
        return self


def named_providers(value: object) -> object:
    """Fill in what a provider's name says: its kind, and for `openai` its address."""
    if not isinstance(value, dict):
        return value
    return {name: _named(str(name), provider) for name, provider in value.items()}


def _named(name: str, provider: object) -> object:
    if not isinstance(provider, dict) or name not in _KINDS:
        return provider
    known = {"kind": name, "base_url": OPENAI_URL} if name == "openai" else {"kind": name}
    given = {key: value for key, value in provider.items() if value is not None}
    return provider if "kind" in given and given["kind"] != name else {**known, **given}
