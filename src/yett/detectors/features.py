"""
Features: what a text has, as numbers of buckets.

Rules:

1. A feature is a hash: of three to five characters within a word and its edges, of one to three words, of two stems near
   each other, of how words and signs follow each other, and of what words mean (see `meanings`), alone, in pairs and in
   threes. It has a place, so that it can be explained.
2. Whether a user wrote the text or nobody whom we trust is part of a feature's hash where words are concerned: the same
   sentence is a request in a prompt and an attack in a document.
3. There is no loop over characters or words, and few steps, since each costs as much as some hundred characters. Kinds
   that begin at the same codes are one *layer*, of the same number of cells for each; where a kind has no feature, the
   cell says so.

Source: feature hashing as in K. Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yett.detectors.hashing import (
    BASE,
    INVERSE,
    KEYS,
    LONGEST,
    OF_MEANINGS,
    OF_SHAPES,
    OF_STEMS,
    OF_WORDS,
    SHORT_OF_SHAPES,
    SHORT_OF_WORDS,
    joined,
    key,
    powers,
    salted,
    sliding,
)
from yett.detectors.letters import ALONE, CAPITAL, DIGIT, LETTER, MARGIN, Letters, alphabet
from yett.detectors.lexicon import STEM, Lexicon
from yett.detectors.meanings import Meanings

__all__ = ["BITS", "Featured", "Features", "Layer"]

BITS = 18
"""There are 2 to this power buckets."""
_Hashes = NDArray[np.uint64]
_Places = NDArray[np.intp]
_RUNS = (3, 4, 5)
"""So many characters are hashed together."""
_LENGTHS = np.array([[LONGEST], [STEM]])
"""Of a word all is hashed, and its stem."""
_NEAR = 10
"""So many words may lie between words whose meanings go together."""
_FAR = 1 << 30
_FIRST_CAPITAL, _CAPITAL, _SMALL, _DIGIT = 1, 2, 4, 8
_CASES = np.array([1, 2, 2, 2, 1, 3, 4, 4] + [5] * 8, np.uint64)
"""The shape of a word that has these: in small letters, in capitals, with one in front, otherwise, with a digit there."""
_KINDS = np.arange(256)
_INSIDE = np.select([_KINDS == CAPITAL, _KINDS >= LETTER], [_CAPITAL, _SMALL]).astype(np.uint8)
_IN_FRONT = np.where((_KINDS >= DIGIT) & (_KINDS < ALONE), _DIGIT, _INSIDE)
_IN_FRONT = np.where(_KINDS == CAPITAL, _FIRST_CAPITAL, _IN_FRONT).astype(np.uint8)
"""What characters of each kind say of the shape of a word: within it, and as the first."""
_FOREIGN = np.array(8, np.uint64)
_ASCII, _SIGNS = (np.array(code, np.uint64) for code in (127, 64))
_ONE = np.array(1)


class Layer(NamedTuple):
    """Kinds of features that begin at the same codes."""

    rows: int
    """How many kinds."""
    width: int
    """How many features of each."""
    codes: _Places | slice
    """At which codes they begin."""


@dataclass(frozen=True, slots=True)
class Featured:
    """The features of a text, layer after layer, each row by row."""

    cells: NDArray[np.intp]
    """The bucket of each feature, and *nothing* where there is none."""
    layers: tuple[Layer, ...]
    letters: Letters
    nothing: int

    @property
    def buckets(self) -> NDArray[np.intp]:
        """The bucket of each feature."""
        buckets: NDArray[np.intp] = self.cells[self.cells != self.nothing]
        return buckets

    @property
    def places(self) -> _Places:
        """Where in the text each feature begins."""
        places = self.letters.places
        rows = [np.tile(places[layer.codes], layer.rows) for layer in self.layers]
        found: _Places = np.concatenate(rows)[self.cells != self.nothing]
        return found

    def grids(self, numbers: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Yield *numbers*, one for each cell, layer by layer, a row for each kind."""
        start = 0
        for rows, width, _ in self.layers:
            stop = start + rows * width
            yield numbers[start:stop].reshape(rows, width)
            start = stop

    def summed(self, worth: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum up *worth*, a number for each cell, at the codes where their features begin."""
        totals = np.zeros(len(self.letters.codes), np.int64)
        for layer, grid in zip(self.layers, self.grids(worth), strict=True):
            totals[layer.codes] += np.add.reduce(grid, axis=0)
        return totals


class Features:
    """Finds the features of texts."""

    __slots__ = ("_alphabet", "_inverses", "_meanings", "_powers", "_salted", "_shift", "bits")

    def __init__(self, lexicon: Lexicon, bits: int = BITS) -> None:
        self.bits = bits
        self._shift = np.array(64 - bits, np.uint64)
        self._alphabet = alphabet()
        self._powers = powers(BASE)
        self._inverses = powers(INVERSE)
        self._salted = salted(self._inverses, _RUNS)
        self._meanings = Meanings(self._entries(lexicon))

    def _entries(self, lexicon: Lexicon) -> Iterable[tuple[int, int]]:
        """Yield the key of each entry of *lexicon*, and what it means."""
        for entry, number in lexicon.entries.items():
            stem = entry[-1] == "*"
            letters = self._alphabet.letters(entry.removesuffix("*")[:STEM] if stem else entry)
            words = self._words(letters, self._sums(letters.codes))[0, : len(letters.begins)].tolist()
            yield key(joined(words), 0 if stem else len(entry.split())), number

    def of(self, text: str, *, trusted: bool) -> Featured:
        """Find the features of *text*, at most 65,000 characters, written by a user if it is *trusted*."""
        letters = self._alphabet.letters(text)
        begins, count = letters.begins, len(letters.codes) - MARGIN
        sums = self._sums(letters.codes)
        tokens, shapes = _shapes(letters, foreign=not text.isascii())
        words = _phrases(self._words(letters, sums), trusted=trusted)
        told = self._meanings.of(words[KEYS])
        parts = [
            self._runs(sums, count).ravel(),
            shapes.ravel(),
            words[: KEYS.start].ravel(),
            words[KEYS.stop :].ravel(),
        ]
        layers = [Layer(3, count, slice(count)), Layer(2, len(tokens), tokens), Layer(8, len(begins), begins)]
        if told:
            parts.append(_said([*told.values()], trusted=trusted).ravel())
            layers.append(Layer(16, len(told), begins[[*told]]))
        hashes = np.concatenate(parts)
        hashes >>= self._shift
        featured = Featured(hashes.view(np.intp), tuple(layers), letters, 1 << self.bits)
        _clear(featured, [*told])
        return featured

    def _sums(self, codes: _Hashes) -> _Hashes:
        """Return the prefix sums of *codes* times powers."""
        sums = np.empty(len(codes) + 1, np.uint64)
        sums[0] = 0
        rest = sums[1:]
        np.multiply(codes, self._powers[: len(codes)], out=rest)
        np.add.accumulate(rest, out=rest)
        return sums

    def _runs(self, sums: _Hashes, count: int) -> _Hashes:
        """Return the runs of characters from each of the first *count* codes on."""
        runs: _Hashes = sliding(sums, _RUNS[0], (len(_RUNS), count)) - sums[:count]
        runs *= self._salted[:, :count]
        return runs

    def _words(self, letters: Letters, sums: _Hashes) -> _Hashes:
        """Return the words and their stems, and a few zeros after each."""
        begins = letters.begins
        found = np.zeros((2, len(begins) + 4), np.uint64)
        stretches = sums.take(np.minimum(letters.ends, begins + _LENGTHS))
        stretches -= sums.take(begins)
        np.multiply(stretches, self._inverses.take(begins), out=found[:, : len(begins)])
        return found


def _phrases(words: _Hashes, *, trusted: bool) -> _Hashes:
    """Return what is hashed of *words*: three rows of stems, four of keys, five of words."""
    count = words.shape[1] - 4
    rows = np.empty((12, count), np.uint64)
    np.matmul(OF_STEMS, sliding(words, count + 4, (5, count)), out=rows[:4])
    np.matmul(OF_WORDS[trusted], sliding(words, 0, (3, count)), out=rows[4:])
    return rows


def _said(meant: list[int], *, trusted: bool) -> _Hashes:
    """Return what is hashed of what was *meant*."""
    padded = np.array([*meant, 0, 0], np.uint64)
    said: _Hashes = np.matmul(OF_MEANINGS[trusted], sliding(padded, 0, (3, len(meant))))
    return said


def _clear(featured: Featured, told: list[int]) -> None:
    """Mark what is no feature: runs with a space inside, rows that want for neighbours, meanings far apart."""
    runs, shapes, words, *said = featured.grids(featured.cells)
    nothing = featured.nothing
    np.copyto(runs, nothing, where=_interrupted(featured.letters.space, runs.shape[1]))
    for grid, short in ((shapes, SHORT_OF_SHAPES), (words, SHORT_OF_WORDS)):
        for rows, last in short:
            grid[:rows, -last:] = nothing
    for grid in said:
        _part(grid, told, nothing)


def _part(said: NDArray[np.intp], told: list[int], nothing: int) -> None:
    """Mark as no features those of *said* whose words, counted as in *told*, are too far apart."""
    beyond = [*told, _FAR, _FAR]
    said[8:12, [place for place, word in enumerate(told) if beyond[place + 1] - word > _NEAR]] = nothing
    said[:8, [place for place, word in enumerate(told) if beyond[place + 2] - word > _NEAR]] = nothing


def _shapes(letters: Letters, *, foreign: bool) -> tuple[_Places, _Hashes]:
    """Hash how words and signs follow each other, whatever the words: gibberish and code look unlike prose."""
    tokens = letters.codes + _SIGNS
    tokens *= letters.space == letters.word  # a sign is neither
    if len(letters.begins):
        tokens[letters.begins] = _cases(letters, foreign=foreign)
    places = tokens.nonzero()[0]
    told = np.zeros(len(places) + 3, np.uint64)
    inside = told[: len(places)]
    inside += tokens.take(places)
    inside += inside
    inside += letters.space.take(places - _ONE)
    return places, np.matmul(OF_SHAPES, sliding(told, 0, (4, len(places))))


def _cases(letters: Letters, *, foreign: bool) -> _Hashes:
    """Return the shape of each word: how it is written, whether it begins with a digit or in another script."""
    begins = letters.begins
    traits = _INSIDE.take(letters.kinds)
    traits[begins] = _IN_FRONT.take(letters.kinds.take(begins))
    shapes = _CASES.take(np.bitwise_or.reduceat(traits, begins))
    if foreign:
        shapes[letters.codes.take(begins) > _ASCII] += _FOREIGN
    return shapes


def _interrupted(space: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Say which runs have a *space* inside."""
    found = np.empty((len(_RUNS), count), np.bool_)
    found[0] = space[1 : count + 1]
    np.logical_or(found[0], space[2 : count + 2], out=found[1])
    np.logical_or(found[1], space[3 : count + 3], out=found[2])
    return found
