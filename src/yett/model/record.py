"""
Record and Entry: what is remembered of one exchange.

Rules:

1. A record has no field for text: not for prompts, answers, names of people, or values that were found. Digests are
   keyed, so that nobody can guess a short text from its digest.
2. A record is filled in along the way and sealed once; a sealed record becomes an Entry, a link in a hash chain.
3. What it says about scanning comes from the guard's own receipts.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from yett.model.usage import Usage

__all__ = ["Entry", "Judgement", "Record"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision of policy within an exchange."""

    stage: str
    effect: str
    allowed: bool
    rules: tuple[str, ...]
    """The matching rules as `policy@version/rule`."""
    unknown: tuple[str, ...]
    """Fields without a value that made a rule only possibly true."""
    findings: tuple[tuple[str, str, int], ...]
    """How often each kind was found: kind, origin, count."""
    coverage: tuple[tuple[str, str, int, str], ...]
    """What was read by whom: path pattern, origin, characters, detectors (comma-separated; `!name:why` failed; `opaque`)."""
    facts: tuple[str, ...] = ()
    """The costly facts that were computed to decide; `*` says that everything was looked for and nothing found."""
    revision: str = ""
    rewritten: tuple[tuple[str, str, int], ...] = ()
    """How often each kind was rewritten how: kind, transform (or `restore`), count."""
    shadow: str = ""
    """The effect that policies in shadow would have had; empty where there are none."""
    risk: tuple[tuple[str, float], ...] = ()
    """What each family of findings adds to the risk, the greatest first."""
    redacts: tuple[str, ...] = ()
    """What was to be rewritten: `kind how`, and from whose texts, where not from everybody's."""
    vector: dict[str, object] | None = None
    """
    The facts that policy read, by field, so that another policy can be asked about them; None where they were not kept.

    None stands for a fact that nobody stated, an object for one that has no value; what `facts` names and is not here was
    zero, false or empty. What may tell of a person is a keyed
    digest, which shows what is equal and nothing else. `*` says that of what is usual to ask about nothing else was stated.
    """


@dataclass(slots=True)
class Record:
    """One exchange, from admission to its last byte."""

    id: str
    at: float
    """Seconds since 1970-01-01 UTC."""
    operation: str
    """The dialect's operation, such as `openai.chat`."""
    revision: str = ""
    """The snapshot's revision: configuration and policies."""
    tenant: str = ""
    subject: str = ""
    """A keyed digest of the subject."""
    key: str = ""
    model: str = ""
    upstream: str = ""
    streamed: bool = False
    judgements: list[Judgement] = field(default_factory=list)
    usage: Usage = Usage()
    outcome: str = ""
    """`served`, `refused`, `stopped` (a stream cut by policy), `abandoned` (the caller left), `failed` or `crashed`."""
    status: int = 0
    code: str = ""
    """The refusal's code, where there was one."""
    duration: float = 0.0
    request_digest: str = ""
    response_digest: str = ""
    caps: dict[str, int] = field(default_factory=dict)
    """What the request was held to, by policy or for its provider: by quantity, such as `max_tokens`, the limit."""
    cost: str = ""
    """What it cost by the price table, in US dollars, as an exact decimal; empty where the price or the usage is unknown."""
    releases: tuple[str, ...] = ()
    """The published policies that decided: namespace, release, digest, and the commit where there is one."""


class Entry(NamedTuple):
    """A sealed record in its chain."""

    chain: str
    """The chain's identifier: one per journal and start."""
    sequence: int
    """From 1, without gaps."""
    id: str
    at: float
    body: bytes
    """The record as canonical JSON."""
    link: str
    """SHA-256, in hex, over the previous link, the sequence and the body; the first follows 64 zeros."""
