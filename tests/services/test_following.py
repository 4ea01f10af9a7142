"""What is released comes into force; what cannot changes nothing."""

from dataclasses import replace

import pytest

from tests.services.test_publishing import Clock, compiles, policy
from yett.adapters.memory.policies import MemoryPolicies
from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.model.release import Bundle, Rollout
from yett.services.following import Following, Published, published
from yett.services.publishing import Intent, Publishing


class Applied:
    """Remembers what was applied; fails while told to."""

    def __init__(self) -> None:
        self.seen: list[Published] = []
        self.fails = False

    async def __call__(self, now: Published) -> None:
        if self.fails:
            raise OperatorError(Problem(Place("p"), "x", "it does not stand"))
        self.seen.append(now)


@pytest.fixture
def store() -> MemoryPolicies:
    return MemoryPolicies()


@pytest.fixture
def applied() -> Applied:
    return Applied()


@pytest.fixture
def following(store: MemoryPolicies, applied: Applied) -> Following:
    return Following(store, applied, seen=Published())


@pytest.fixture
def publishing(store: MemoryPolicies) -> Publishing:
    return Publishing(store, Clock(), compiles)


async def test_a_release_is_applied_once(following: Following, applied: Applied, publishing: Publishing) -> None:
    assert not await following.look()
    release = await publishing.push("n", {"a": policy("a")}, Intent())
    assert await following.look()
    assert not await following.look()
    (now,) = applied.seen
    assert (now.live, dict(now.bundle(release).documents)) == ((release,), {"a": policy("a")})


async def test_what_is_tried_out_is_told_apart(publishing: Publishing, store: MemoryPolicies) -> None:
    live = await publishing.push("n", {"a": policy("a")}, Intent())
    canary = await publishing.push("n", {"a": policy("a", "2")}, Intent(Rollout.CANARY, 5))
    shadow = await publishing.push("m", {"b": policy("b")}, Intent(Rollout.SHADOW))
    now = await published(store)
    assert now.live == (live,)
    assert (now.candidates(Rollout.CANARY), now.candidates(Rollout.SHADOW)) == ((canary,), (shadow,))


async def test_what_does_not_stand_is_told_and_not_tried_again_and_again(
    following: Following, applied: Applied, publishing: Publishing
) -> None:
    applied.fails = True
    await publishing.push("n", {"a": policy("a")}, Intent())
    assert await following.look()
    assert "it does not stand" in following.trouble
    assert not await following.look()
    assert "it does not stand" in following.trouble
    applied.fails = False
    await publishing.push("n", {"a": policy("a", "2")}, Intent())
    assert await following.look()
    assert (following.trouble, len(applied.seen)) == ("", 1)


async def test_a_store_that_has_lost_releases_withdraws_nothing(
    following: Following, applied: Applied, publishing: Publishing, store: MemoryPolicies
) -> None:
    for version in ("1", "2"):
        await publishing.push("n", {"a": policy("a", version)}, Intent())
    await following.look()
    there = store._releases["n"]
    for left in ([], there[:1]):
        store._releases["n"] = left
        assert not await following.look()
        assert "it has lost `n#2`" in following.trouble
    store._releases["n"] = there
    assert not await following.look()
    assert (following.trouble, len(applied.seen)) == ("", 1)


async def test_who_knows_nothing_applies_also_that_nothing_is_published(
    store: MemoryPolicies, applied: Applied
) -> None:
    following = Following(store, applied, seen=None)
    assert [await following.look(), await following.look()] == [True, False]
    assert applied.seen == [Published((), {})]


async def test_what_decides_is_found_behind_any_number_of_drafts(publishing: Publishing, store: MemoryPolicies) -> None:
    live = await publishing.push("n", {"a": policy("a")}, Intent())
    for number in range(2, 1105):
        await store.release(replace(live, number=number, rollout=Rollout.DRAFT))
    assert ((await published(store)).live, (await publishing.standing("n")).live) == ((live,), live)


async def test_a_store_that_cannot_be_reached_is_told_until_it_can(
    following: Following, applied: Applied, store: MemoryPolicies, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone() -> dict[str, int]:
        raise NotReady("the database refused")

    with monkeypatch.context() as away:
        away.setattr(store, "newest", gone)
        assert not await following.look()
        assert "the database refused" in following.trouble
    assert not await following.look()
    assert (following.trouble, applied.seen) == ("", [])


async def test_a_bundle_that_is_not_what_its_digest_says_never_comes_into_force(
    following: Following, applied: Applied, publishing: Publishing, store: MemoryPolicies
) -> None:
    release = await publishing.push("n", {"a": policy("a")}, Intent())
    store._bundles[release.digest] = Bundle(release.digest, (("a", policy("evil")),))
    assert not await following.look()
    assert (applied.seen, "under its name" in following.trouble) == ([], True)
