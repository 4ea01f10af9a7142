"""A signature holds for what was signed, by the key that signed it, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.integrity.signatures import public_key, sign, verify

# RFC 8032, section 7.1, test 2; a published test vector, not a credential
PRIVATE = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"  # pragma: allowlist secret
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"  # pragma: allowlist secret
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_it_is_the_algorithm_of_the_rfc() -> None:
    assert public_key(PRIVATE) == PUBLIC
    assert sign(PRIVATE, b"\x72") == SIGNATURE
    assert verify(PUBLIC, b"\x72", SIGNATURE)


KEYS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(KEYS, st.binary(), st.binary(min_size=1))
def test_what_was_signed_verifies_and_nothing_else(private: str, data: bytes, more: bytes) -> None:
    signature = sign(private, data)
    assert verify(public_key(private), data, signature)
    assert not verify(public_key(private), data + more, signature)
    assert not verify(PUBLIC, data, signature)


@pytest.mark.parametrize(
    ("public", "signature"), [("", SIGNATURE), ("zz", SIGNATURE), (PUBLIC, ""), (PUBLIC, "00"), (PUBLIC, "z" * 128)]
)
def test_what_is_malformed_does_not_verify(public: str, signature: str) -> None:
    assert not verify(public, b"\x72", signature)


@pytest.mark.parametrize("private", ["", "00", "z" * 64])
def test_what_is_no_key_is_refused(private: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sign(private, b"")
