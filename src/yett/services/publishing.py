"""
Publishing: put policies in force, by stages, and back.

    push ─▶ bundle ─▶ check: signature, compiles with all that is in force, own tests pass ─▶ keep ─▶ release

Rules:

1. Nothing is released that was not checked as it would be in force: together with everything else that decides.
2. Whoever comes second starts over: a release is noted only if it is the next one, so two at once cannot undo each other
   unseen.
3. Rolling back is a release like any other, of a bundle that was kept; nothing is copied or built.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.model.release import Bundle, Release, Rollout, Standing, is_namespace
from yett.policy.bundles import bundled, documents_of
from yett.policy.documents import Document
from yett.policy.problems import meant
from yett.ports.clock import Clock
from yett.ports.policies import PolicyStore
from yett.services.following import kept, stands

__all__ = ["Check", "Held", "Intent", "Publishing", "Versioned"]

Check = Callable[[Mapping[str, tuple[Document, ...]]], Awaitable[None]]
"""Raises OperatorError unless the policies, by namespace, could be in force together."""
_Change = Callable[[Mapping[str, str]], Mapping[str, str]]
_ATTEMPTS = 5
_ALL = 100


@dataclass(frozen=True, slots=True)
class Intent:
    """How far a bundle is to be in force, and who says so."""

    rollout: Rollout = Rollout.ENFORCE
    share: int = _ALL
    author: str = ""
    commit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The text of a policy, and the release that it is of."""

    release: Release
    text: str


@dataclass(frozen=True, slots=True)
class Versioned:
    """A release that changed a policy, and what the policy called itself."""

    release: Release
    version: str


