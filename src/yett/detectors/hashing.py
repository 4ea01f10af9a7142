"""
Hashing: what the hashes of features are made of.

Rules:

1. A stretch of codes is the value of a polynomial modulo 2^64, whose powers and their inverses are kept, so that prefix
   sums give the hash of any stretch.
2. What is hashed of neighbours is a sum of their hashes times constants. So one product of a matrix with what slides past
   is all that is hashed of them; a row of the matrix is a kind of feature, times its salt.
3. The rows that reach furthest come first, so that what wants for neighbours at their ends is a staircase.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BASE",
    "INVERSE",
    "KEYS",
    "LONGEST",
    "MODULUS",
    "OF_MEANINGS",
    "OF_SHAPES",
    "OF_STEMS",
    "OF_WORDS",
    "SHORT_OF_SHAPES",
    "SHORT_OF_WORDS",
    "joined",
    "key",
    "powers",
    "salted",
    "sliding",
]

_Hashes = NDArray[np.uint64]
LONGEST = 1 << 16
"""So many codes can be hashed."""
MODULUS = 1 << 64
BASE = 0x9E3779B97F4A7C15
INVERSE = pow(BASE, -1, MODULUS)
_SALT, _PAIR, _TRIPLE = 0xD6E8FEB86659FD93, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_WIDE = np.dtype(np.uint64)
_STRIDES = (_WIDE.itemsize, _WIDE.itemsize)


def _salt(number: int) -> int:
    return _SALT * (2 * number + 1) % MODULUS


def _matrix(*rows: tuple[int, tuple[int, ...]]) -> _Hashes:
    """Return a matrix whose *rows*, each a salt and factors, are the factors times what the salt stands for."""
    return np.array([[_salt(salt) * factor % MODULUS for factor in factors] for salt, factors in rows], np.uint64)


OF_SHAPES = _matrix((27, (_PAIR * _PAIR * _TRIPLE, _PAIR * _TRIPLE, _PAIR, 1)), (26, (_PAIR * _TRIPLE, _TRIPLE, 1, 0)))
OF_STEMS = _matrix(
    (13, (_PAIR, 0, 0, 0, 1)), (13, (_PAIR, 0, 0, 1, 0)), (13, (_PAIR, 0, 1, 0, 0)), (28, (1, 0, 0, 0, 0))
)
_ONE_WORD, _TWO_WORDS, _THREE_WORDS = (1, 0, 0), (_PAIR, 1, 0), (_PAIR * _TRIPLE, _TRIPLE, 1)


KEYS = slice(3, 7)
"""Rows of what is hashed of stems and words, one after the other, by which meanings are looked up; they are no features."""
SHORT_OF_SHAPES, SHORT_OF_WORDS = ((2, 2), (1, 3)), ((6, 1), (4, 2), (2, 3), (1, 4))
"""Of the first so many rows, without *KEYS*, the last so many features want for neighbours."""


def _of_words(channel: int) -> _Hashes:
    keys = ((29, _ONE_WORD), (30, _TWO_WORDS), (31, (_PAIR * _PAIR, _PAIR, 1)))
    twos, ones = ((9, _TWO_WORDS), (channel + 4, _TWO_WORDS)), ((8, _ONE_WORD), (channel, _ONE_WORD))
    return _matrix(*keys, (12, _THREE_WORDS), *twos, *ones)


def _of_meanings(channel: int) -> _Hashes:
    """Return the rows of meanings; most are there three times: what is said counts more than how it is spelt."""
    kinds = ((9, _THREE_WORDS), (6, (_PAIR, 0, 1)), (3, _TWO_WORDS), (0, _ONE_WORD))
    return _matrix(*((salt + kind, factors) for kind, factors in kinds for salt in (14, 14, 14, channel)))


OF_WORDS = (_of_words(7), _of_words(6))
OF_MEANINGS = (_of_meanings(16), _of_meanings(15))
"""First of what nobody whom we trust has written, then of what a user has."""


def key(joined: int, count: int) -> int:
    """Return the key under which *joined* words, *count* of them, mean something; 0 for a stem."""
    return joined * _salt(28 + count) % MODULUS


def joined(words: list[int]) -> int:
    """Return the hash of *words* one after the other."""
    total = 0
    for word in words:
        total = (total * _PAIR + word) % MODULUS
    return total


def salted(hashes: _Hashes, salts: tuple[int, ...]) -> _Hashes:
    """Return *hashes* times each of *salts*, row by row."""
    return hashes * np.array([[_salt(number)] for number in salts], np.uint64)


def sliding(array: _Hashes, start: int, shape: tuple[int, int]) -> _Hashes:
    """Return *array* from *start* on, row after row of it, each a place further."""
    return np.ndarray(shape, _WIDE, array, start * _WIDE.itemsize, _STRIDES)


def powers(number: int) -> _Hashes:
    """Return the powers of *number*, from 1 on."""
    factors = np.full(LONGEST, number, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)
