"""
How published policies lie in files, the same in a folder and in a repository.

    bundles/DIGEST.json            the documents of a bundle, and who signed it
    releases/NAMESPACE/NUMBER.json one release

Rules:

1. A file is written once, whole; only a bundle's signature may be added or replaced later.
2. A namespace's name is percent-encoded where it would mean anything to a file system.
3. What does not read back is said to be broken, never passed over: what is in force follows from all of it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from urllib.parse import quote, unquote

from yett.model.errors import NotReady
from yett.model.release import Bundle, Release, Rollout

__all__ = [
    "bundle_path",
    "namespace_path",
    "newest",
    "numbered",
    "read_bundle",
    "read_release",
    "release_path",
    "signed_as",
    "written",
]

_ROLLOUTS = frozenset(map(str, Rollout))
_PLACE = re.compile(r"releases/([^/]+)/([1-9][0-9]{0,17})\.json")


def bundle_path(digest: str) -> str:
    """Return where the bundle of *digest* lies; a digest that is none lies nowhere, under a name that no bundle has."""
    return f"bundles/{quote(digest, safe='').replace('.', '%2E')}.json"


def namespace_path(namespace: str) -> str:
    """Return where the releases of *namespace* lie."""
    return f"releases/{quote(namespace, safe='').replace('.', '%2E')}"


def release_path(namespace: str, number: int) -> str:
    """Return where the *number*th release of *namespace* lies."""
    return f"{namespace_path(namespace)}/{number}.json"


def numbered(path: str) -> tuple[str, int] | None:
    """Return the namespace and the number of the release that lies at *path*; None where none does."""
    found = _PLACE.fullmatch(path)
    return (unquote(found[1]), int(found[2])) if found else None


def newest(paths: Iterable[str]) -> dict[str, int]:
    """Return the number of the newest release by namespace, given the *paths* of files; other files are passed over."""
    found: dict[str, int] = {}
    for path in paths:
        if place := numbered(path):
            found[place[0]] = max(place[1], found.get(place[0], 0))
    return found


def written(thing: Bundle | Release) -> bytes:
    """Return the content of *thing*'s file."""
    row = asdict(thing)
    if isinstance(thing, Bundle):
        row["documents"] = dict(thing.documents)
    return (json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def signed_as(there: Bundle, bundle: Bundle) -> Bundle:
    """Return the bundle that is *there* with the signature of *bundle*, where that has one."""
    return replace(there, signer=bundle.signer, signature=bundle.signature) if bundle.signature else there


def read_bundle(content: bytes, path: str) -> Bundle:
    """
    Read the file of a bundle.

    Raises:
        NotReady: it is none.
    """
    match _read(content):
        case {"digest": str(digest), "documents": dict(documents), "signer": str(signer), "signature": str(signature)}:
            texts = tuple(sorted((str(name), text) for name, text in documents.items() if isinstance(text, str)))
            if len(texts) == len(documents) and bundle_path(digest) == path:
                return Bundle(digest, texts, signer, signature)
    raise _broken(path)


def read_release(content: bytes, path: str) -> Release:
    """
    Read the file of a release.

    Raises:
        NotReady: it is none, or lies where another one belongs.
    """
    match _read(content):
        case {
            "namespace": str(namespace),
            "number": int(number),
            "digest": str(digest),
            "rollout": str(rollout),
            "at": int(at) | float(at),
            "share": int(share),
            "author": str(author),
            "commit": str(commit),
            "note": str(note),
        } if rollout in _ROLLOUTS and release_path(namespace, number) == path:
            return Release(namespace, number, digest, Rollout(rollout), at, share, author, commit, note)
    raise _broken(path)


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _broken(path: str) -> NotReady:
    return NotReady(f"`{path}` in the policy store is not as it was written; restore it")
