"""
Published: what policies were in force last, kept beside the records.

A gateway that cannot reach its policy store starts with what it had, and says so. A copy that does not hold is no copy:
its digests are checked as those of the store are.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex

import orjson

from yett.model.errors import OperatorError, Place, Problem
from yett.model.release import Bundle, Release, Rollout, standing
from yett.policy.bundles import bundled, documents_of
from yett.policy.documents import Document
from yett.services.following import Published

__all__ = ["keep_copy", "kept_copy", "live_documents"]

_NAME = "policies.json"


def live_documents(published: Published, tried: Iterable[Release] = ()) -> tuple[Document, ...]:
    """
    Return the policies that are *published* and decide, as if the releases that are *tried* out did, too.

    Raises:
        OperatorError: one cannot be read by this version.
    """
    return tuple(
        document
        for release in published.deciding(tried)
        for document in documents_of(published.bundle(release), release.namespace)
    )


def keep_copy(folder: Path, published: Published) -> None:
    """Keep a copy of what is *published* in *folder*: all of it, or what was there before."""
    releases = [release for each in published.standings for release in (each.live, each.candidate) if release]
    numbers = {each.namespace: each.number for each in published.standings}
    form = {
        "numbers": numbers,
        "releases": [asdict(release) for release in releases],
        "bundles": [asdict(bundle) for bundle in (published.bundles or {}).values()],
    }
    path = folder / _NAME
    fresh = path.with_name(f"{_NAME}.{token_hex(8)}")
    try:
        with fresh.open("wb") as file:
            file.write(orjson.dumps(form))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def kept_copy(folder: Path) -> Published | None:
    """
    Return what was kept in *folder*; None where nothing was.

    Raises:
        OperatorError: what is there is no copy that holds.
    """
    path = folder / _NAME
    try:
        form = orjson.loads(path.read_bytes())
        releases = [Release(**{**each, "rollout": Rollout(each["rollout"])}) for each in form["releases"]]
        bundles = {each["digest"]: _bundle(each) for each in form["bundles"]}
        numbers = {str(name): int(number) for name, number in form["numbers"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise _broken(path) from None
    if any(release.digest not in bundles for release in releases):
        raise _broken(path)
    standings = []
    for namespace, number in numbers.items():
        now = standing(namespace, [release for release in releases if release.namespace == namespace])
        standings.append(type(now)(namespace, number, now.live, now.candidate))
    return Published(tuple(standings), bundles)


def _bundle(form: dict[str, object]) -> Bundle:
    documents = {str(name): str(text) for name, text in form["documents"]}  # type: ignore[attr-defined]
    bundle = bundled(documents, str(form["signer"]), str(form["signature"]))
    if bundle.digest != form["digest"]:
        raise ValueError(form["digest"])
    return bundle


def _broken(path: Path) -> OperatorError:
    message = "is no copy of policies that holds"
    return OperatorError(Problem(Place(str(path)), "bad-copy", message, "move it away; the store has them all"))
