"""Policies in SQLite and in a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from tests.adapters.conformance_policies import PolicyStoreConformance, release
from tests.conftest import Fresh
from yett.adapters.sql.database import Database
from yett.adapters.sql.policies import SqlPolicies
from yett.adapters.sql.tables import bundles, releases
from yett.model.errors import NotReady
from yett.policy.bundles import bundled
from yett.ports.policies import PolicyStore


class TestSqlitePolicies(PolicyStoreConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[PolicyStore]:
        database = await Database.open(f"sqlite:///{tmp_path / 'yett.db'}")
        yield SqlPolicies(database)
        await database.aclose()


class TestPostgresqlPolicies(PolicyStoreConformance):
    @pytest.fixture
    async def store(self, postgresql: Fresh) -> AsyncIterator[PolicyStore]:
        database = await Database.open(postgresql())
        yield SqlPolicies(database)
        await database.aclose()

    async def test_two_replicas_that_come_at_once_do_not_both_succeed(self, postgresql: Fresh) -> None:
        address = postgresql()
        replicas = [await Database.open(address) for _ in range(2)]
        for number in range(1, 11):
            noted = await asyncio.gather(*(SqlPolicies(each).release(release(number)) for each in replicas))
            assert sorted(noted) == [False, True]
        for each in replicas:
            await each.aclose()


@pytest.mark.parametrize("spoilt", ["{", "[]"])
async def test_what_this_yett_did_not_write_is_not_ready(tmp_path: Path, spoilt: str) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'yett.db'}")
    store, bundle = SqlPolicies(database), bundled({"a": "x"})
    await store.keep(bundle)
    assert await store.release(release(1))

    def spoil(connection: Connection) -> None:
        connection.execute(update(bundles).values(documents=spoilt))
        connection.execute(update(releases).values(rollout="by and by"))

    await database.run(spoil)
    with pytest.raises(NotReady, match="is not as this Yett writes it"):
        await store.bundle(bundle.digest)
    with pytest.raises(NotReady, match="is not as this Yett writes it"):
        await store.releases("acme")
    await database.aclose()
