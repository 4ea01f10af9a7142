"""
Coins: addresses of Bitcoin and Ethereum, by the checksums that they carry.

Base58Check and Bech32 (BIP 173, BIP 350) find every slip of the pen; EIP-55 hides its checksum in the case of letters,
so an Ethereum address in one case carries none.
"""

from hashlib import sha256
from itertools import chain

__all__ = ["bitcoin", "ethereum", "keccak_256"]

_BASE58 = {digit: value for value, digit in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {digit: value for value, digit in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = frozenset({1, 0x2BC830A3})
_ADDRESS_BYTES = 25
_VERSIONS = frozenset({0x00, 0x05})
# Keccak-f[1600]: the round constants, and for each lane how far it turns and where it goes (Keccak reference, 3.0).
_ROUNDS = (
    *(0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B),
    *(0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088),
    *(0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089),
    *(0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A),
    *(0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008),
)
_TURNS = (1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44)
_PLACES = (10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1)
_LANE = (1 << 64) - 1
_RATE = 136


def bitcoin(address: str) -> bool:
    """Say whether *address* carries the checksum of its form: Base58Check, or Bech32 and its successor."""
    return _bech32(address) if address[:3].lower() == "bc1" else _base58(address)


def _base58(address: str) -> bool:
    if not _BASE58.keys() >= set(address):
        return False
    number = 0
    for digit in address:
        number = number * 58 + _BASE58[digit]
    if number.bit_length() > _ADDRESS_BYTES * 8:
        return False
    data = number.to_bytes(_ADDRESS_BYTES, "big")
    return data[0] in _VERSIONS and sha256(sha256(data[:21]).digest()).digest()[:4] == data[21:]


def _bech32(address: str) -> bool:
    if address not in {address.lower(), address.upper()}:
        return False
    prefix, _, data = address.lower().partition("1")
    check = 1
    for value in chain(
        (ord(letter) >> 5 for letter in prefix), (0,), (ord(letter) & 31 for letter in prefix), map(_BECH32.get, data)
    ):
        if value is None:
            return False
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check in _BECH32_SUMS


def ethereum(address: str) -> bool:
    """Say whether *address* is in one case, or in the cases that EIP-55 asks for; and no row of one digit."""
    digits = address[2:]
    if len(set(digits.lower())) < 8:  # noqa: PLR2004 - forty random digits show more than half of the sixteen
        return False
    if digits in {digits.lower(), digits.upper()}:
        return True
    cased = keccak_256(digits.lower().encode()).hex()
    return all(
        digit == (digit.upper() if int(guide, 16) >= 8 else digit.lower())  # noqa: PLR2004
        for digit, guide in zip(digits, cased, strict=False)
    )


def keccak_256(data: bytes) -> bytes:
    """Return the Keccak-256 digest of *data*, which is SHA-3 with the padding that it had before it was a standard."""
    padded = bytearray(data + b"\x01" + bytes(_RATE - 1 - len(data) % _RATE))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + lane * 8 : start + lane * 8 + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permute(state: list[int]) -> None:
    for constant in _ROUNDS:
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for lane in range(25):
            state[lane] ^= columns[(lane - 1) % 5] ^ _turned(columns[(lane + 1) % 5], 1)
        carried = state[1]
        for turn, place in zip(_TURNS, _PLACES, strict=True):
            carried, state[place] = state[place], _turned(carried, turn)
        for row in range(0, 25, 5):
            lanes = state[row : row + 5]
            for x in range(5):
                state[row + x] = lanes[x] ^ (~lanes[(x + 1) % 5] & lanes[(x + 2) % 5])
        state[0] ^= constant


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANE
