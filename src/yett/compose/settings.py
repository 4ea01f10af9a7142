"""
Settings: the configuration, as frozen types.

Rules:

1. What may be written is exactly what stands here: an unknown key is a problem.
2. Every default is fit for production; what is convenient but open has to be asked for.
3. A secret is a `SecretStr`: it is shown nowhere.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from yett.compose.opa import OpaSettings
from yett.compose.prices import PriceList
from yett.compose.provider import Provider, named_providers
from yett.compose.rego import RegoSettings
from yett.compose.values import (
    ALL,
    COUNTRIES,
    NAMED,
    Attribute,
    Count,
    Country,
    DetectorName,
    Names,
    Pattern,
    PersonalKind,
    Port,
    Score,
    Seconds,
    Secret,
    capitals,
    listed,
    reject,
)
from yett.detectors.canaries import SHORTEST
from yett.model.rate import Rate

__all__ = [
    "Access",
    "AccessKey",
    "Allowing",
    "BannedTerms",
    "Deadlines",
    "Exfiltration",
    "HistoryKept",
    "Logging",
    "Naming",
    "PiiProtection",
    "Policies",
    "PolicySource",
    "PromptInjection",
    "PromptLeakage",
    "RateLimiting",
    "Records",
    "Security",
    "Server",
    "Settings",
    "ThreatFeed",
]

_DIGEST = 64
_STORES = ("sqlite:///", "postgresql://", "folder:///", "git+https://", "git+ssh://", "git+file://")
"""How the addresses begin at which policies may be published."""
_SHORTEST_SECRET = 16  # characters; NIST SP 800-63B asks as much of secrets that a machine keeps


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(_Section):
    """How the gateway listens, and how much it takes."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to listen on; `0.0.0.0` is every one of this machine."""
    port: Port = 8000
    """0 takes any that is free."""
    grpc_port: Port | None = None
    """The port of the decision point over gRPC, usually 50051; it is not offered when none is given."""
    grpc_certificate: Path | None = None
    """The chain of certificates (PEM) to prove by who serves over gRPC; in the clear when it is not given."""
    grpc_key: Path | None = None
    """The private key (PEM) of the certificate."""
    workers: Count = 1
    """How many processes serve on the port; each grants its share of the limits."""
    mode: Literal["development", "production"] = "production"
    """Development accepts the token `dev-token`. Without any configuration file, on loopback, it is the default."""
    max_request_size: Count = 10_485_760
    """Bytes. A request that carries a few images fits."""
    max_prompt_length: Count = 1_000_000
    """Characters of all texts together: about the longest context that models offer."""
    max_messages: Count = 2_000
    """Messages of one request."""
    drain_timeout: Seconds = 30.0
    """How long exchanges that have begun may go on when the gateway is told to stop."""

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if (self.grpc_certificate is None) != (self.grpc_key is None):
            missing = "grpc_key" if self.grpc_key is None else "grpc_certificate"
            raise reject("missing-key", f"has no `{missing}`", "give both the certificate and its key, or neither")
        return self


class PromptInjection(_Section):
    """Whether orders from where none may come are looked for, and from which score on they are denied."""

    enabled: bool = True
    """Whether the shipped policies on injection decide."""
    detection_models: Annotated[
        tuple[Literal["rule_based", "ml_based", "transformer"], ...], BeforeValidator(listed)
    ] = (
        "rule_based",
        "ml_based",
    )
    """By what they are found: rules, a classifier that was trained on attacks, and an encoder that it asks when in doubt."""
    block_threshold: Score = 0.7
    """Overrides the threshold of the shipped policies when it is written; the strict ones have 0.5 of their own."""


class Allowing(_Section):
    """Values that may pass though they look like personal data or credentials; separators and case do not matter."""

    values: Names = ()
    """Values as such, like a hotline's number."""
    hashes: Names = ()
    """Values by HMAC-SHA-256 in hexadecimal, of their letters and digits alone, in capitals."""
    key: Secret | None = None
    """What the hashes were made with; nothing, when it is not given."""
    patterns: tuple[Pattern, ...] = ()
    """RE2 patterns, each for all of a value."""
    domains: Names = ()
    """Domains of e-mail addresses at them or below them."""

    @field_validator("hashes")
    @classmethod
    def _digests(cls, hashes: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(each) != _DIGEST or not set(each.lower()) <= set("0123456789abcdef") for each in hashes):
            raise reject("bad-value", "has one that is no HMAC-SHA-256", "write 64 hexadecimal digits")
        return hashes


class Naming(_Section):
    """How names of people, organisations and places are found; not at all without a model."""

    model: str | None = Field(default=None, min_length=1)
    """A spaCy pipeline that is installed, such as `en_core_web_sm`, or its folder. It needs `yett[names]`."""
    score: Score = 0.85
    """How sure its findings are taken to be."""


_TYPES = ("email", "phone", "credit_card", "ssn", "iban", "ip_address")
_QUIET = ("us",)


_Origin = Literal["operator", "user", "model", "tool", "document", "definition", "unknown"]


class PiiProtection(_Section):
    """Which personal data is rewritten, and how."""

    enabled: bool = True
    """Whether the shipped policies on personal data decide."""
    detection_types: Annotated[tuple[PersonalKind, ...], BeforeValidator(listed)] = _TYPES
    """The kinds that are looked for (see [findings](findings.md)); `all` is every one."""
    countries: Annotated[tuple[Country, ...], BeforeValidator(listed)] = _QUIET
    """Countries all of whose kinds are looked for, too; none, when only `detection_types` is written. `all` is every one."""
    thresholds: dict[PersonalKind, Score] = {}
    """From which score on a kind is reported, where that is not 0.5."""
    custom: tuple[Path, ...] = ()
    """The operator's own files of rules; every kind in them is looked for."""
    redaction_strategy: Literal["mask", "replace", "remove", "hash", "surrogate", "synthetic", "date_shift"] = "mask"
    """Stars, the kind in brackets, nothing, a keyed digest, a placeholder, a made-up value of the same form, another date."""
    keep: Annotated[int, Field(ge=0, le=100)] | None = None
    """How many letters and digits a mask leaves at the end; as many as the kind allows when it is not given."""
    restore: bool = True
    """Whether an answer names again what placeholders, made-up values and shifted dates stand for in the request."""
    origins: Annotated[tuple[_Origin, ...], BeforeValidator(listed)] = ()
    """Whose texts are rewritten; as the policy says, so all but the builder's own, when none is named."""
    allow: Allowing = Allowing()
    names: Naming = Naming()

    @model_validator(mode="after")
    def _findable(self) -> Self:
        named = [kind for kind in self.detection_types if kind in NAMED]
        if named and self.names.model is None:
            hint = "name an installed spaCy pipeline in `names.model`, or leave the kind out"
            raise reject("not-available", f"names `{named[0]}`, which no pattern can find", hint, key="detection_types")
        return self

    @property
    def looked_into(self) -> tuple[str, ...]:
        """The countries all of whose kinds are looked for."""
        if "countries" not in self.model_fields_set and "detection_types" in self.model_fields_set:
            return ()
        return COUNTRIES if ALL in self.countries else self.countries


class RateLimiting(_Section):
    """How often one credential may call."""

    enabled: bool = True
    """Whether there is any limit."""
    requests_per_minute: Count = 6_000
    """Stops a loop that ran away, not a busy service."""
    requests_per_hour: Count = 100_000
    """Holds beside the limit per minute."""
    burst_allowance: Count | None = None
    """How many may come at once; a whole minute's when it is not given."""

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The limits as rates; none when they are off."""
        if not self.enabled:
            return ()
        burst = min(self.burst_allowance or self.requests_per_minute, self.requests_per_minute, self.requests_per_hour)
        return (
            Rate("requests", self.requests_per_minute, 60.0, burst),
            Rate("requests", self.requests_per_hour, 3600.0, self.requests_per_hour),
        )


_Category = Literal["hate", "illegal", "self_harm", "sexual", "violence"]


class BannedTerms(_Section):
    """Terms that must not pass: the operator's own files, and categories that are shipped."""

    files: tuple[Path, ...] = ()
    """The operator's own terms."""
    categories: Annotated[tuple[_Category, ...], BeforeValidator(listed)] = ()
    """Categories that are shipped."""


class PromptLeakage(_Section):
    """Whether answers are watched for the application's own instructions."""

    enabled: bool = True
    """Whether stretches of the request's system messages are looked for in its answer."""


class Exfiltration(_Section):
    """Where links and images in answers may lead."""

    allowed_domains: Names = ()
    """Hosts to which addresses may carry anything, and the hosts below them."""
    only_allowed: bool = False
    """Whether every image from another host is reported, whatever its address carries."""


class ThreatFeed(_Section):
    """Rules that somebody else publishes, and whose word counts for them."""

    path: Path
    """The file that holds the feed."""
    public_keys: Annotated[Names, Field(min_length=1)]
    """Ed25519 public keys, in hex: the feed counts only when one of them signed it."""

    @field_validator("public_keys")
    @classmethod
    def _keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(each) != _DIGEST or not set(each.lower()) <= set("0123456789abcdef") for each in keys):
            raise reject("bad-value", "has one that is no public key", "write 64 hexadecimal digits")
        return keys