class Publishing:
    """Where policies are published."""

    def __init__(
        self,
        store: PolicyStore,
        clock: Clock,
        check: Check,
        trouble: Callable[[Bundle], str] = lambda _: "",
        seal: Callable[[Bundle], Bundle] | None = None,
    ) -> None:
        """
        Publish to *store* what passes *check*.

        *trouble* says why a bundle's signature is not enough, or nothing; *seal* signs whatever is released.
        """
        self._store = store
        self._clock = clock
        self._check = check
        self._trouble = trouble
        self._seal = seal

    async def standings(self) -> tuple[Standing, ...]:
        """Say where every namespace stands."""
        return tuple([await self.standing(namespace) for namespace in sorted(await self._store.newest())])

    async def standing(self, namespace: str) -> Standing:
        """Say where *namespace* stands."""
        return await stands(self._store, namespace)

    async def history(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""
        return await self._store.releases(namespace, limit)

    async def bundle(self, release: Release | None) -> Bundle:
        """
        Return the bundle of *release*; an empty one where there is no release.

        Raises:
            NotReady: the store has lost it.
        """
        return await kept(self._store, release) if release else bundled({})

    async def found(self, policy: str) -> Held | None:
        """Return *policy* as it is in force, or else as it is on its way; None where it is neither."""
        for now in await self.standings():
            for release in (now.live, now.candidate):
                text = dict((await self.bundle(release)).documents).get(policy)
                if release and text is not None:
                    return Held(release, text)
        return None

    async def versions(self, policy: str) -> tuple[Versioned, ...]:
        """Return the releases that changed *policy*, newest first, each with what it called itself then."""
        found: list[Versioned] = []
        for namespace in await self._store.newest():
            before: str | None = None
            for release in reversed(await self._store.releases(namespace)):
                bundle = await self.bundle(release)
                text = dict(bundle.documents).get(policy)
                if text is not None and text != before:
                    document = next(each for each in documents_of(bundle, namespace) if each.id == policy)
                    found.append(Versioned(release, document.version))
                before = text
        return tuple(sorted(found, key=lambda each: each.release.at, reverse=True))

    async def push(self, namespace: str, documents: Mapping[str, str], intent: Intent) -> Release:
        """
        Put *documents*, YAML texts by id, in force in *namespace*, beside those that are there.

        Raises:
            OperatorError: they could not be in force.
            NotReady: the store cannot be reached, or others are publishing all the time.
        """

        async def beside(now: Standing) -> Bundle:
            return await self._changed(now, intent, lambda there: {**there, **documents})

        return await self._released(namespace, beside, intent)

    async def replace(self, namespace: str, bundle: Bundle, intent: Intent) -> Release:
        """Put *bundle*, and nothing else, in force in *namespace*; raises as `push` does."""

        async def exactly(_: Standing) -> Bundle:
            return bundle

        return await self._released(namespace, exactly, intent)

    async def withdraw(self, namespace: str, policy: str, intent: Intent) -> Release:
        """Take *policy* out of *namespace*; raises as `push` does."""

        def others(there: Mapping[str, str]) -> Mapping[str, str]:
            return {name: text for name, text in there.items() if name != policy}

        async def without(now: Standing) -> Bundle:
            there = dict((await self.bundle(now.live)).documents)
            if policy not in there:
                raise _unknown("policy", policy, there)
            return await self._changed(now, intent, others)

        return await self._released(namespace, without, intent)

    async def _changed(self, now: Standing, intent: Intent, change: _Change) -> Bundle:
        """
        Return what is on its way, or else in force, with a *change*.

        Raises:
            OperatorError: it would go to another stage, or end, by a change that is not about it.
        """
        live, tried = [dict((await self.bundle(each)).documents) for each in (now.live, now.candidate or now.live)]
        changed = change(tried)
        if now.candidate and intent.rollout not in {now.candidate.rollout, Rollout.DRAFT} and changed != change(live):
            trial = f"#{now.candidate.number} is tried out ({now.candidate.rollout})"
            message = f"{trial} in `{now.namespace}`, and would go along to `{intent.rollout}`"
            hint = f"roll it out, or take it back with `yett policy rollout {now.namespace} --stage draft`, before"
            raise OperatorError(Problem(Place("policies"), "on-its-way", message, hint))
        return bundled(changed)

    async def roll_out(self, namespace: str, intent: Intent) -> Release:
        """Take what is on its way in *namespace*, or was pushed last, one stage on, or back; raises as `push` does."""

        async def newest(now: Standing) -> Bundle:
            newest = await self._store.releases(namespace, 1)
            if not newest:
                raise _unknown("namespace", namespace, await self._store.newest())
            return await self.bundle(now.candidate or newest[0])

        return await self._released(namespace, newest, intent)

    async def roll_back(self, name: str, version: str, intent: Intent) -> Release:
        """
        Put in force again the release *version* of the namespace *name*, or that version of the policy *name*.

        Raises:
            OperatorError: there is no such thing, or it could not be in force.
            NotReady: as `push`.
        """
        namespaces = await self._store.newest()
        number = version.removeprefix("#")
        if name in namespaces and number.isascii() and number.isdigit():
            return await self._back_to(name, int(number), intent)
        for namespace in namespaces:
            text = await self._earlier(namespace, name, version)
            if text is not None:
                return await self._put_back(namespace, name, text, intent)
        known = [f"{name} {each.version}" for each in await self.versions(name)]
        raise _unknown("version", f"{name} {version}", known)

    async def _back_to(self, namespace: str, number: int, intent: Intent) -> Release:
        past = {release.number: release for release in await self._store.releases(namespace)}
        if number not in past:
            raise _unknown("release", f"{namespace}#{number}", [f"{namespace}#{each}" for each in past])
        return await self.replace(namespace, await self.bundle(past[number]), intent)

    async def _put_back(self, namespace: str, name: str, text: str, intent: Intent) -> Release:
        async def instead(now: Standing) -> Bundle:
            return bundled({**dict((await self.bundle(now.live)).documents), name: text})

        return await self._released(namespace, instead, intent)

    async def _earlier(self, namespace: str, policy: str, version: str) -> str | None:
        """Return the newest text of *policy* that calls itself *version*."""
        for release in await self._store.releases(namespace):
            bundle = await self.bundle(release)
            for document in documents_of(bundle, namespace):
                if document.id == policy and document.version == version:
                    return dict(bundle.documents)[policy]
        return None

    async def _released(self, namespace: str, made: Callable[[Standing], Awaitable[Bundle]], intent: Intent) -> Release:
        for _ in range(_ATTEMPTS):
            now = await self.standing(namespace)
            bundle = await made(now)
            if self._seal:
                bundle = self._seal(bundle)
            await self._checked(namespace, bundle)
            await self._store.keep(bundle)
            release = Release(
                namespace=namespace,
                number=now.number + 1,
                digest=bundle.digest,
                rollout=intent.rollout,
                at=self._clock.now(),
                share=intent.share if intent.rollout is Rollout.CANARY else _ALL,
                author=intent.author,
                commit=intent.commit,
                note=intent.note,
            )
            if await self._store.release(release):
                return release
        raise NotReady(f"others are publishing to `{namespace}` all the time; try again")

    async def _checked(self, namespace: str, bundle: Bundle) -> None:
        if not is_namespace(namespace):
            hint = "a path of letters, digits, `.`, `_` and `-`, such as `acme/payments`"
            raise OperatorError(Problem(Place("policies"), "wrong-value", f"`{namespace}` is no namespace", hint))
        if trouble := self._trouble(bundle):
            raise OperatorError(Problem(Place(f"{namespace}@{bundle.digest[:12]}"), "bad-signature", trouble))
        together = {
            each.namespace: documents_of(await self.bundle(each.live), each.namespace)
            for each in await self.standings()
            if each.namespace != namespace
        }
        documents = documents_of(bundle, namespace)
        for document in documents:
            if document.namespace != namespace:
                message = f"`{document.id}` says that it belongs to `{document.namespace}`"
                hint = f"publish it there, or write `namespace: {namespace}`"
                raise OperatorError(Problem(document.place, "other-namespace", message, hint))
        await self._check({**together, namespace: documents})


def _unknown(what: str, name: str, known: Iterable[str]) -> OperatorError:
    hint = meant(name, known) or "see `yett policy list` and `yett policy history`"
    return OperatorError(Problem(Place("policies"), f"unknown-{what}", f"there is no {what} `{name}`", hint))
