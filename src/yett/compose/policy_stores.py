"""Where policies are published, as a configuration means it: a database, a folder or a repository."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from hashlib import sha256
from pathlib import Path

from yett.adapters.files.folder_store import FolderPolicies
from yett.adapters.files.git_store import GitPolicies
from yett.adapters.sql.database import Database
from yett.adapters.sql.policies import SqlPolicies
from yett.compose.settings import Settings
from yett.ports.policies import PolicyStore

__all__ = ["opened_store", "store_beside"]

_FOLDER, _GIT = "folder:///", "git+"
_BRANCH = "main"


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[PolicyStore]:
    """
    Open the store that *settings* name, to publish there.

    Raises:
        NotReady: it cannot be reached.
        OperatorError: its address is wrong.
    """
    if store := _plain(settings):
        yield store
        return
    if not settings.policies.store:
        settings.records.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with aclosing(await Database.open(_address(settings) or settings.records.database)) as database:
        yield SqlPolicies(database)


@asynccontextmanager
async def store_beside(settings: Settings, records: Database) -> AsyncIterator[PolicyStore]:
    """Use the store that *settings* name, which may be out of reach by now, or else the database of *records*."""
    store = _plain(settings)
    if store or not _address(settings):
        yield store or SqlPolicies(records)
        return
    async with aclosing(Database.later(_address(settings))) as database:
        yield SqlPolicies(database)


def _address(settings: Settings) -> str:
    return settings.policies.store.get_secret_value() if settings.policies.store else ""


def _plain(settings: Settings) -> PolicyStore | None:
    """Return the folder or the repository that *settings* name; None where they name a database, or nothing."""
    address = _address(settings)
    if address.startswith(_FOLDER):
        return FolderPolicies(Path(address.removeprefix(_FOLDER)))
    if address.startswith(_GIT):
        repository, _, branch = address.removeprefix(_GIT).partition("#")
        kept = settings.records.path / "stores" / sha256(repository.encode()).hexdigest()[:16]
        return GitPolicies(repository, kept, branch=branch or _BRANCH)
    return None
