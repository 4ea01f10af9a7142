"""A changed file takes effect; a broken or missing one changes nothing but what is told."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whole import gate
from yett.compose import snapshot
from yett.compose.house import House
from yett.compose.loading import Loaded, SettingsSource
from yett.compose.watching import Watcher, watched_files

CONFIG = "records: {path: records}\npolicies: {default: none, files: [%s]}\nserver: {mode: production}\n"
POLICY = """
metadata: {id: %s, version: "%s"}
rules:
  - {id: r, condition: {operator: eq, field: llm.model, value: m}, action: {decision: deny}}
tests:
  - {given: {llm.model: m}, expect: {effect: %s}}
"""


class Watched:
    """A house whose files are looked at when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config("a.yaml")
        self.policy("a", "1")
        self.house = House(SettingsSource(None, {}, {}, folder))
        self.reloaded = 0
        self.meanwhile: Callable[[], object] = lambda: None
        self.watcher = Watcher(self.house.snapshots, self.house.telemetry, self.reload, self.house.loaded)

    def config(self, files: str) -> None:
        (self.folder / "yett.yaml").write_text(CONFIG % files)

    def policy(self, name: str, version: str, expected: str = "deny") -> None:
        (self.folder / f"{name}.yaml").write_text(POLICY % (name, version, expected))

    async def reload(self) -> Loaded:
        self.reloaded += 1
        loaded = await self.house.renewal.reload()
        self.meanwhile()
        return loaded

    @property
    def policies(self) -> tuple[str, ...]:
        return self.house.snapshots.current.policies

    @property
    def failure(self) -> str:
        return self.house.snapshots.failure

    def reloads(self) -> dict[str, float]:
        lines = [line.split() for line in self.house.telemetry.render().decode().splitlines()]
        told = {name: float(value) for name, value in (line for line in lines if len(line) == 2)}
        return {word: told.get(f'yett_reloads_total{{result="{word}"}}', 0) for word in ("swapped", "kept")}


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(snapshot, "configured_detectors", gate._detectors)
    return Watched(tmp_path)


async def test_without_a_change_nothing_is_built(watched: Watched) -> None:
    assert [await watched.watcher.look() for _ in range(3)] == [False] * 3
    assert watched.reloaded == 0
    assert watched.reloads() == {"swapped": 0, "kept": 0}


