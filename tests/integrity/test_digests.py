"""The same thing has the same digest and is written in one way."""

import pytest

from yett.integrity.digests import canonical, digest


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("value", [{"b": [1, 2.5], "a": "é"}, {"a": "é", "b": [1, 2.5]}])
def test_order_does_not_matter(value: object) -> None:
    assert canonical(value) == '{"a":"é","b":[1,2.5]}'.encode()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"a": object()})