class Deadlines(_Section):
    """How long detectors may take; what one does not read in time is reported as such, and the policies decide."""

    inspection: Seconds = 10.0
    """For all of them together, and all the texts of a request or of an answer."""
    each: Seconds | None = None
    """For a detector that is not named below; half of the time for all, when it is not given."""
    detectors: dict[DetectorName, Seconds] = {}
    """By the names that `yett detectors list` shows."""

    @property
    def usual(self) -> float:
        """What a detector may take that is not named."""
        return self.each or self.inspection / 2

    @model_validator(mode="after")
    def _within(self) -> Self:
        for key, seconds in (("each", self.usual), *(("detectors", own) for own in self.detectors.values())):
            if seconds >= self.inspection:
                hint = f"write less than the {self.inspection:g} seconds of `inspection`, or more there"
                raise reject("bad-value", "gives one as long as all of them together", hint, key=key)
        return self


class HistoryKept(_Section):
    """Whether the facts `user.recentDenials` and `user.recentRisk` are there, and how fast they fade."""

    enabled: bool = True
    """Whether each process remembers, by a digest of the caller, how recent exchanges went. Taken over at a start."""
    half_life: Seconds = 900.0
    """After how long a denial or a risk weighs half. Taken over at a start."""


class Security(_Section):
    """What is looked for."""

    prompt_injection: PromptInjection = PromptInjection()
    pii_protection: PiiProtection = PiiProtection()
    rate_limiting: RateLimiting = RateLimiting()
    banned_terms: BannedTerms = BannedTerms()
    exfiltration: Exfiltration = Exfiltration()
    prompt_leakage: PromptLeakage = PromptLeakage()
    history: HistoryKept = HistoryKept()
    deadlines: Deadlines = Deadlines()
    canaries: tuple[Secret, ...] = ()
    """Words planted in the instructions, best by reference; wherever else one appears, it has leaked."""
    threat_feeds: tuple[ThreatFeed, ...] = ()
    """Signed rules that others publish (see [threat feeds](../threat-feeds.md))."""

    @field_validator("canaries")
    @classmethod
    def _told_apart(cls, words: tuple[Secret, ...]) -> tuple[Secret, ...]:
        if any(sum(map(str.isalnum, word.get_secret_value())) < SHORTEST for word in words):
            hint = f"a canary has {SHORTEST} letters and digits or more, so that nobody writes it by chance"
            raise reject("bad-value", "holds a word that is too short", hint)
        return words


class PolicySource(_Section):
    """A folder or a repository whose policies come into force in a namespace by themselves."""

    namespace: str = Field(min_length=1, max_length=255)
    """The namespace that it fills, alone."""
    git: Secret | None = None
    """A repository's address, or the path of one on this machine."""
    folder: Path | None = None
    """A folder on this machine; of a repository, the folder within it."""
    reference: str = Field(default="HEAD", min_length=1)
    """Of a repository, the branch or the tag."""
    every: Seconds = 30.0
    """How often it is looked at."""
    rollout: Literal["draft", "shadow", "canary", "enforce"] = "enforce"
    """How far what is new there comes into force by itself."""
    share: int = Field(default=10, ge=1, le=100)
    """Of a canary, the percentage of callers for whom it decides."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.git is None and self.folder is None:
            raise reject("missing-key", "names neither `git` nor `folder`", "say where the policies are written")
        return self


class Policies(_Section):
    """Which policies decide: those that are shipped, in one variant, the operator's own, and those that are published."""

    default: Literal["default", "strict", "permissive", "none"] = "default"
    """The shipped policies to decide by."""
    files: tuple[Path, ...] = ()
    """The operator's own policies, beside the shipped ones."""
    store: Secret | None = None
    """
    Where policies are published: the database of records when not given; or another one, a folder or a repository.

    `sqlite:///path`, `postgresql://…`, `folder:///path`, `git+https://…`, `git+ssh://…` or `git+file://…`, of which
    `#branch` names the branch.
    """
    poll: Seconds = 2.0
    """How often the store is asked whether something was published."""
    trusted_keys: Names = ()
    """Ed25519 public keys, in hex: when given, only what one of them signed comes into force."""
    sources: tuple[PolicySource, ...] = ()
    """Folders and repositories whose policies come into force by themselves."""
    opa: OpaSettings | None = None
    """Open Policy Agent, asked beside the policies: what it denies, or does not decide, is denied."""
    rego: RegoSettings | None = None
    """Rules in Rego, evaluated beside the gateway and asked beside the policies, as OPA is."""

    @field_validator("store")
    @classmethod
    def _spoken(cls, url: Secret | None) -> Secret | None:
        if url is not None and not url.get_secret_value().startswith(_STORES):
            hint = f"write an address that begins with one of {', '.join(f'`{each}`' for each in _STORES)}"
            raise reject("not-available", "names a store that this version does not speak", hint)
        return url


