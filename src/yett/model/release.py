"""
Bundle and Release: policies as they are published.

Rules:

1. A bundle is a set of policies that come into force together. It never changes: its name is the digest of what is in
   it.
2. A release says that a namespace gets a bundle, and how far. Releases are numbered without gaps and never taken back;
   what is in force follows from them alone. So rolling back is one more release, of an older bundle.
3. Nothing about a release needs the text of the policies, so a record can name it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["NAMESPACE", "Bundle", "Release", "Rollout", "Standing", "is_namespace", "standing"]

NAMESPACE = r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*"
"""A path of words, such as `acme/payments`. What is above what is read off it, so nothing in it may only look alike."""


class Rollout(StrEnum):
    """How far a bundle is in force, from not at all to for everybody."""

    DRAFT = "draft"
    """It is kept, and decides nothing; what is tried out becomes one again so that it is not any more."""
    SHADOW = "shadow"
    """It is asked beside what is in force; what it says is recorded and has no effect."""
    CANARY = "canary"
    """It decides for a share of the callers, always the same ones."""
    ENFORCE = "enforce"
    """It decides."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Policies that belong together; *digest* is the SHA-256, in hex, of their canonical form."""

    digest: str
    documents: tuple[tuple[str, str], ...]
    """By the policy's id, sorted, its YAML text."""
    signer: str = ""
    """The public key by which *signature* is to be verified, in hex; empty when nobody signed."""
    signature: str = ""
    """An Ed25519 signature (RFC 8032) over the canonical form, in hex."""


@dataclass(frozen=True, slots=True)
class Release:
    """The *number*th change of what is in force in a *namespace*."""

    namespace: str
    number: int
    """From 1, without gaps."""
    digest: str
    rollout: Rollout
    at: float
    """Seconds since 1970-01-01 UTC."""
    share: int = 100
    """Of a canary, the percentage of callers for whom it decides."""
    author: str = ""
    commit: str = ""
    """The commit that the bundle was taken from, where it came from a repository."""
    note: str = ""

    @property
    def name(self) -> str:
        """What records call it."""
        commit = f" {self.commit[:12]}" if self.commit else ""
        return f"{self.namespace}#{self.number} {self.digest[:12]}{commit}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force in a namespace, and what is on its way."""

    namespace: str
    number: int
    """The number of the newest release."""
    live: Release | None
    """The release that decides."""
    candidate: Release | None = None
    """The release that is tried out, in shadow or as a canary."""


def is_namespace(name: str) -> bool:
    """Say whether *name* can be that of a namespace."""
    return re.fullmatch(NAMESPACE, name) is not None


def standing(namespace: str, releases: Iterable[Release]) -> Standing:
    """Say where a namespace stands after *releases*, in any order."""
    live, candidate, number = None, None, 0
    for release in sorted(releases, key=lambda each: each.number):
        number = release.number
        if release.rollout is Rollout.ENFORCE:
            live, candidate = release, None
        elif release.rollout is not Rollout.DRAFT:
            candidate = release
        elif candidate and release.digest == candidate.digest:
            candidate = None
    return Standing(namespace, number, live, candidate)
