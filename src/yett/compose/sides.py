"""Sides: what is compared, named as a file, a folder, or a release of what was published."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from yett.compose.policies import is_suite, read_policies, yaml_below
from yett.compose.publishing import open_publishing
from yett.compose.settings import Settings
from yett.model.errors import OperatorError, Place, Problem
from yett.policy.bundles import documents_of, read_bundle
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.policy.program import Program
from yett.services.publishing import Publishing

__all__ = ["program_named"]

_RELEASE = re.compile(r"(?P<namespace>[^#@]+)#(?P<number>[0-9]+)")
_VERSION = re.compile(r"(?P<policy>[^#@]+)@(?P<version>[^#@]+)")


def program_named(name: str, settings: Callable[[], Settings]) -> Program:
    """
    Return the policies that *name* means: a file, a folder of YAML, `NAMESPACE#NUMBER` or `ID@VERSION`.

    *settings* say where releases are kept, and are read only then.

    Raises:
        OperatorError: there is nothing of that name, or it cannot be read.
    """
    return compile_documents(_documents(name, settings))


def _documents(name: str, settings: Callable[[], Settings]) -> tuple[Document, ...]:
    path = Path(name)
    if path.is_dir():
        files = [each for each in yaml_below(path) if not is_suite(each)]
        if not files:
            raise _missing(name, "there is no YAML in the folder")
        return read_policies(tuple(files))
    if path.is_file():
        if path.suffix == ".json":
            return documents_of(read_bundle(path.read_text("utf-8-sig"), name), path.stem)
        return read_policies((path,))
    release, version = _RELEASE.fullmatch(name), _VERSION.fullmatch(name)
    if release:
        return asyncio.run(_released(settings(), release["namespace"], int(release["number"])))
    if version:
        return asyncio.run(_versioned(settings(), version["policy"], version["version"]))
    raise _missing(name, "there is no such file or folder")


async def _released(settings: Settings, namespace: str, number: int) -> tuple[Document, ...]:
    async with open_publishing(settings) as publishing:
        for release in await publishing.history(namespace):
            if release.number == number:
                return documents_of(await publishing.bundle(release), namespace)
    raise _missing(f"{namespace}#{number}", "there is no such release")


async def _versioned(settings: Settings, policy: str, version: str) -> tuple[Document, ...]:
    async with open_publishing(settings) as publishing:
        return await _found(publishing, policy, version)


async def _found(publishing: Publishing, policy: str, version: str) -> tuple[Document, ...]:
    for each in await publishing.versions(policy):
        if each.version == version:
            documents = documents_of(await publishing.bundle(each.release), each.release.namespace)
            return tuple(document for document in documents if document.id == policy)
    raise _missing(f"{policy}@{version}", "there is no such version")


def _missing(name: str, message: str) -> OperatorError:
    hint = "name a file, a folder, a release such as `default#3`, or a version such as `limits@1.2.0`"
    return OperatorError(Problem(Place(name), "unknown-policy", message, hint))