async def test_a_changed_policy_is_swapped_in_once(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    before = watched.house.snapshots.current
    watched.policy("a", "2")
    with caplog.at_level(logging.INFO, "yett.reload"):
        assert [await watched.watcher.look() for _ in range(3)] == [True, False, False]
    assert watched.policies == ("a@2",)
    assert watched.house.snapshots.current.revision != before.revision
    assert (watched.reloaded, watched.reloads(), watched.failure) == (1, {"swapped": 1, "kept": 0}, "")
    assert f"configuration {watched.house.snapshots.current.revision[:12]} is in force" in caplog.text


async def test_a_file_that_was_only_touched_means_what_it_meant(watched: Watched) -> None:
    before = watched.house.snapshots.current.revision
    os.utime(watched.folder / "a.yaml", (1, 1))
    assert await watched.watcher.look()
    assert watched.house.snapshots.current.revision == before


async def test_a_file_that_another_one_of_the_same_size_and_age_replaced_is_read(watched: Watched) -> None:
    watched.policy("b", "1")
    old, fresh = watched.folder / "a.yaml", watched.folder / "b.yaml"
    os.utime(fresh, ns=(old.stat().st_atime_ns, old.stat().st_mtime_ns))
    assert fresh.stat().st_size == old.stat().st_size
    fresh.replace(old)
    assert await watched.watcher.look()
    assert watched.policies == ("b@1",)


def broken(watched: Watched) -> str:
    (watched.folder / "a.yaml").write_text("metadata: {id: a}\nrulez: []\n")
    return "a.yaml:2:1: unknown key `rulez`"


def contradicted(watched: Watched) -> str:
    watched.policy("a", "2", expected="allow")
    return "a.yaml:6:5: `test on line 6` failed: expected `allow`, got `deny`"


def removed(watched: Watched) -> str:
    (watched.folder / "a.yaml").unlink()
    return "a.yaml: cannot be read: no such file or directory"


def unknown_key(watched: Watched) -> str:
    (watched.folder / "yett.yaml").write_text("server: {prot: 1}\n")
    return "yett.yaml:1:10: unknown key `prot`"


def no_configuration(watched: Watched) -> str:
    (watched.folder / "yett.yaml").unlink()
    return "yett.yaml: cannot be read: no such file or directory"


@pytest.mark.parametrize("spoil", [broken, contradicted, removed, unknown_key, no_configuration])
async def test_what_does_not_stand_is_told_and_the_running_one_stays(
    watched: Watched, spoil: Callable[[Watched], str], caplog: pytest.LogCaptureFixture
) -> None:
    before = watched.house.snapshots.current
    told = spoil(watched)
    assert [await watched.watcher.look() for _ in range(3)] == [True, False, False]
    assert watched.house.snapshots.current is before
    assert told in watched.failure
    assert told in caplog.text
    assert watched.house.health.readiness().checks["configuration"].startswith(f"kept {before.revision[:12]}: ")
    assert watched.reloads() == {"swapped": 0, "kept": 1}

    watched.config("a.yaml")
    watched.policy("a", "3")
    assert await watched.watcher.look()
    assert (watched.policies, watched.failure) == (("a@3",), "")
    assert watched.house.health.readiness().checks["configuration"] == "ok"
    assert watched.reloads() == {"swapped": 1, "kept": 1}


async def test_a_configuration_that_is_gone_opens_no_door(watched: Watched) -> None:
    (watched.folder / "yett.yaml").unlink()
    await watched.watcher.look()
    assert await watched.house.snapshots.current.directory.principal("dev-token") is None


async def test_a_file_that_is_named_anew_is_watched_and_one_that_is_not_named_is_not(watched: Watched) -> None:
    watched.policy("b", "1")
    watched.config("b.yaml")
    assert await watched.watcher.look()
    assert watched.policies == ("b@1",)
    watched.policy("a", "2")
    assert not await watched.watcher.look()
    watched.policy("b", "22")
    assert await watched.watcher.look()
    assert watched.policies == ("b@22",)


@pytest.mark.parametrize("spoil", ["metadata: [", None])
async def test_a_broken_file_that_is_named_anew_is_watched_until_it_stands(watched: Watched, spoil: str | None) -> None:
    if spoil is not None:
        (watched.folder / "b.yaml").write_text(spoil)
    watched.config("a.yaml, b.yaml")
    assert [await watched.watcher.look() for _ in range(2)] == [True, False]
    assert (watched.policies, "b.yaml" in watched.failure) == (("a@1",), True)
    watched.policy("b", "1")
    assert [await watched.watcher.look() for _ in range(2)] == [True, False]
    assert (watched.policies, watched.failure) == (("a@1", "b@1"), "")


@pytest.mark.parametrize("name", ["a", "b"])
async def test_a_file_that_changes_while_it_is_read_is_read_again(watched: Watched, name: str) -> None:
    watched.policy("a", "2")
    if name == "b":
        watched.policy("b", "1")
        watched.config("a.yaml, b.yaml")
        assert await watched.watcher.look()
    watched.policy(name, "33")
    watched.meanwhile = lambda: watched.policy(name, "444")
    assert await watched.watcher.look()
    watched.meanwhile = lambda: None
    assert await watched.watcher.look()
    assert f"{name}@444" in watched.policies
    assert not await watched.watcher.look()


def test_the_files_of_a_configuration_are_itself_its_policies_its_banned_terms_and_its_rules(tmp_path: Path) -> None:
    terms = "security: {banned_terms: {files: [t.yaml]}, pii_protection: {custom: [s.yaml]}}\n"
    (tmp_path / "yett.yaml").write_text(CONFIG % "a.yaml, /b.yaml" + terms)
    named = watched_files(SettingsSource(None, {}, {}, tmp_path).load())
    assert named == (
        tmp_path / "yett.yaml",
        tmp_path / "a.yaml",
        Path("/b.yaml"),
        tmp_path / "t.yaml",
        tmp_path / "s.yaml",
    )
    (tmp_path / "yett.yaml").unlink()
    assert watched_files(SettingsSource(None, {}, {}, tmp_path).load()) == ()
