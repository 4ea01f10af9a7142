"""What is written reads back as it was; what is anything else is broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.conformance_policies import release
from yett.adapters.files.layout import (
    bundle_path,
    namespace_path,
    numbered,
    read_bundle,
    read_release,
    release_path,
    signed_as,
    written,
)
from yett.model.errors import NotReady
from yett.policy.bundles import bundled

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES, st.integers(1, 10**17))
def test_a_release_is_found_by_its_path(namespace: str, number: int) -> None:
    path = release_path(namespace, number)
    assert numbered(path) == (namespace, number)
    assert path.startswith(f"{namespace_path(namespace)}/")
    assert path.count("/") == 2
    assert not {"..", "."} & set(path.split("/"))
    assert read_release(written(release(number, namespace)), path) == release(number, namespace)


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_bundle_reads_back(documents: dict[str, str]) -> None:
    bundle = bundled(documents, "f" * 64, "0" * 128)
    assert read_bundle(written(bundle), bundle_path(bundle.digest)) == bundle


@pytest.mark.parametrize(
    "path", ["releases/a/0.json", "releases/a/01.json", "releases/a/b/1.json", "bundles/1.json", "releases/1.json"]
)
def test_other_files_are_no_releases(path: str) -> None:
    assert numbered(path) is None


@pytest.mark.parametrize(
    "change", [{"number": 2}, {"rollout": "half"}, {"at": "now"}, {"namespace": 3}, {"note": None}]
)
def test_a_release_that_is_none_is_broken(change: dict[str, object]) -> None:
    row = json.loads(written(release(1))) | change
    with pytest.raises(NotReady, match="restore it"):
        read_release(json.dumps(row).encode(), release_path("acme", 1))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"documents": {"a": 1}}'])
def test_a_bundle_that_is_none_is_broken(content: bytes) -> None:
    with pytest.raises(NotReady, match="restore it"):
        read_bundle(content, "bundles/x.json")
    bundle = bundled({"a": "x"})
    with pytest.raises(NotReady, match="restore it"):
        read_bundle(written(bundle), "bundles/another.json")


def test_the_newest_signature_counts_and_none_is_taken_away() -> None:
    unsigned, signed, other = bundled({"a": "x"}), bundled({"a": "x"}, "f", "0"), bundled({"a": "x"}, "e", "1")
    assert signed_as(unsigned, signed) == signed
    assert signed_as(signed, other) == other
    assert signed_as(signed, unsigned) == signed
