"""What was in force last is kept whole, and believed only when it holds."""

from pathlib import Path

import orjson
import pytest

from tests.services.test_publishing import policy
from yett.compose.published import keep_copy, kept_copy, live_documents
from yett.model.errors import OperatorError
from yett.model.release import Release, Rollout, Standing
from yett.policy.bundles import bundled
from yett.services.following import Published

ONE, TWO, OTHER = (bundled({name: policy(name, version)}) for name, version in (("a", "1"), ("a", "2"), ("b", "1")))


def release(number: int, digest: str, rollout: Rollout = Rollout.ENFORCE, namespace: str = "n") -> Release:
    return Release(namespace, number, digest, rollout, 1.5, 30, "me", "c0ffee", "why")


PUBLISHED = Published(
    (
        Standing("m", 1, release(1, OTHER.digest, namespace="m")),
        Standing("n", 4, release(1, ONE.digest), release(3, TWO.digest, Rollout.CANARY)),
        Standing("o", 1, None),
    ),
    {bundle.digest: bundle for bundle in (ONE, TWO, OTHER)},
)


def test_a_copy_is_what_was_kept(tmp_path: Path) -> None:
    assert kept_copy(tmp_path) is None
    keep_copy(tmp_path, Published((), {}))
    assert kept_copy(tmp_path) == Published((), {})
    keep_copy(tmp_path, PUBLISHED)
    assert kept_copy(tmp_path) == PUBLISHED
    assert [path.name for path in tmp_path.iterdir()] == ["policies.json"]


def test_candidates_take_the_place_of_what_is_live_in_their_namespace_only() -> None:
    def names(*tried: Release) -> list[str]:
        return [f"{document.id}@{document.version}" for document in live_documents(PUBLISHED, tried)]

    assert names() == ["b@1", "a@1"]
    assert names(*PUBLISHED.candidates(Rollout.CANARY)) == ["b@1", "a@2"]


@pytest.mark.parametrize(
    "change",
    [
        {"bundles": []},
        {"bundles": None},
        {"releases": [{}]},
        {"numbers": []},
        {"bundles": [{"digest": ONE.digest, "documents": [["a", "evil"]], "signer": "", "signature": ""}]},
    ],
)
def test_a_copy_that_does_not_hold_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    keep_copy(tmp_path, PUBLISHED)
    file = tmp_path / "policies.json"
    file.write_bytes(orjson.dumps({**orjson.loads(file.read_bytes()), **change}))
    with pytest.raises(OperatorError, match="no copy of policies that holds"):
        kept_copy(tmp_path)


def test_half_a_copy_is_refused(tmp_path: Path) -> None:
    keep_copy(tmp_path, PUBLISHED)
    file = tmp_path / "policies.json"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(OperatorError):
        kept_copy(tmp_path)
