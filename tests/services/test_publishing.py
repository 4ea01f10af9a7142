"""Policies come into force once they were checked, by stages, and go back."""

import asyncio
from collections.abc import Mapping

import pytest

from yett.adapters.memory.policies import MemoryPolicies
from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.model.release import Bundle, Release, Rollout
from yett.policy.bundles import bundled
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.services.publishing import Intent, Publishing


class Clock:
    def now(self) -> float:
        return 7.0

    def elapsed(self) -> float:
        return 7.0


async def compiles(documents: Mapping[str, tuple[Document, ...]]) -> None:
    compile_documents(document for each in documents.values() for document in each)


def policy(name: str, version: str = "1", when: str = "llm.containsPII") -> str:
    return f"metadata: {{id: {name}, version: '{version}'}}\nrules: [{{id: r, when: {when}, action: {{decision: deny}}}}]\n"


@pytest.fixture
def store() -> MemoryPolicies:
    return MemoryPolicies()


@pytest.fixture
def publishing(store: MemoryPolicies) -> Publishing:
    return Publishing(store, Clock(), compiles)


async def held(publishing: Publishing, namespace: str = "n") -> dict[str, str]:
    return dict((await publishing.bundle((await publishing.standing(namespace)).live)).documents)


async def test_what_is_pushed_stands_beside_what_is_there(publishing: Publishing) -> None:
    first = await publishing.push("n", {"a": policy("a")}, Intent(author="me", note="why"))
    assert (first.number, first.at, first.author, first.note, first.rollout) == (1, 7.0, "me", "why", Rollout.ENFORCE)
    await publishing.push("n", {"b": policy("b")}, Intent())
    await publishing.push("n", {"a": policy("a", "2")}, Intent())
    assert await held(publishing) == {"a": policy("a", "2"), "b": policy("b")}
    await publishing.withdraw("n", "a", Intent())
    assert await held(publishing) == {"b": policy("b")}
    await publishing.replace("n", bundled({"c": policy("c")}), Intent(commit="c0ffee"))
    assert await held(publishing) == {"c": policy("c")}
    assert [each.commit for each in await publishing.history("n", 2)] == ["c0ffee", ""]


async def test_what_is_published_below_may_not_loosen_though_neither_says_where_it_stands(
    publishing: Publishing,
) -> None:
    lifting = policy("team").replace("id: team", "id: team, priority: 9").replace("deny", "allow")
    await publishing.push("acme", {"org": policy("org")}, Intent())
    with pytest.raises(OperatorError, match="could allow what `acme` does not"):
        await publishing.push("acme/team", {"team": lifting}, Intent())
    assert (await publishing.push("other", {"team": lifting}, Intent())).number == 1


@pytest.mark.parametrize("name", ["acme /team", "/acme", "acme/", "", "../x"])
async def test_what_only_looks_like_a_namespace_is_refused(publishing: Publishing, name: str) -> None:
    with pytest.raises(OperatorError, match="is no namespace"):
        await publishing.push(name, {"a": policy("a")}, Intent())


async def test_a_bundle_goes_through_the_stages(publishing: Publishing) -> None:
    await publishing.push("n", {"a": policy("a")}, Intent())
    await publishing.push("n", {"a": policy("a", "2")}, Intent(Rollout.DRAFT))
    assert (await publishing.standing("n")).candidate is None
    for rollout in (Rollout.SHADOW, Rollout.CANARY):
        release = await publishing.roll_out("n", Intent(rollout, 5))
        assert (await publishing.standing("n")).candidate == release
        assert release.share == (5 if rollout is Rollout.CANARY else 100)
        assert await held(publishing) == {"a": policy("a")}
    await publishing.roll_out("n", Intent())
    assert await held(publishing) == {"a": policy("a", "2")}


@pytest.mark.parametrize("stage", [Rollout.SHADOW, Rollout.CANARY])
async def test_what_is_tried_out_goes_no_further_by_a_change_that_is_not_about_it(
    publishing: Publishing, stage: Rollout
) -> None:
    await publishing.push("n", {"a": policy("a"), "b": policy("b")}, Intent())
    tried = await publishing.push("n", {"a": policy("a", "2")}, Intent(stage, 5))
    other = Rollout.CANARY if stage is Rollout.SHADOW else Rollout.SHADOW
    for further in (Rollout.ENFORCE, other):
        with pytest.raises(OperatorError, match="is tried out") as caught:
            await publishing.push("n", {"b": policy("b", "2")}, Intent(further))
        assert caught.value.problems[0].code == "on-its-way"
    with pytest.raises(OperatorError, match="take it back with `yett policy rollout n --stage draft`"):
        await publishing.withdraw("n", "b", Intent())
    assert (await publishing.standing("n")).candidate == tried
    await publishing.push("n", {"b": policy("b", "2")}, Intent(stage, 9))
    assert await held(publishing) == {"a": policy("a"), "b": policy("b")}
    await publishing.roll_out("n", Intent(Rollout.DRAFT))
    assert (await publishing.standing("n")).candidate is None
    await publishing.push("n", {"b": policy("b", "3")}, Intent())
    assert await held(publishing) == {"a": policy("a"), "b": policy("b", "3")}


