"""Digests: short names that only the same bytes have."""

from hashlib import sha256

import orjson

__all__ = ["canonical", "digest"]


def digest(data: bytes) -> str:
    """Return the digest of *data* with its algorithm, such as `sha256:9f86d0…` (FIPS 180-4)."""
    return f"sha256:{sha256(data).hexdigest()}"


def canonical(value: object) -> bytes:
    """
    Write *value*, of JSON's types, in the one way in which it is signed: keys in order, no white space, UTF-8.

    Raises:
        TypeError: *value* cannot be written as JSON.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
