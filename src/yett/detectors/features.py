"""
Features: what a text has, as numbers of buckets.

Rules:

1. A feature is a hash: of three to five characters within a word and its edges, of one to three words, of two stems near
   each other, of what words mean (see `lexicon`), alone, in pairs and in threes. It has a place, so that it can be
   explained.
2. Whether a user wrote the text or nobody whom we trust is part of a feature's hash where words are concerned: the same
   sentence is a request in a prompt and an attack in a document.
3. There is no loop over characters or words. Prefix sums of a polynomial modulo 2^64 give the hash of any stretch.

Source: feature hashing as in K. Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.detectors.letters import Alphabet, Letters
from yett.detectors.lexicon import STEM, Lexicon

__all__ = ["BITS", "Featured", "Features"]

BITS = 18
"""There are 2 to this power buckets."""
_Hashes = NDArray[np.uint64]
_Places = NDArray[np.intp]
_LONGEST = 1 << 16
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
_PAIR, _TRIPLE = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_NEAR = 10
_ASCII = 127
"""So many words may lie between words whose meanings go together."""


def _salt(number: int) -> np.uint64:
    return np.uint64((0xD6E8FEB86659FD93 * (2 * number + 1)) % _MODULUS)


_SALTS = tuple(_salt(number) for number in range(32))


@dataclass(frozen=True, slots=True)
class Featured:
    """The features of a text, in no order."""

    buckets: NDArray[np.intp]
    places: _Places
    """Where each begins in the text."""
    letters: Letters


class Features:
    """Finds the features of texts."""

    __slots__ = ("_alphabet", "_inverses", "_powers", "_shift", "_sought", "_stems", "_words", "bits")

    def __init__(self, lexicon: Lexicon, bits: int = BITS) -> None:
        self.bits = bits
        self._shift = np.uint64(64 - bits)
        self._alphabet = Alphabet()
        self._powers = _powers(_BASE)
        self._inverses = _powers(pow(_BASE, -1, _MODULUS))
        stems = {
            entry.removesuffix("*")[:STEM]: number for entry, number in lexicon.entries.items() if entry[-1] == "*"
        }
        words = {entry: number for entry, number in lexicon.entries.items() if entry[-1] != "*"}
        self._stems = self._table(stems)
        self._words = tuple(
            self._table({entry: number for entry, number in words.items() if len(entry.split()) == count})
            for count in (1, 2, 3)
        )

    def _table(self, entries: dict[str, int]) -> tuple[_Hashes, NDArray[np.uint8]]:
        """Return the hashes of *entries*, in order, and what each means."""
        hashes = np.array([self._entry(entry) for entry in entries] or [np.uint64(0)], np.uint64)
        meanings = np.array([*entries.values()] or [0], np.uint8)
        order = np.argsort(hashes)
        return hashes[order], meanings[order]

    def _entry(self, entry: str) -> np.uint64:
        letters = self._alphabet.letters(entry)
        words = self._stretches(self._prefix(letters.codes), letters.begins, letters.ends)
        return np.uint64(_joined(words)[0])

    def of(self, text: str, *, trusted: bool) -> Featured:
        """Find the features of *text*, at most 65,000 characters, written by a user if it is *trusted*."""
        letters = self._alphabet.letters(text)
        pieces = [*self._characters(letters), *_shapes(letters), *self._phrases(letters, trusted=trusted)]
        hashes = np.concatenate([hashes * _SALTS[salt] for salt, hashes, _ in pieces])
        codes = np.concatenate([places for _, _, places in pieces])
        return Featured((hashes >> self._shift).astype(np.intp), letters.places[codes], letters)

    def _prefix(self, codes: _Hashes) -> _Hashes:
        sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(codes * self._powers[: len(codes)], out=sums[1:])
        return sums

    def _stretches(self, sums: _Hashes, begins: _Places, ends: _Places) -> _Hashes:
        return (sums[ends] - sums[begins]) * self._inverses[begins]

    def _characters(self, letters: Letters) -> Iterator[tuple[int, _Hashes, _Places]]:
        """Yield the runs of three to five characters that have no space inside."""
        sums = self._prefix(letters.codes)
        spaces = np.zeros(len(letters.space) + 1, np.int32)
        np.cumsum(letters.space, out=spaces[1:])
        for count in (3, 4, 5):
            last = len(letters.codes) - count + 1
            if last <= 0:
                continue
            within = np.flatnonzero(spaces[count - 1 : count - 1 + last] == spaces[1 : 1 + last])
            yield count, self._stretches(sums, within, within + count), within

    def _phrases(self, letters: Letters, *, trusted: bool) -> Iterator[tuple[int, _Hashes, _Places]]:
        begins, ends = letters.begins, letters.ends
        if not len(begins):
            return
        sums = self._prefix(letters.codes)
        words = self._stretches(sums, begins, ends)
        stems = self._stretches(sums, begins, np.minimum(ends, begins + STEM))
        pairs = words[:-1] * _PAIR + words[1:]
        triples = pairs[:-1] * _TRIPLE + words[2:]
        channel = 6 if trusted else 7
        yield 8, words, begins
        yield channel, words, begins
        yield 9, pairs, begins[:-1]
        yield channel + 4, pairs, begins[:-1]
        yield 12, triples, begins[:-2]
        for apart in (2, 3, 4):
            if len(stems) > apart:
                yield 13, stems[:-apart] * _PAIR + stems[apart:], begins[:-apart]
        yield from self._meanings(letters, words, stems, trusted=trusted)

    def _meanings(
        self, letters: Letters, words: _Hashes, stems: _Hashes, *, trusted: bool
    ) -> Iterator[tuple[int, _Hashes, _Places]]:
        meant = _looked_up(self._stems, stems)
        for count in (1, 2, 3):
            if len(words) >= count:
                found = _looked_up(self._words[count - 1], _joined(words, count))
                meant[: len(found)] = np.where(found, found, meant[: len(found)])
        told = np.flatnonzero(meant)
        meanings, places = meant[told].astype(np.uint64), letters.begins[told]
        for salt in (14, 14, 14, 15 if trusted else 16):  # what is said counts more than how it is spelt
            yield salt, meanings, places
            near = np.flatnonzero(told[1:] - told[:-1] <= _NEAR)
            pairs = meanings[near] * _PAIR + meanings[near + 1]
            yield salt + 3, pairs, places[near]
            near = np.flatnonzero(told[2:] - told[:-2] <= _NEAR)
            yield salt + 6, meanings[near] * _PAIR + meanings[near + 2], places[near]
            triples = (meanings[near] * _PAIR + meanings[near + 1]) * _TRIPLE + meanings[near + 2]
            yield salt + 9, triples, places[near]


def _shapes(letters: Letters) -> Iterator[tuple[int, _Hashes, _Places]]:
    """Yield how words and signs follow each other, whatever the words: gibberish and code look unlike prose."""
    begins, ends, capitals = letters.begins, letters.ends, np.zeros(len(letters.codes) + 1, np.int32)
    np.cumsum(letters.capital, out=capitals[1:])
    many = capitals[ends] - capitals[begins]
    tokens = np.where(letters.space, np.uint64(0), letters.codes + np.uint64(64))
    inside = np.zeros(len(tokens) + 1, np.int8)
    inside[begins] += 1
    inside[ends] -= 1
    tokens[np.cumsum(inside[:-1]) > 0] = 0
    shape = np.where(
        many == 0, 1, np.where(many == ends - begins, 2, np.where(letters.capital[begins] & (many == 1), 3, 4))
    )
    shape[letters.codes[begins] == ord("0")] = 5
    tokens[begins] = shape + 8 * (letters.codes[begins] > _ASCII)
    places = np.flatnonzero(tokens)
    told = tokens[places] * np.uint64(2) + letters.space[places - 1]
    pairs = told[:-1] * _PAIR + told[1:]
    triples = pairs[:-1] * _TRIPLE + told[2:]
    yield 26, triples, places[:-2]
    yield 27, triples[:-1] * _PAIR + told[3:], places[:-3]


def _powers(number: int) -> _Hashes:
    powers = np.full(_LONGEST, number, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _joined(words: _Hashes, count: int | None = None) -> _Hashes:
    """Join every *count* words, or all of them, into one hash."""
    count = count or len(words)
    joined = words[: len(words) - count + 1]
    for place in range(1, count):
        joined = joined * _PAIR + words[place : len(words) - count + 1 + place]
    return joined


def _looked_up(table: tuple[_Hashes, NDArray[np.uint8]], hashes: _Hashes) -> NDArray[np.uint8]:
    known, meanings = table
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[places] == hashes, meanings[places], 0).astype(np.uint8)
