"""What is written in a source comes into force, once."""

import pytest

from tests.services.test_publishing import Clock, compiles, policy
from yett.adapters.memory.policies import MemoryPolicies
from yett.model.errors import OperatorError
from yett.model.release import Rollout
from yett.ports.sources import Checkout
from yett.services.publishing import Intent, Publishing
from yett.services.syncing import sync


class Kept:
    """A source that holds what it is told."""

    name = "kept"

    def __init__(self, commit: str = "", **files: str) -> None:
        self.checkout = Checkout({f"{name}.yaml": text for name, text in files.items()}, commit)

    async def read(self) -> Checkout:
        return self.checkout


@pytest.fixture
def publishing() -> Publishing:
    return Publishing(MemoryPolicies(), Clock(), compiles)


async def test_a_source_is_released_with_its_commit_and_only_when_it_changed(publishing: Publishing) -> None:
    release = await sync(Kept("c1", a=policy("a")), publishing, "n", Intent())
    assert release
    assert (release.commit, release.author) == ("c1", "kept")
    assert await sync(Kept("c2", a=policy("a")), publishing, "n", Intent()) is None
    again = await sync(Kept("c3", b=policy("b")), publishing, "n", Intent(author="me"))
    assert again
    assert (again.number, again.author) == (2, "me")
    assert [name for name, _ in (await publishing.bundle(again)).documents] == ["b"]


async def test_another_stage_is_another_release(publishing: Publishing) -> None:
    await sync(Kept(a=policy("a")), publishing, "n", Intent(Rollout.SHADOW))
    assert await sync(Kept(a=policy("a")), publishing, "n", Intent(Rollout.SHADOW)) is None
    assert await sync(Kept(a=policy("a")), publishing, "n", Intent())


@pytest.mark.parametrize("stage", list(Rollout))
async def test_what_went_as_far_is_not_released_again_and_nothing_is_taken_back(
    publishing: Publishing, stage: Rollout
) -> None:
    source = Kept(a=policy("a"))
    assert await sync(source, publishing, "n", Intent(stage))
    assert await sync(source, publishing, "n", Intent(stage)) is None
    await publishing.roll_out("n", Intent())
    assert await sync(source, publishing, "n", Intent(stage)) is None


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"kept: has no policies in it; what is in force stays"),
        ({"a": policy("a"), "b": policy("a")}, "another file, too, has a policy `a`"),
        ({"a": "rules: {"}, r"a.yaml:2:1: "),
        ({"a": policy("a", when="llm.nothing")}, "unknown field"),
    ],
)
async def test_a_source_that_cannot_be_in_force_changes_nothing(
    publishing: Publishing, files: dict[str, str], message: str
) -> None:
    await sync(Kept(good=policy("good")), publishing, "n", Intent())
    with pytest.raises(OperatorError, match=message):
        await sync(Kept(**files), publishing, "n", Intent())
    assert (await publishing.standing("n")).number == 1
