"""Artefact: a trained classifier as files, with a manifest that says what it is."""

from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from yett.compose.training import Trained
from yett.detectors.linear import write_model
from yett.integrity.digests import digest
from yett.integrity.manifest import Manifest, sealed, write_manifest
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["read_key", "write_artefact"]

_NAME = "injection-classifier"
_SHOWN = 12


def write_artefact(folder: Path, trained: Trained, about: Mapping[str, object], private: str | None = None) -> Manifest:
    """
    Write the artefact of *trained* to *folder*, signed with the key *private*, in hex, where there is one.

    Raises:
        OperatorError: *folder* cannot be written to.
    """
    lexicon = (files("yett.detectors") / "data" / "classifier" / "lexicon.yaml").read_bytes()
    found = {"lexicon.yaml": lexicon, "model.npz": write_model(trained.model)}
    revision = digest(found["model.npz"] + lexicon).partition(":")[2][:_SHOWN]
    counts: dict[str, int] = {}
    licences: dict[str, str] = {}
    for example in trained.examples:
        counts[example.source] = counts.get(example.source, 0) + 1
        licences[example.source] = example.licence
    data = [{"source": name, "texts": counts[name], "licence": licences[name]} for name in sorted(counts)]
    said = {"data": data, "numpy": version("numpy"), **about}
    manifest = sealed(Manifest(_NAME, revision, {}, said), found, private)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (*found.items(), ("manifest.json", write_manifest(manifest))):
            (folder / name).write_bytes(content)
    except OSError as error:
        why = (error.strerror or "cannot be written").lower()
        raise OperatorError(Problem(Place(str(folder)), "unusable-folder", f"`{folder}` {why}")) from None
    return manifest


def read_key(file: Path) -> str:
    """
    Read a private key, 32 bytes in hex, from *file*.

    Raises:
        OperatorError: it is no such file.
    """
    try:
        key = file.read_text("ascii").strip()
        if len(bytes.fromhex(key)) == 32:  # noqa: PLR2004 - what Ed25519 has
            return key
    except OSError as error:
        why = f"cannot be read: {(error.strerror or 'unknown').lower()}"
        raise OperatorError(
            Problem(Place(str(file)), "bad-key", why, "name a file of 32 random bytes in hex")
        ) from None
    except (UnicodeDecodeError, ValueError):
        pass
    message = f"`{file}` is no private key"
    raise OperatorError(Problem(Place(str(file)), "bad-key", message, "write 32 random bytes in hex"))