class AccessKey(_Section):
    """One credential, and whom it stands for."""

    id: str = Field(min_length=1, max_length=128)
    """Its public name, fit for records; never the credential."""
    tenant: str = Field(default="default", min_length=1)
    """On whose behalf it calls: the fact `team.id`."""
    subject: str | None = Field(default=None, min_length=1)
    """The user or the service; the key's own name when it is not given."""
    roles: Names = ()
    """The fact `user.roles`."""
    secret: Secret
    """The credential: at least 16 characters, best by reference."""
    attributes: dict[str, Attribute] = {}
    """Further facts by their field, such as `team.tier`."""

    @field_validator("secret")
    @classmethod
    def _long(cls, secret: Secret) -> Secret:
        if len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise reject("bad-value", f"is shorter than {_SHORTEST_SECRET} characters", "make it long and random")
        return secret


class Access(_Section):
    """Who may call."""

    keys: tuple[AccessKey, ...] = ()
    """The credentials that are known; any other one is refused."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({key.id for key in self.keys}) < len(self.keys):
            raise reject("duplicate", "has two keys with one `id`", "give every key a name of its own", key="keys")
        if len({key.secret.get_secret_value() for key in self.keys}) < len(self.keys):
            raise reject("duplicate", "has two keys with one secret", "give every key its own secret", key="keys")
        return self


_DATABASES = ("sqlite:///", "postgresql://", "postgres://")


class Records(_Section):
    """Where the trail is kept."""

    path: Path = Path(".yett")
    """The folder of the journal, and of the database where no address is given for it."""
    database_url: Secret | None = None
    """Where records are carried: `sqlite:///path` or `postgresql://…`; a database in *path* when it is not given."""
    sync: Literal["interval", "always"] = "interval"
    """Whether a record is acknowledged when the system has it, or only when the disk has."""

    @field_validator("database_url")
    @classmethod
    def _spoken(cls, url: Secret | None) -> Secret | None:
        if url is not None and not url.get_secret_value().startswith(_DATABASES):
            hint = "write `sqlite:///path` or `postgresql://user@host/name`"
            raise reject("not-available", "names a database that this version does not speak", hint)
        return url

    @property
    def database(self) -> str:
        """The database's address."""
        return self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.path / 'records.db'}"


class Logging(_Section):
    """What is said about the running gateway. The trail of exchanges is `records`."""

    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(capitals)] = "INFO"
    """The mildest that is told."""
    format: Literal["json", "text"] = "json"
    """One JSON object for each line, or lines for people."""
    retention_days: Count = 90
    """Has no effect in this version: no record is deleted."""
    sensitive_data_logging: bool = False
    """Cannot be true in this version."""

    @field_validator("sensitive_data_logging")
    @classmethod
    def _refused(cls, wanted: bool) -> bool:  # noqa: FBT001 - Pydantic hands it over so
        if wanted:
            hint = "leave it false: transcripts need encryption under a key for each person, which is not there yet"
            raise reject("not-available", "cannot be true in this version", hint)
        return wanted


class Settings(_Section):
    """The whole configuration."""

    app_name: str = Field(default="yett", min_length=1)
    """What the application behind the gateway is called."""
    server: Server = Server()
    security: Security = Security()
    policies: Policies = Policies()
    llm_providers: Annotated[dict[str, Provider], BeforeValidator(named_providers)] = {}
    """The upstreams by name; without any, the built-in model `stub`, which echoes."""
    allowed_models: Names = ()
    """The models that may be asked for, `*` and `?` being wildcards; all that a provider answers for when empty."""
    prices: PriceList = PriceList()
    access: Access = Access()
    records: Records = Records()
    logging: Logging = Logging()

    @property
    def providers(self) -> dict[str, Provider]:
        """The upstreams that can be called: those that are configured and spoken, or the stub where none is."""
        spoken = {name: provider for name, provider in self.llm_providers.items() if provider.kind != "anthropic"}
        return spoken if self.llm_providers else {"stub": Provider(kind="stub", models=("stub",))}
