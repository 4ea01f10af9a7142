"""An artefact is accepted as a whole, signed by somebody who is trusted, or refused."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.integrity import manifest as module
from yett.integrity.manifest import Manifest, accept, key_id, read_manifest, sealed, write_manifest
from yett.integrity.signatures import public_key
from yett.model.errors import OperatorError

SEED = bytes(range(32)).hex()  # not a credential
OTHER = bytes(32).hex()  # not a credential
TRUSTED = {key_id(public_key(SEED)): public_key(SEED)}
FILES = {"weights.npz": b"numbers", "words.yaml": b"words"}
SEALED = sealed(Manifest("classifier", "7", {}, {"data": ["a", "b"], "tpr": 0.8}), FILES, SEED)


def test_what_was_published_is_accepted() -> None:
    accept(read_manifest(write_manifest(SEALED), "manifest.json"), FILES, TRUSTED, "manifest.json")


@pytest.mark.parametrize(
    ("manifest", "files", "message"),
    [
        (SEALED, FILES | {"weights.npz": b"other"}, "has another digest for `weights.npz`"),
        (SEALED, {"weights.npz": b"numbers"}, "names `words.yaml`, which is not there"),
        (SEALED, FILES | {"more.txt": b""}, "says nothing of `more.txt`"),
        (replace(SEALED, revision="8"), FILES, "has a signature that does not hold"),
        (replace(SEALED, about={}), FILES, "has a signature that does not hold"),
        (sealed(SEALED, FILES, OTHER), FILES, "is not signed by a key that is trusted"),
        (sealed(SEALED, FILES), FILES, "is not signed by a key that is trusted"),
    ],
)
def test_anything_else_is_refused(manifest: Manifest, files: Mapping[str, bytes], message: str) -> None:
    with pytest.raises(OperatorError, match=f"m.json: {message}"):
        accept(manifest, files, TRUSTED, "m.json")


def test_an_own_artefact_need_not_be_signed() -> None:
    accept(sealed(SEALED, FILES), FILES, TRUSTED, "m.json", unsigned=True)
    with pytest.raises(OperatorError, match="does not hold"):
        accept(replace(SEALED, name="x"), FILES, TRUSTED, "m.json", unsigned=True)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"files": [], "name": "x", "revision": "1"}', b"\xff"])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(OperatorError, match=r"m\.json: is no manifest"):
        read_manifest(data, "m.json")


def refused(name: str, place: int) -> bool:
    data = bytearray(FILES[name])
    data[place % len(data)] ^= 1
    try:
        module.accept(SEALED, FILES | {name: bytes(data)}, TRUSTED, "m.json")
    except OperatorError:
        return True
    return False


@given(st.sampled_from(sorted(FILES)), st.integers(0, 20))
def test_any_changed_byte_is_refused(name: str, place: int) -> None:
    assert refused(name, place)


def test_a_check_of_signatures_alone_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    by_length = {len(data): SEALED.files[name] for name, data in FILES.items()}
    monkeypatch.setattr(module, "digest", lambda data: by_length[len(data)])
    assert not refused("weights.npz", 0)
