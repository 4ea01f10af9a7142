"""
Manifest: what an artefact consists of, where it comes from, and who answers for it.

Rules:

1. A manifest names every file of its artefact with its digest; a file that it does not name does not belong to it.
2. Signatures are over everything else that the manifest says, written canonically.
3. An artefact is accepted as a whole or refused: every file as named, and signed by a key that is trusted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson

from yett.integrity.digests import canonical, digest
from yett.integrity.signatures import public_key, sign, verify
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["Manifest", "Signature", "accept", "key_id", "read_manifest", "sealed", "write_manifest"]

_PURPOSE = b"yett manifest 1\0"
"""Stands before what is signed, so that nothing else that is signed with the same key can pass for a manifest."""
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """That the holder of a key answers for a manifest."""

    key: str
    """Which key: see `key_id`."""
    value: str
    """The signature itself, in hex."""


def key_id(public: str) -> str:
    """Return the short name of a *public* key, in hex: the beginning of its digest."""
    return digest(bytes.fromhex(public)).partition(":")[2][:_SHOWN]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is said about an artefact."""

    name: str
    revision: str
    files: Mapping[str, str]
    """The digest of each file by its name."""
    about: Mapping[str, object] = field(default_factory=dict)
    """What else is said: provenance, licences, figures."""
    signatures: tuple[Signature, ...] = ()


def sealed(manifest: Manifest, files: Mapping[str, bytes], private: str | None = None) -> Manifest:
    """Return *manifest* with the digests of *files*, signed with the key *private*, in hex, where there is one."""
    named = replace(manifest, files={name: digest(data) for name, data in sorted(files.items())}, signatures=())
    if private is None:
        return named
    return replace(named, signatures=(Signature(key_id(public_key(private)), sign(private, _signed(named))),))


def _signed(manifest: Manifest) -> bytes:
    return _PURPOSE + canonical(_said(manifest))


def _said(manifest: Manifest) -> dict[str, object]:
    said: dict[str, object] = {"name": manifest.name, "revision": manifest.revision, "files": dict(manifest.files)}
    return said | {"about": dict(manifest.about)}


def write_manifest(manifest: Manifest) -> bytes:
    """Write *manifest* as JSON for people and machines."""
    signatures = [{"key": each.key, "value": each.value} for each in manifest.signatures]
    return orjson.dumps(_said(manifest) | {"signatures": signatures}, option=orjson.OPT_INDENT_2) + b"\n"


def read_manifest(data: bytes, file: str) -> Manifest:
    """
    Read a manifest from *data*; *file* names it in complaints.

    Raises:
        OperatorError: it is no manifest.
    """
    try:
        said = orjson.loads(data)
        files = {str(name): str(each) for name, each in said["files"].items()}
        signatures = tuple(Signature(str(each["key"]), str(each["value"])) for each in said["signatures"])
        return Manifest(str(said["name"]), str(said["revision"]), files, dict(said["about"]), signatures)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise OperatorError(_refused(file, "is no manifest")) from None


def accept(
    manifest: Manifest, files: Mapping[str, bytes], trusted: Mapping[str, str], place: str, *, unsigned: bool = False
) -> None:
    """
    Accept *files* as what *manifest* speaks of, signed by one of the *trusted* public keys (in hex, by their ids).

    One that nobody signed is accepted only where *unsigned* says so; a signature that does not hold never is.

    Raises:
        OperatorError: a file is missing, strange or changed, or nobody who is trusted answers for it; *place* names it.
    """
    problems = []
    for name in sorted({*manifest.files, *files}):
        said, data = manifest.files.get(name), files.get(name)
        if said is None:
            problems.append(_refused(place, f"says nothing of `{name}`"))
        elif data is None:
            problems.append(_refused(place, f"names `{name}`, which is not there"))
        elif digest(data) != said:
            problems.append(_refused(place, f"has another digest for `{name}` than that of the file"))
    if not problems and (manifest.signatures or not unsigned) and not _answered_for(manifest, trusted):
        known = {each.key for each in manifest.signatures} & set(trusted)
        why = "has a signature that does not hold" if known else "is not signed by a key that is trusted"
        problems.append(_refused(place, why))
    if problems:
        raise OperatorError(*problems)


def _answered_for(manifest: Manifest, trusted: Mapping[str, str]) -> bool:
    message = _signed(manifest)
    return any(each.key in trusted and verify(trusted[each.key], message, each.value) for each in manifest.signatures)


def _refused(place: str, message: str) -> Problem:
    return Problem(
        Place(place), "artefact", message, "restore the files as they were published, or train and sign anew"
    )
