"""What is configured and what is released are in force together, in whichever order they came."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whole import gate
from yett.compose import snapshot
from yett.compose.clock import SystemClock
from yett.compose.loading import SettingsSource
from yett.compose.published import kept_copy
from yett.compose.renewal import Renewal
from yett.compose.snapshot import Builder
from yett.model.errors import OperatorError
from yett.model.release import Release, Rollout, Standing
from yett.policy.bundles import bundled
from yett.services.following import Published
from yett.services.snapshots import Snapshot

POLICY = "metadata: {id: %s, version: '1'}\nrules: [{id: r, when: 'llm.model == \"m\"', action: {decision: deny}}]\n"


def published(name: str) -> Published:
    """Return what is in force when a policy of that *name* was released."""
    bundle = bundled({name: POLICY % name})
    release = Release("n", 1, bundle.digest, Rollout.ENFORCE, 1.5, 100, "me", "", "why")
    return Published((Standing("n", 1, release),), {bundle.digest: bundle})


class Renewing:
    """A configuration in a folder, and what makes snapshots of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()
        source = SettingsSource(folder / "yett.yaml", {}, {}, folder)
        self.renewal = Renewal(source, source.load(), Builder(SystemClock(), b"k" * 32))

    def write(self, *names: str) -> None:
        """Configure policies of these *names*."""
        files = [f"{name}.yaml" for name in names]
        for name, file in zip(names, files, strict=True):
            (self.folder / file).write_text(POLICY % name)
        settings = {"records": {"path": "records"}, "policies": {"default": "none", "files": files}}
        (self.folder / "yett.yaml").write_text(json.dumps(settings | {"server": {"mode": "development"}}))

    @property
    def policies(self) -> tuple[str, ...]:
        return self.renewal.snapshots.current.policies


@pytest.fixture
def renewing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Renewing:
    monkeypatch.setattr(snapshot, "configured_detectors", gate._detectors)
    return Renewing(tmp_path)


async def test_what_is_released_outlives_a_reload_and_the_other_way_round(renewing: Renewing) -> None:
    await renewing.renewal.release(published("released"))
    assert renewing.policies == ("released@1",)
    renewing.write("configured")
    await renewing.renewal.reload()
    assert renewing.policies == ("configured@1", "released@1")
    await renewing.renewal.release(published("another"))
    assert renewing.policies == ("configured@1", "another@1")


def meeting(build: Callable[..., Snapshot]) -> Callable[..., Snapshot]:
    """Let the first *build* wait until another is done, or a moment where none comes."""
    first, done = iter((True,)), threading.Event()

    def building(*asked: object) -> Snapshot:
        is_first = next(first, False)
        built = build(*asked)
        if is_first:
            done.wait(0.2)
        else:
            done.set()
        return built

    return building


@pytest.mark.parametrize("order", [1, -1])
async def test_what_comes_while_the_other_is_built_is_not_lost(
    renewing: Renewing, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    monkeypatch.setattr(Builder, "build", meeting(Builder.build))
    renewing.write("configured")
    renewal = renewing.renewal
    await asyncio.gather(*(renewal.reload(), renewal.release(published("released")))[::order])
    assert renewing.policies == ("configured@1", "released@1")


async def test_what_cannot_be_made_changes_nothing(renewing: Renewing) -> None:
    before = renewing.renewal.snapshots.current
    (renewing.folder / "yett.yaml").write_text("policies: 3")
    with pytest.raises(OperatorError, match="policies"):
        await renewing.renewal.reload()
    bundle = bundled(
        {"a": "metadata: {id: a}\nrules: [{id: r, when: 'nothing.such == 1', action: {decision: deny}}]\n"}
    )
    release = Release("n", 1, bundle.digest, Rollout.ENFORCE, 1.5, 100, "me", "", "why")
    with pytest.raises(OperatorError, match="nothing"):
        await renewing.renewal.release(Published((Standing("n", 1, release),), {bundle.digest: bundle}))
    assert renewing.renewal.snapshots.current is before
    assert kept_copy(renewing.folder / "records") == renewing.renewal.published == Published()


async def test_what_is_released_is_in_force_and_says_so_when_no_copy_can_be_kept(renewing: Renewing) -> None:
    copy = renewing.folder / "records" / "policies.json"
    copy.mkdir(parents=True)
    await renewing.renewal.release(published("released"))
    assert renewing.policies == ("released@1",)
    assert "no copy of what is released could be kept" in renewing.renewal.trouble
    copy.rmdir()
    await renewing.renewal.release(published("released"))
    assert renewing.renewal.trouble == ""
    assert kept_copy(renewing.folder / "records") == published("released")
