"""
Signatures: Ed25519 (RFC 8032) over bytes.

Keys and signatures are handed around in hex, as they stand in configurations and manifests. A private key is 32 bytes
from a source of chance; making one is the business of whoever has such a source.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["public_key", "sign", "verify"]


def public_key(private: str) -> str:
    """
    Return the public key that belongs to *private*, both in hex.

    Raises:
        ValueError: it is no private key.
    """
    return _private(private).public_key().public_bytes_raw().hex()


def sign(private: str, data: bytes) -> str:
    """
    Sign *data* with *private*; return the signature in hex.

    Raises:
        ValueError: it is no private key.
    """
    return _private(private).sign(data).hex()


def verify(public: str, data: bytes, signature: str) -> bool:
    """Say whether *signature* of *data* was made with the key that *public* belongs to; what is malformed was not."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (ValueError, InvalidSignature):
        return False
    return True


def _private(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))
