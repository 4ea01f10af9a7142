"""Publishing as a configuration means it: which store, whom to trust, what is checked, what is synced."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

from yett.adapters.files.folder_source import FolderSource
from yett.adapters.files.git_source import GitSource
from yett.compose.clock import SystemClock
from yett.compose.patterns import PatternCache
from yett.compose.policies import configured_documents
from yett.compose.policy_stores import opened_store
from yett.compose.settings import Policies, PolicySource, Settings
from yett.compose.snapshot import build_guard
from yett.integrity.signatures import public_key, sign, verify
from yett.model.errors import OperatorError, Place, Problem, YettError
from yett.model.release import Bundle, Rollout
from yett.policy.bundles import bundled, canonical
from yett.policy.documents import Document
from yett.ports.policies import PolicyStore
from yett.ports.sources import Source
from yett.services.following import Published
from yett.services.publishing import Intent, Publishing
from yett.services.syncing import sync

__all__ = ["Syncing", "believed", "configured_source", "genuine", "made_publishing", "open_publishing", "signed"]

_LOG = logging.getLogger("yett.policies")


@asynccontextmanager
async def open_publishing(settings: Settings, private: str = "") -> AsyncIterator[Publishing]:
    """
    Open the store that *settings* name, to publish there; sign with the key *private*, in hex, where there is one.

    Raises:
        NotReady: the store cannot be reached.
        OperatorError: its address is wrong.
    """
    async with opened_store(settings) as store:
        yield made_publishing(settings, store, private)


def made_publishing(
    settings: Settings, store: PolicyStore, private: str = "", own: tuple[Document, ...] = ()
) -> Publishing:
    """Publish to *store* what could be in force beside what *settings* mean and *own*, made in code."""

    async def check(documents: Mapping[str, tuple[Document, ...]]) -> None:
        together = (*own, *(document for each in documents.values() for document in each))
        await asyncio.to_thread(_build, settings, together)

    def trouble(bundle: Bundle) -> str:
        return _distrust(bundle, settings.policies)

    seal = (lambda bundle: signed(bundle, private)) if private else None
    return Publishing(store, SystemClock(), check, trouble, seal)


def _build(settings: Settings, documents: tuple[Document, ...]) -> None:
    build_guard(settings, (*configured_documents(settings), *documents), PatternCache())


def signed(bundle: Bundle, private: str) -> Bundle:
    """
    Sign *bundle* with the key *private*, in hex.

    Raises:
        OperatorError: it is no key.
    """
    try:
        return bundled(dict(bundle.documents), public_key(private), sign(private, canonical(bundle)))
    except ValueError:
        hint = "a private key is 64 hexadecimal digits: `openssl rand -hex 32`"
        raise OperatorError(Problem(Place("key"), "bad-key", "is no private key", hint)) from None


def genuine(bundle: Bundle) -> bool:
    """Say whether *bundle* was signed by whom it names; one that names nobody and bears no signature is as it says."""
    nobody = not bundle.signer and not bundle.signature
    return nobody or verify(bundle.signer, canonical(bundle), bundle.signature)


def believed(published: Published, policies: Policies) -> None:
    """
    Check who signed what is *published*.

    Raises:
        OperatorError: something in it may not come into force as it is signed.
    """
    for release in (*published.live, *published.candidates(Rollout.CANARY), *published.candidates(Rollout.SHADOW)):
        if trouble := _distrust(published.bundle(release), policies):
            raise OperatorError(Problem(Place(release.name), "bad-signature", trouble))


def _distrust(bundle: Bundle, policies: Policies) -> str:
    """Say why *bundle* may not come into force as it is signed; nothing where it may."""
    if not genuine(bundle):
        return "the signature is not one of these policies"
    if policies.trusted_keys and bundle.signer.lower() not in {key.lower() for key in policies.trusted_keys}:
        return "nobody whose key is in `policies.trusted_keys` has signed these policies"
    return ""


def configured_source(source: PolicySource, settings: Settings) -> Source:
    """Return what *source* means."""
    if source.git is None:
        return FolderSource(source.folder or settings.records.path)
    address = source.git.get_secret_value()
    kept = settings.records.path / "sources" / sha256(address.encode()).hexdigest()[:16]
    folder = source.folder.as_posix() if source.folder else ""
    return GitSource(address, kept, reference=source.reference, folder=folder)


@dataclass(slots=True)
class Syncing:
    """Lets what is written in a source come into force."""

    source: Source
    publishing: Publishing
    namespace: str
    intent: Intent
    every: float
    trouble: str = ""
    """Why what is written there is not in force; empty when it is."""

    @classmethod
    def configured(cls, source: PolicySource, settings: Settings, publishing: Publishing) -> "Syncing":
        """Return what *source* of *settings* means."""
        intent = Intent(Rollout(source.rollout), source.share)
        return cls(configured_source(source, settings), publishing, source.namespace, intent, source.every)

    async def look(self) -> None:
        """Look once."""
        try:
            release = await sync(self.source, self.publishing, self.namespace, self.intent)
        except YettError as error:
            if str(error) != self.trouble:
                _LOG.error("`%s` is not in force, what was stays: %s", self.source.name, error)
            self.trouble = str(error)
            return
        self.trouble = ""
        if release:
            _LOG.info("%s was released from `%s`", release.name, self.source.name)
