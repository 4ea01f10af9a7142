"""Policies in a SQL database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from sqlalchemy import Connection, func, select, update

from yett.adapters.sql.database import Database, insert_missing
from yett.adapters.sql.tables import bundles, releases
from yett.model.errors import NotReady
from yett.model.release import Bundle, Release, Rollout

__all__ = ["SqlPolicies"]


class SqlPolicies:
    """A `PolicyStore` on *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, bundle: Bundle) -> None:
        """Keep *bundle*; one of that digest that is there already stays, with the newest signature."""
        row = {**asdict(bundle), "documents": json.dumps(dict(bundle.documents), ensure_ascii=True)}
        same = update(bundles).where(bundles.c.digest == bundle.digest)
        signing = same.values(signer=bundle.signer, signature=bundle.signature)

        def keep(connection: Connection) -> None:
            connection.execute(insert_missing(connection, bundles), row)
            if bundle.signature:
                connection.execute(signing)

        await self._database.run(keep)

    async def bundle(self, digest: str) -> Bundle | None:
        """Return the bundle of that *digest*."""
        query = select(bundles).where(bundles.c.digest == digest)
        row = await self._database.run(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        with _as_written(f"bundle {digest[:12]}"):
            return Bundle(row.digest, tuple(sorted(json.loads(row.documents).items())), row.signer, row.signature)

    async def release(self, release: Release) -> bool:
        """Note *release*; False, and nothing noted, when its number is taken or leaves a gap."""

        def note(connection: Connection) -> bool:
            query = select(func.max(releases.c.number)).where(releases.c.namespace == release.namespace)
            if (connection.scalar(query) or 0) + 1 != release.number:
                return False
            # Whoever comes second finds the number taken, and inserts nothing.
            return connection.execute(insert_missing(connection, releases), asdict(release)).rowcount == 1

        return await self._database.run(note)

    async def releases(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""
        query = select(releases).where(releases.c.namespace == namespace)
        query = query.order_by(releases.c.number.desc()).limit(limit)
        rows = await self._database.run(lambda connection: connection.execute(query).mappings().all())
        with _as_written(f"releases of {namespace}"):
            return [Release(**{**row, "rollout": Rollout(row["rollout"])}) for row in rows]

    async def newest(self) -> Mapping[str, int]:
        """Return the number of the newest release by namespace."""
        query = select(releases.c.namespace, func.max(releases.c.number)).group_by(releases.c.namespace)
        rows = await self._database.run(lambda connection: connection.execute(query).all())
        return {str(namespace): int(number) for namespace, number in rows}


@contextmanager
def _as_written(what: str) -> Iterator[None]:
    """Tell of what cannot be read inside the block: only a tamperer or a newer Yett can have written it."""
    try:
        yield
    except (ValueError, AttributeError):
        raise NotReady(f"`{what}` in the policy store is not as this Yett writes it; restore it") from None
