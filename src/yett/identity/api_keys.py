"""
Make, recognise and verify API keys.

A key reads `yett_live_<identifier>_<secret><checksum>`: the identifier (12 characters) is public and finds the key's
row, the secret (43) carries 256 bits of chance, the checksum (6) tells a mistyped or invented key without asking a
store. All three are base 62, so that a double click selects a whole key.

The secret has so much chance that a fast keyed digest keeps it as well as a slow one would; a slow one would let
anybody keep us busy. The same digest serves credentials that operators choose themselves.
"""

import hashlib
import hmac
import zlib
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["RANDOMNESS", "ApiKey", "digest", "digesting", "make", "parse", "verify"]

RANDOMNESS = 40
"""How many random bytes a key is made of: 8 for the identifier, 32 for the secret."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_IDENTIFIER, _SECRET, _CHECKSUM = 12, 43, 6


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's parts; *identifier* may be shown, *secret* never."""

    realm: str
    """`live`, or another word that says what the key is for, such as `test`."""
    identifier: str
    secret: str

    def __str__(self) -> str:
        return self._unchecked() + self.checksum

    def __repr__(self) -> str:
        return f"ApiKey(yett_{self.realm}_{self.identifier}_…)"

    @property
    def checksum(self) -> str:
        """Its last characters."""
        return _base62(zlib.crc32(self._unchecked().encode()), _CHECKSUM)

    def _unchecked(self) -> str:
        return f"yett_{self.realm}_{self.identifier}_{self.secret}"


def make(randomness: bytes, realm: str = "live") -> ApiKey:
    """Make a key out of *randomness*, `RANDOMNESS` bytes from a source fit for cryptography."""
    if len(randomness) != RANDOMNESS:
        raise ValueError(f"a key is made of {RANDOMNESS} random bytes, not {len(randomness)}")
    if not _word(realm):
        raise ValueError(f"`{realm}` is no realm; use lower case letters")
    identifier, secret = int.from_bytes(randomness[:8]), int.from_bytes(randomness[8:])
    return ApiKey(realm, _base62(identifier, _IDENTIFIER), _base62(secret, _SECRET))


def parse(text: str) -> ApiKey | None:
    """Read a key; None when *text* has another form or its checksum does not hold."""
    prefix, realm, identifier, rest = [*text.split("_"), "", "", "", ""][:4]
    if prefix != "yett" or not _word(realm) or text.count("_") != 3:  # noqa: PLR2004 - as in the form above
        return None
    if len(identifier) != _IDENTIFIER or len(rest) != _SECRET + _CHECKSUM:
        return None
    if not (text.isascii() and identifier.isalnum() and rest.isalnum()):
        return None
    key = ApiKey(realm, identifier, rest[:_SECRET])
    return key if hmac.compare_digest(str(key), text) else None


def digest(pepper: bytes, credential: str) -> str:
    """Return the keyed digest (BLAKE2b, 64 hex digits) under which *credential* may be kept."""
    return digesting(pepper)(credential)


def digesting(pepper: bytes) -> Callable[[str], str]:
    """Return what gives `digest` of one credential after the other, under the same *pepper*."""
    if not pepper:
        raise ValueError("a credential's digest needs a key")
    begun = hashlib.blake2b(digest_size=32, key=pepper, person=b"yett-credential")

    def digested(credential: str) -> str:
        state = begun.copy()
        state.update(credential.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    return digested


def verify(pepper: bytes, credential: str, kept: str) -> bool:
    """Say, in a time that tells nothing, whether *credential* is the one whose digest was *kept*."""
    return hmac.compare_digest(digest(pepper, credential), kept)


def _word(realm: str) -> bool:
    return realm.isascii() and realm.isalpha() and realm.islower()


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
