"""What every `PolicyStore` must do. A store's tests inherit this and provide the fixture `store`."""

import asyncio

from yett.model.release import Bundle, Release, Rollout
from yett.policy.bundles import bundled
from yett.ports.policies import PolicyStore


def release(number: int, namespace: str = "acme", digest: str = "d" * 64) -> Release:
    return Release(namespace, number, digest, Rollout.CANARY, 12.5, 30, "somebody", "c" * 40, "why, in \u00fcmlauts")


class PolicyStoreConformance:
    """Inherit, name it `Test…`, and add the fixture `store`."""

    async def test_a_bundle_is_read_back_as_it_was_kept(self, store: PolicyStore) -> None:
        bundle = bundled({"b": "text: \u00e9\n", "a": "# none\n"}, "f" * 64, "0" * 128)
        await store.keep(bundle)
        await store.keep(bundle)
        assert await store.bundle(bundle.digest) == bundle
        assert await store.bundle("0" * 64) is None

    async def test_the_newest_signature_counts_and_none_is_taken_away(self, store: PolicyStore) -> None:
        unsigned = bundled({"a": "x"})
        signed = Bundle(unsigned.digest, unsigned.documents, "f" * 64, "0" * 128)
        await store.keep(unsigned)
        await store.keep(signed)
        assert await store.bundle(unsigned.digest) == signed
        another = Bundle(unsigned.digest, unsigned.documents, "a" * 64, "1" * 128)
        for bundle in (another, unsigned):
            await store.keep(bundle)
            assert await store.bundle(unsigned.digest) == another

    async def test_releases_are_numbered_without_gaps_in_each_namespace(self, store: PolicyStore) -> None:
        noted = [await store.release(release(number)) for number in (1, 2, 2, 4, 3, 0)]
        assert noted == [True, True, False, False, True, False]
        assert await store.release(release(1, "other"))
        assert [each.number for each in await store.releases("acme")] == [3, 2, 1]
        assert list(await store.releases("acme", 1)) == [release(3)]
        assert dict(await store.newest()) == {"acme": 3, "other": 1}

    async def test_of_two_that_come_at_once_one_is_noted(self, store: PolicyStore) -> None:
        noted = await asyncio.gather(*(store.release(release(1, digest=f"{each:064}")) for each in range(8)))
        assert sorted(noted) == [False] * 7 + [True]
        assert len(await store.releases("acme")) == 1

    async def test_nothing_is_there_before_anything_was_released(self, store: PolicyStore) -> None:
        assert (list(await store.releases("acme")), dict(await store.newest())) == ([], {})
