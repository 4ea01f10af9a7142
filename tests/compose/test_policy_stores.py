"""Which store a configuration means."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.adapters.conformance_policies import release
from yett.adapters.sql.database import Database
from yett.compose.policy_stores import opened_store, store_beside
from yett.compose.settings import Settings
from yett.model.errors import NotReady


def settings(folder: Path, store: str | None) -> Settings:
    records = {"path": folder / "records"}
    return Settings.model_validate({"records": records, "policies": {"store": store} if store else {}})


def a_repository(folder: Path) -> str:
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder / "p.git")], check=True)
    return f"git+file://{folder / 'p.git'}#live"


STORES: dict[str, Callable[[Path], str | None]] = {
    "records": lambda _: None,
    "database": lambda folder: f"sqlite:///{folder / 'p.db'}",
    "folder": lambda folder: f"folder:///{folder / 'p'}",
    "repository": a_repository,
}


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
async def test_publishing_and_serving_mean_the_same_store(store: Callable[[Path], str | None], tmp_path: Path) -> None:
    said = settings(tmp_path, store(tmp_path))
    async with opened_store(said) as opened:
        assert await opened.release(release(1))
    records = (
        await Database.open(said.records.database)
        if (tmp_path / "records").exists()
        else Database.later("sqlite:///:memory:")
    )
    async with store_beside(said, records) as beside:
        assert dict(await beside.newest()) == {"acme": 1}
    await records.aclose()


@pytest.mark.parametrize(
    "address", ["sqlite:///{}/none/p.db", "folder:///{}/file/p", "git+file://{}/none.git"], ids=["sql", "folder", "git"]
)
async def test_a_store_out_of_reach_keeps_no_gateway_from_starting(address: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with store_beside(
        settings(tmp_path, address.format(tmp_path)), Database.later("sqlite:///:memory:")
    ) as store:
        with pytest.raises(NotReady):
            await store.release(release(1))


@pytest.mark.parametrize("address", ["mysql://x", "folder:p", "git+http://x", "/p"])
def test_an_address_of_nothing_known_is_told_what_would_be(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="does not speak"):
        settings(tmp_path, address)
