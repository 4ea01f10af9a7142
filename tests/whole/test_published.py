"""Policies that are published come into force in every gateway that runs, by stages, with the commit in the record."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.whole.gate import Gate, configured, gate, posted
from yett.compose.loading import SettingsSource
from yett.compose.publishing import open_publishing
from yett.model.release import Rollout
from yett.services.publishing import Intent, Publishing

SOON = {"poll": 0.01}


def forbidding(word: str, version: str = "1.0.0") -> dict[str, str]:
    rule = f"{{id: r, when: 'llm.prompt.contains(\"{word}\")', action: {{decision: deny, reason: not that word}}}}"
    return {"words": f"metadata: {{id: words, version: {version}, priority: 2000}}\nrules: [{rule}]\n"}


@asynccontextmanager
async def publishing(folder: Path) -> AsyncIterator[Publishing]:
    """Publish as the command line does, from outside of the gateway that is configured in *folder*."""
    source = SettingsSource(folder / "yett.yaml", environment={}, folder=folder)
    async with open_publishing(source.load().settings) as found:
        yield found


async def status(gateway: Gate, text: str, key: str = "dev-token") -> int:
    body = {"model": "stub", "messages": [{"role": "user", "content": text}]}
    head = {"authorization": f"Bearer {key}"}
    return (await posted(gateway.port, json.dumps(body).encode(), head=head))[0]


async def until(gateway: Gate, *releases: str) -> None:
    """Wait until these *releases* are in force."""
    async with asyncio.timeout(60):
        while [name.split()[0] for name in gateway.house.snapshots.current.releases] != list(releases):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_is_published_comes_into_force_and_goes_back_without_a_restart(tmp_path: Path) -> None:
    async with gate(tmp_path, policies=SOON) as gateway, publishing(tmp_path) as publish:
        assert await status(gateway, "a unicorn") == 200
        await publish.push("n", forbidding("unicorn"), Intent(commit="c0ffee" * 7))
        await until(gateway, "n#1")
        assert (await status(gateway, "a unicorn"), await status(gateway, "a dragon")) == (403, 200)
        await publish.push("n", forbidding("dragon", "1.1.0"), Intent())
        await until(gateway, "n#2")
        assert (await status(gateway, "a unicorn"), await status(gateway, "a dragon")) == (200, 403)
        await publish.roll_back("words", "1.0.0", Intent())
        await until(gateway, "n#3")
        assert await status(gateway, "a unicorn") == 403
        records = await gateway.records(6)
    assert records[0].releases == ()
    (release,) = records[1].releases
    assert (release.startswith("n#1 "), release.endswith(" c0ffeec0ffee")) == (True, True)


async def test_what_is_in_shadow_is_recorded_and_has_no_effect(tmp_path: Path) -> None:
    async with gate(tmp_path, policies=SOON) as gateway, publishing(tmp_path) as publish:
        await publish.push("n", forbidding("dragon"), Intent())
        await publish.push("n", forbidding("unicorn", "2"), Intent(Rollout.SHADOW))
        await until(gateway, "n#1")
        await until_shadowed(gateway)
        assert (await status(gateway, "a unicorn"), await status(gateway, "a dragon")) == (200, 403)
        unicorn, dragon = (await gateway.records(3))[-2:]
    assert (unicorn.judgements[0].effect, unicorn.judgements[0].shadow) == ("allow", "deny")
    assert (dragon.judgements[0].effect, dragon.judgements[0].shadow) == ("deny", "allow")


async def until_shadowed(gateway: Gate) -> None:
    async with asyncio.timeout(60):
        while gateway.house.snapshots.current.guard._shadow is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await status(gateway, "warm up") == 200


async def test_a_canary_decides_for_the_same_callers_each_time(tmp_path: Path) -> None:
    keys = [{"id": f"k{number}", "secret": f"a-key-of-a-caller-{number:04}"} for number in range(30)]  # no credentials
    settings = {"policies": SOON, "access": {"keys": keys}}
    async with gate(tmp_path, **settings) as gateway, publishing(tmp_path) as publish:  # type: ignore[arg-type]
        await publish.push("n", forbidding("unicorn"), Intent(Rollout.CANARY, 50))
        async with asyncio.timeout(60):
            while not gateway.house.snapshots.current.canaries:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        rounds = [[await status(gateway, "a unicorn", key["secret"]) for key in keys] for _ in range(2)]
        assert rounds[0] == rounds[1]
        assert set(rounds[0]) == {200, 403}
        records = await gateway.records(60)
    assert {(bool(record.releases), record.status) for record in records} == {(True, 403), (False, 200)}


async def test_without_its_store_a_gateway_starts_with_what_was_in_force_and_says_so(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    policies = {**SOON, "store": f"sqlite:///{away / 'policies.db'}"}
    async with gate(tmp_path, policies=policies) as gateway:
        async with publishing(tmp_path) as publish:
            await publish.push("n", forbidding("unicorn"), Intent())
        await until(gateway, "n#1")
    away.rename(tmp_path / "moved")
    async with gate(tmp_path, policies=policies) as gateway:
        assert await status(gateway, "a unicorn") == 403
        assert "cannot be read" in gateway.house.health.readiness().checks["releases"]
        (tmp_path / "moved").rename(away)
        async with asyncio.timeout(60):
            while gateway.house.health.readiness().checks["releases"] != "ok":  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_gateway_that_never_saw_its_store_lets_nothing_pass_until_it_has(tmp_path: Path) -> None:
    away, moved = tmp_path / "away", tmp_path / "moved"
    for folder in (away, tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
    policies = {**SOON, "store": f"sqlite:///{away}/store.db"}
    configured(tmp_path / "one", policies=policies)
    async with publishing(tmp_path / "one") as publish:
        await publish.push("n", forbidding("unicorn"), Intent())
    away.rename(moved)
    async with gate(tmp_path / "two", policies=policies) as gateway:
        assert (await status(gateway, "a dragon"), gateway.house.health.readiness().ready) == (403, False)
        moved.rename(away)
        await until(gateway, "n#1")
        assert (await status(gateway, "a dragon"), await status(gateway, "a unicorn")) == (200, 403)
        assert gateway.house.health.readiness().ready


async def test_a_store_that_is_not_there_any_more_withdraws_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    async with gate(tmp_path, policies={**SOON, "store": f"folder:///{store}"}) as gateway:
        async with publishing(tmp_path) as publish:
            await publish.push("n", forbidding("unicorn"), Intent())
        await until(gateway, "n#1")
        store.rename(tmp_path / "moved")
        async with asyncio.timeout(60):
            while "lost `n#1`" not in gateway.house.health.readiness().checks["releases"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert await status(gateway, "a unicorn") == 403


async def test_a_source_comes_into_force_by_itself_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "words.yaml").write_text(forbidding("unicorn")["words"])
    source = {"namespace": "n", "folder": str(tmp_path / "p"), "every": 0.01}
    async with gate(tmp_path, policies={**SOON, "sources": [source]}) as gateway:
        await until(gateway, "n#1")
        (tmp_path / "p" / "words.yaml").write_text("rules: [")
        async with asyncio.timeout(60):
            while gateway.house.health.readiness().checks["source n"] == "ok":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert await status(gateway, "a unicorn") == 403


@pytest.mark.parametrize("kept", ["{", '{"numbers": {}, "releases": [], "bundles": [{"digest": "0"}]}'])
async def test_a_copy_that_does_not_hold_stops_the_start(tmp_path: Path, kept: str) -> None:
    from yett.model.errors import OperatorError

    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "policies.json").write_text(kept)
    with pytest.raises(OperatorError, match="no copy of policies that holds"):
        async with gate(tmp_path):
            pass
