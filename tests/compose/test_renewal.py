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
from yett.compose.publishing import signed
from yett.compose.renewal import Renewal
from yett.compose.snapshot import Builder
from yett.integrity.signatures import public_key
from yett.model.errors import OperatorError
from yett.model.release import Release, Rollout, Standing
from yett.policy.bundles import bundled
from yett.services.following import Published
from yett.services.snapshots import Snapshot

POLICY = "metadata: {id: %s, version: '1'}\nrules: [{id: r, when: 'llm.model == \"m\"', action: {decision: deny}}]\n"


PRIVATE = "04" * 32  # not a credential


def published(name: str, private: str = "") -> Published:
    """Return what is in force when a policy of that *name* was released, signed with the key *private* if there is one."""
    bundle = bundled({name: POLICY % name})
    bundle = signed(bundle, private) if private else bundle
    release = Release("n", 1, bundle.digest, Rollout.ENFORCE, 1.5, 100, "me", "", "why")
    return Published((Standing("n", 1, release),), {bundle.digest: bundle})


class Renewing:
    """A configuration in a folder, and what makes snapshots of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()
        self.renewal = self.begun()

    def begun(self) -> Renewal:
        source = SettingsSource(self.folder / "yett.yaml", {}, {}, self.folder)
        return Renewal(source, source.load(), Builder(SystemClock(), b"k" * 32))

    def write(self, *names: str, trusted: tuple[str, ...] = ()) -> None:
        """Configure policies of these *names*, and that what is released be signed by one who is *trusted*."""
        files = [f"{name}.yaml" for name in names]
        for name, file in zip(names, files, strict=True):
            (self.folder / file).write_text(POLICY % name)
        policies = {"default": "none", "files": files, "trusted_keys": trusted}
        settings = {"records": {"path": "records"}, "policies": policies}
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
    assert kept_copy(renewing.folder / "records") is renewing.renewal.published is None


async def test_what_is_in_force_must_be_signed_as_a_changed_configuration_wants_it(renewing: Renewing) -> None:
    await renewing.renewal.release(published("released"))
    renewing.write("configured", trusted=(public_key(PRIVATE),))
    with pytest.raises(OperatorError, match=r"nobody whose key is in `policies\.trusted_keys`"):
        await renewing.renewal.reload()
    assert renewing.policies == ("released@1",)
    await renewing.renewal.release(published("released", PRIVATE))
    await renewing.renewal.reload()
    assert renewing.policies == ("configured@1", "released@1")


async def test_a_start_begins_with_what_was_in_force_only_if_it_is_signed_as_it_must_be(renewing: Renewing) -> None:
    (renewing.folder / "records").mkdir()
    await renewing.renewal.release(published("released"))
    renewing.write(trusted=(public_key(PRIVATE),))
    again = renewing.begun()
    assert ((again.snapshots.current.policies), again.published) == ((), None)
    assert [authority.name for authority in again.snapshots.current.authorities] == ["releases"]
    assert "nobody whose key is in `policies.trusted_keys`" in again.trouble
    await again.release(published("released", PRIVATE))
    assert (again.snapshots.current.policies, again.trouble) == (("released@1",), "")
    assert again.snapshots.current.authorities == ()
    assert renewing.begun().snapshots.current.policies == ("released@1",)


async def test_nothing_passes_until_it_is_known_what_is_published_whatever_is_configured_meanwhile(
    renewing: Renewing,
) -> None:
    def withheld() -> bool:
        return [each.name for each in renewing.renewal.snapshots.current.authorities] == ["releases"]

    assert withheld()
    renewing.write("configured")
    await renewing.renewal.reload()
    assert (withheld(), renewing.policies) == (True, ("configured@1",))
    await renewing.renewal.release(Published())
    assert (withheld(), renewing.policies) == (False, ("configured@1",))


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
