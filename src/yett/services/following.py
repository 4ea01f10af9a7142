"""
Following: what is released comes into force here, without a restart.

Rules:

1. The store is asked, cheaply and often, for the numbers of the newest releases; only when one has grown is anything
   read.
2. What cannot come into force changes nothing: the last that was good stays, and why can be seen. It is tried again when
   something else is released, and, where the store could not be reached, until it can.
3. Releases are never taken back, so a store that has fewer than it had is another one, an old one, or one that lies on a
   disk that is not there: nothing is withdrawn by it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yett.model.errors import NotReady, YettError
from yett.model.release import Bundle, Release, Rollout, Standing, standing
from yett.policy.bundles import bundled
from yett.ports.policies import PolicyStore

__all__ = ["Following", "Published", "kept", "published", "stands"]

_SOME, _FURTHER = 100, 10
"""How many releases are read at first, and how many times as many when none of them decides."""
_LOG = logging.getLogger("yett.policies")


@dataclass(frozen=True, slots=True)
class Published:
    """What is in force, and on its way, in all namespaces."""

    standings: tuple[Standing, ...] = ()
    bundles: Mapping[str, Bundle] | None = None
    """By digest."""

    @property
    def live(self) -> tuple[Release, ...]:
        """The releases that decide."""
        return tuple(each.live for each in self.standings if each.live)

    def candidates(self, rollout: Rollout) -> tuple[Release, ...]:
        """Return the releases that are tried out by *rollout*."""
        found = (each.candidate for each in self.standings)
        return tuple(each for each in found if each and each.rollout is rollout)

    def deciding(self, tried: Iterable[Release] = ()) -> tuple[Release, ...]:
        """Return the releases that decide, as if those that are *tried* out did, too."""
        return tuple({release.namespace: release for release in (*self.live, *tried)}.values())

    def bundle(self, release: Release) -> Bundle:
        """Return the bundle of *release*, one of those above."""
        return (self.bundles or {})[release.digest]


async def published(store: PolicyStore) -> Published:
    """
    Read from *store* what is in force and on its way.

    Raises:
        NotReady: it cannot be reached, or a bundle is lost or not what its digest says.
    """
    standings = [await stands(store, name) for name in sorted(await store.newest())]
    bundles = {}
    for release in (each for now in standings for each in (now.live, now.candidate) if each):
        bundles[release.digest] = await kept(store, release)
    return Published(tuple(standings), bundles)


async def stands(store: PolicyStore, namespace: str) -> Standing:
    """
    Say where *namespace* stands, as far back as what decides there was released.

    Raises:
        NotReady: *store* cannot be reached.
    """
    limit = 0
    releases: Sequence[Release] = ()
    while len(releases) == limit and all(each.rollout is not Rollout.ENFORCE for each in releases):
        limit = limit * _FURTHER or _SOME
        releases = await store.releases(namespace, limit)
    return standing(namespace, releases)


async def kept(store: PolicyStore, release: Release) -> Bundle:
    """
    Read the bundle of *release* from *store*.

    Raises:
        NotReady: the store cannot be reached, has lost it, or holds another one under its digest.
    """
    found = await store.bundle(release.digest)
    if found is None or bundled(dict(found.documents)).digest != release.digest:
        raise NotReady(f"the store has no bundle `{release.digest[:12]}`, or another one under its name")
    return found


class Following:
    """Follows a store."""

    def __init__(
        self, store: PolicyStore, apply: Callable[[Published], Awaitable[None]], *, seen: Published | None
    ) -> None:
        """Ask *store*, and *apply* what differs from what was *seen* last, if anything ever was."""
        self._store = store
        self._apply = apply
        self._seen = None if seen is None else {each.namespace: each.number for each in seen.standings}
        self.trouble = ""
        """Why what is in the store is not in force; empty when it is."""

    async def look(self) -> bool:
        """Look once; say whether something was released since."""
        try:
            newest = dict(await self._store.newest())
            if newest == self._seen:
                if self.trouble.startswith(_UNREACHED):
                    self.trouble = ""
                return False
            self._miss(newest)
            now = await published(self._store)
        except NotReady as error:
            self._keep(f"{_UNREACHED}: {error}")
            return False
        self._seen = newest
        try:
            await self._apply(now)
        except YettError as error:
            self._keep(f"what was released is not in force: {error}")
        else:
            self.trouble = ""
            _LOG.info("in force: %s", ", ".join(release.name for release in now.live) or "no published policies")
        return True

    def _miss(self, newest: Mapping[str, int]) -> None:
        """
        Look for releases that are not among the *newest* any more.

        Raises:
            NotReady: there are some.
        """
        gone = [f"`{name}#{number}`" for name, number in (self._seen or {}).items() if newest.get(name, 0) < number]
        if gone:
            cure = "restore it, or, where it is to be believed, start without `policies.json` beside the records"
            raise NotReady(f"it has lost {', '.join(sorted(gone))}; {cure}")

    def _keep(self, trouble: str) -> None:
        if trouble != self.trouble:
            _LOG.error("the policies in force stay: %s", trouble)
        self.trouble = trouble


_UNREACHED = "the policy store cannot be read"
