"""Publishing as a configuration means it."""

from pathlib import Path

import pytest

from tests.services.test_publishing import policy
from yett.adapters.files.folder_source import FolderSource
from yett.adapters.files.git_source import GitSource
from yett.adapters.memory.policies import MemoryPolicies
from yett.compose.publishing import (
    Syncing,
    believed,
    configured_source,
    made_publishing,
    open_publishing,
    signed,
)
from yett.compose.settings import PolicySource, Settings
from yett.integrity.signatures import public_key
from yett.model.errors import OperatorError
from yett.model.release import Bundle, Release, Rollout
from yett.policy.bundles import bundled
from yett.services.following import published
from yett.services.publishing import Intent

PRIVATE = "01" * 32  # not a credential
PUBLIC = public_key(PRIVATE)


def settings(folder: Path, **policies: object) -> Settings:
    return Settings.model_validate({"records": {"path": folder / "trail"}, "policies": policies})


async def test_what_was_pushed_stands_when_the_store_is_opened_anew(tmp_path: Path) -> None:
    said = settings(tmp_path)
    async with open_publishing(said) as publishing:
        await publishing.push("n", {"a": policy("a")}, Intent())
    async with open_publishing(said) as publishing:
        assert (await publishing.standing("n")).number == 1


async def test_what_is_published_is_checked_beside_everything_else_and_by_its_own_tests(tmp_path: Path) -> None:
    publishing = made_publishing(settings(tmp_path), MemoryPolicies())
    failing = policy("a") + "tests: [{given: {llm.containsPII: true}, expect: {effect: allow}}]\n"
    shipped = policy("yett-secrets")
    for text, name, message in ((failing, "a", "failed-test"), (shipped, "yett-secrets", "two policies are called")):
        with pytest.raises(OperatorError, match=message):
            await publishing.push("n", {name: text}, Intent())


@pytest.mark.parametrize("trusted", [(), (PUBLIC,), (PUBLIC.upper(), "00")])
async def test_who_is_trusted_may_publish(tmp_path: Path, trusted: tuple[str, ...]) -> None:
    said = settings(tmp_path, trusted_keys=trusted)
    store = MemoryPolicies()
    await made_publishing(said, store, PRIVATE).push("n", {"a": policy("a")}, Intent())
    believed(await published(store), said.policies)


async def test_who_is_not_trusted_may_not_and_is_not_believed(tmp_path: Path) -> None:
    said, store = settings(tmp_path, trusted_keys=("00" * 32,)), MemoryPolicies()
    with pytest.raises(OperatorError, match=r"nobody whose key is in `policies\.trusted_keys`"):
        await made_publishing(said, store, PRIVATE).push("n", {"a": policy("a")}, Intent())
    await made_publishing(settings(tmp_path), store).push("n", {"a": policy("a")}, Intent())
    with pytest.raises(OperatorError, match="bad-signature"):
        believed(await published(store), said.policies)


async def test_a_signature_of_something_else_is_refused_even_where_none_is_needed(tmp_path: Path) -> None:
    other = signed(bundled({"b": policy("b")}), PRIVATE)
    bundle = bundled({"a": policy("a")})
    forged = Bundle(bundle.digest, bundle.documents, other.signer, other.signature)
    with pytest.raises(OperatorError, match="not one of these policies"):
        await made_publishing(settings(tmp_path), MemoryPolicies()).replace("n", forged, Intent())


async def test_to_name_a_signer_is_no_signature(tmp_path: Path) -> None:
    said, store = settings(tmp_path, trusted_keys=(PUBLIC,)), MemoryPolicies()
    bundle = bundled({"a": policy("a")}, PUBLIC, "")
    with pytest.raises(OperatorError, match="not one of these policies"):
        await made_publishing(said, store).replace("n", bundle, Intent())
    await store.keep(bundle)
    await store.release(Release("n", 1, bundle.digest, Rollout.ENFORCE, 1.5))
    with pytest.raises(OperatorError, match="not one of these policies"):
        believed(await published(store), said.policies)


async def test_a_key_can_take_the_place_of_another(tmp_path: Path) -> None:
    store, other = MemoryPolicies(), "05" * 32  # not a credential
    before, both, after = (
        settings(tmp_path, trusted_keys=keys) for keys in ((PUBLIC,), (PUBLIC, public_key(other)), (public_key(other),))
    )
    first = await made_publishing(before, store, PRIVATE).push("n", {"a": policy("a")}, Intent())
    with pytest.raises(OperatorError, match="nobody whose key"):
        believed(await published(store), after.policies)
    again = await made_publishing(both, store, other).roll_out("n", Intent())
    assert again.digest == first.digest
    for said in (both, after):
        believed(await published(store), said.policies)


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(OperatorError, match="is no private key"):
        signed(bundled({}), "no")


def test_sources_are_folders_or_repositories(tmp_path: Path) -> None:
    said = settings(tmp_path)
    folder = configured_source(PolicySource(namespace="n", folder=tmp_path), said)
    assert isinstance(folder, FolderSource)
    told = PolicySource.model_validate(
        {"namespace": "n", "git": "https://user:x@h/r.git", "folder": "p"}
    )  # not a credential
    repository = configured_source(told, said)
    assert isinstance(repository, GitSource)
    assert repository.name == "https://h/r.git"


async def test_what_a_source_holds_comes_into_force_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    said = settings(tmp_path, sources=[{"namespace": "n", "folder": tmp_path / "p", "every": 0.01}])
    publishing = made_publishing(said, MemoryPolicies())
    (source,) = said.policies.sources
    syncing = Syncing.configured(source, said, publishing)
    (tmp_path / "p" / "a.yaml").write_text(policy("a"))
    await syncing.look()
    assert ((await publishing.standing("n")).number, syncing.trouble) == (1, "")
    (tmp_path / "p" / "a.yaml").write_text("rules: 1")
    await syncing.look()
    await syncing.look()
    assert ((await publishing.standing("n")).number, "a.yaml:1" in syncing.trouble) == (1, True)
    (tmp_path / "p" / "a.yaml").write_text(policy("a", "2"))
    await syncing.look()
    assert ((await publishing.standing("n")).number, syncing.trouble) == (2, "")