async def test_what_is_tried_out_may_be_pushed_further_and_taken_out(publishing: Publishing) -> None:
    await publishing.push("n", {"a": policy("a")}, Intent())
    await publishing.push("n", {"a": policy("a", "2")}, Intent(Rollout.SHADOW))
    await publishing.push("n", {"a": policy("a", "3")}, Intent(Rollout.CANARY))
    await publishing.push("n", {"a": policy("a", "4")}, Intent())
    assert await held(publishing) == {"a": policy("a", "4")}
    await publishing.push("n", {"a": policy("a", "5")}, Intent(Rollout.CANARY))
    await publishing.withdraw("n", "a", Intent())
    assert (await held(publishing), (await publishing.standing("n")).candidate) == ({}, None)


async def test_going_back_is_one_more_release_of_what_was_kept(publishing: Publishing) -> None:
    first = await publishing.push("n", {"a": policy("a"), "b": policy("b")}, Intent())
    await publishing.push("n", {"a": policy("a", "2"), "b": policy("b", "2")}, Intent())
    back = await publishing.roll_back("n", "1", Intent())
    assert (back.number, back.digest) == (3, first.digest)
    await publishing.push("n", {"a": policy("a", "2"), "b": policy("b", "2")}, Intent())
    await publishing.roll_back("a", "1", Intent())
    assert await held(publishing) == {"a": policy("a"), "b": policy("b", "2")}


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("a", "3", "there is no version `a 3`; did you mean `a 1`"),
        ("n", "9", "there is no release `n#9`"),
        ("x", "1", "there is no version `x 1`"),
    ],
)
async def test_where_there_is_nothing_to_go_back_to_it_is_told(
    publishing: Publishing, name: str, version: str, message: str
) -> None:
    await publishing.push("n", {"a": policy("a")}, Intent())
    with pytest.raises(OperatorError, match=message):
        await publishing.roll_back(name, version, Intent())
    with pytest.raises(OperatorError, match="there is no policy `z`"):
        await publishing.withdraw("n", "z", Intent())
    with pytest.raises(OperatorError, match="there is no namespace `m`"):
        await publishing.roll_out("m", Intent())


async def test_nothing_that_fails_the_check_is_kept_or_released(publishing: Publishing, store: MemoryPolicies) -> None:
    await publishing.push("n", {"a": policy("a")}, Intent())
    wrong = [
        publishing.push("n", {"b": policy("b", when="llm.nothing")}, Intent(Rollout.DRAFT)),
        publishing.push("n", {"b": "rules: {"}, Intent()),
        publishing.push("m", {"a": policy("a")}, Intent()),  # a second one of that name
    ]
    for each in wrong:
        with pytest.raises(OperatorError):
            await each
    assert dict(await store.newest()) == {"n": 1}
    assert await store.bundle(bundled({"a": policy("a")}).digest)


async def test_a_signature_that_is_not_enough_is_refused_and_one_that_is_missing_is_made(store: MemoryPolicies) -> None:
    def trouble(bundle: Bundle) -> str:
        return "" if bundle.signature else "nobody signed it"

    with pytest.raises(OperatorError, match="nobody signed it"):
        await Publishing(store, Clock(), compiles, trouble).push("n", {"a": policy("a")}, Intent())
    sealing = Publishing(store, Clock(), compiles, trouble, lambda each: bundled(dict(each.documents), "k", "s"))
    release = await sealing.push("n", {"a": policy("a")}, Intent())
    assert (await sealing.bundle(release)).signature == "s"


async def test_of_many_that_push_at_once_none_undoes_another(publishing: Publishing) -> None:
    class Slow(MemoryPolicies):
        async def release(self, release: Release) -> bool:
            await asyncio.sleep(0)
            return await super().release(release)

    slow = Publishing(Slow(), Clock(), compiles)
    await asyncio.gather(*(slow.push("n", {name: policy(name)}, Intent()) for name in "abcd"))
    assert set(await held(slow)) == set("abcd")


async def test_a_store_that_lost_a_bundle_or_holds_another_is_not_believed(
    publishing: Publishing, store: MemoryPolicies
) -> None:
    release = await publishing.push("n", {"a": policy("a")}, Intent())
    store._bundles[release.digest] = Bundle(release.digest, (("a", policy("a", "evil")),))
    with pytest.raises(NotReady, match="or another one under its name"):
        await publishing.bundle(release)
    store._bundles.clear()
    with pytest.raises(NotReady):
        await publishing.bundle(release)


async def test_who_is_always_too_late_is_told() -> None:
    class Busy(MemoryPolicies):
        async def release(self, release: Release) -> bool:
            return False

    with pytest.raises(NotReady, match="others are publishing"):
        await Publishing(Busy(), Clock(), compiles).push("n", {"a": policy("a")}, Intent())


async def test_an_operators_mistake_in_the_check_is_passed_on(store: MemoryPolicies) -> None:
    async def never(_: Mapping[str, tuple[Document, ...]]) -> None:
        raise OperatorError(Problem(Place("p"), "failed-test", "a test failed"))

    with pytest.raises(OperatorError, match="a test failed"):
        await Publishing(store, Clock(), never).push("n", {"a": policy("a")}, Intent())
