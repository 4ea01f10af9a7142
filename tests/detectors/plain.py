"""
The classifier's first stage once more, written to be read: character by character, word by word, window by window.

What `letters`, `features`, `windows` and `judge` compute in a few steps over whole texts must be what this does.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log1p, sqrt
from typing import NamedTuple

import numpy as np

from yett.detectors.lexicon import Lexicon
from yett.detectors.linear import LinearModel

__all__ = ["known", "plain_features", "plain_values", "windows"]

MODULUS = 1 << 64
BASE, PAIR, TRIPLE = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
UNSPACED = ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
SCRIPTS = (
    (0x0370, 0x052F, 11),
    (0x0590, 0x08FF, 12),
    (0x0900, 0x0DFF, 13),
    (0x0E00, 0x109F, 14),
    (0x1100, 0x11FF, 14),
    (0x1780, 0x17FF, 14),
    (0x3040, 0x9FFF, 14),
    (0xAC00, 0xD7AF, 14),
    (0x0080, 0x024F, 15),
    (0x1E00, 0x1EFF, 15),
)
SIGNS = {".,;:!?": 5, "\"'`": 6, "()[]{}": 7, "<>|#*_~=": 8, "/\\": 9}


class Letter(NamedTuple):
    code: int
    place: int
    space: bool
    word: bool
    alone: bool
    capital: bool


def letter(character: str, place: int) -> Letter:
    point, category = ord(character), unicodedata.category(character)
    if point > 0xFFFF:
        return Letter(point, place, space=False, word=False, alone=False, capital=False)
    if character.isspace():
        return Letter(32, place, space=True, word=False, alone=False, capital=False)
    if category[0] == "N":
        return Letter(ord("0"), place, space=False, word=True, alone=False, capital=False)
    lower, word = character.lower(), category[0] in "LM"
    alone = word and any(low <= point <= high for low, high in UNSPACED)
    code = ord(lower) if len(lower) == 1 else point
    return Letter(code, place, space=False, word=word, alone=alone, capital="A" <= character <= "Z")


def letters(text: str) -> list[Letter]:
    """White space is one space, and there is some at both ends."""
    found = [letter(" ", 0)]
    found += [letter(character, place) for place, character in enumerate(text)]
    found.append(letter(" ", len(text)))
    return [
        each
        for before, each in zip([None, *found], found, strict=False)
        if not (before and before.space and each.space)
    ]


def trait(character: str) -> int:
    point, category = ord(character), unicodedata.category(character)
    if point > 0xFFFF:
        return 17
    if character.isspace():
        return 4 if character in "\n\r" else 3
    listed = [number for signs, number in SIGNS.items() if character in signs]
    if listed or category == "Nd":
        return listed[0] if listed else 2
    if category[0] not in "LM":
        return 10 if point < 128 else 17
    scripts = [number for low, high, number in SCRIPTS if low <= point <= high]
    return (category == "Lu") if point < 128 else (*scripts, 16)[0]


def salt(number: int) -> int:
    return 0xD6E8FEB86659FD93 * (2 * number + 1)


def hashed(codes: list[int]) -> int:
    return sum(code * BASE**place for place, code in enumerate(codes)) % MODULUS


def joined(*parts: int) -> int:
    total = 0
    for part in parts:
        total = total * PAIR + part
    return total


def words(found: list[Letter]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for at, each in enumerate(found):
        if each.word and spans and spans[-1][1] == at and not each.alone and not found[at - 1].alone:
            spans[-1] = (spans[-1][0], at + 1)
        elif each.word:
            spans.append((at, at + 1))
    return spans


def runs(found: list[Letter]) -> Iterator[tuple[int, int, int]]:
    """Yield salts, hashes and where they begin."""
    for count in (3, 4, 5):
        for at in range(len(found) - count + 1):
            if not any(each.space for each in found[at + 1 : at + count - 1]):
                yield count, hashed([each.code for each in found[at : at + count]]), at


def shapes(found: list[Letter]) -> Iterator[tuple[int, int, int]]:
    tokens: list[tuple[int, int]] = []
    spans = dict(words(found))
    for at, each in enumerate(found):
        if at in spans:
            capitals = [letter.capital for letter in found[at : spans[at]]]
            shape = 1 if not any(capitals) else 2 if all(capitals) else 3 if capitals[0] and sum(capitals) == 1 else 4
            token = (5 if each.code == ord("0") else shape) + 8 * (each.code > 127)
        elif each.word or each.space:
            continue
        else:
            token = each.code + 64
        tokens.append((token * 2 + found[at - 1].space, at))
    for one, two, three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        yield 26, (one[0] * PAIR + two[0]) * TRIPLE + three[0], one[1]
    for one, two, three, four in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        yield 27, ((one[0] * PAIR + two[0]) * TRIPLE + three[0]) * PAIR + four[0], one[1]


def phrases(found: list[Letter], lexicon: Lexicon, *, trusted: bool) -> Iterator[tuple[int, int, int]]:
    spans, channel = words(found), 6 if trusted else 7
    each = [hashed([letter.code for letter in found[start:end]]) for start, end in spans]
    stems = [hashed([letter.code for letter in found[start : min(end, start + 5)]]) for start, end in spans]
    for at, (start, _) in enumerate(spans):
        yield from ((8, each[at], start), (channel, each[at], start))
        if at + 1 < len(spans):
            pair = joined(*each[at : at + 2])
            yield from ((9, pair, start), (channel + 4, pair, start))
        if at + 2 < len(spans):
            yield 12, joined(*each[at : at + 2]) * TRIPLE + each[at + 2], start
        for apart in (2, 3, 4):
            if at + apart < len(spans):
                yield 13, joined(stems[at], stems[at + apart]), start
    yield from meanings([start for start, _ in spans], listed(each, stems, lexicon), trusted=trusted)


def listed(each: list[int], stems: list[int], lexicon: Lexicon) -> dict[int, int]:
    """Return what words mean: what is listed with more words counts, and any word more than a stem."""
    tables: list[dict[int, int]] = [{}, {}, {}, {}]
    for entry, number in lexicon.entries.items():
        start = letters(entry.removesuffix("*")[:5] if entry[-1] == "*" else entry)
        parts = [hashed([letter.code for letter in start[first:last]]) for first, last in words(start)]
        tables[0 if entry[-1] == "*" else len(entry.split())][joined(*parts) % MODULUS] = number
    told = {at: tables[0][stem] for at, stem in enumerate(stems) if stem in tables[0]}
    for count in (1, 2, 3):
        for at in range(len(each) - count + 1):
            meant = tables[count].get(joined(*each[at : at + count]) % MODULUS)
            if meant:
                told[at] = meant
    return told


def meanings(begins: list[int], told: dict[int, int], *, trusted: bool) -> Iterator[tuple[int, int, int]]:
    places = sorted(told)
    for index, at in enumerate(places):
        one, (two, three) = told[at], [*places[index + 1 : index + 3], None, None][:2]
        for number in (14, 14, 14, 15 if trusted else 16):
            yield number, one, begins[at]
            if two is not None and two - at <= 10:
                yield number + 3, joined(one, told[two]), begins[at]
            if three is not None and two is not None and three - at <= 10:
                yield number + 6, joined(one, told[three]), begins[at]
                yield number + 9, joined(one, told[two]) * TRIPLE + told[three], begins[at]


def plain_features(text: str, lexicon: Lexicon, bits: int, *, trusted: bool) -> Counter[tuple[int, int]]:
    """Return how often each bucket occurs at each place of *text*."""
    found = letters(text)
    each = [*runs(found), *shapes(found), *phrases(found, lexicon, trusted=trusted)]
    return Counter(((part * salt(number) % MODULUS) >> (64 - bits), found[at].place) for number, part, at in each)


def breaks(text: str) -> Iterator[int]:
    before = 0
    for at, (one, two) in enumerate(pairwise(text), 1):
        if one in "\n\r|\u2028\u2029。\uff01\uff1f\uff1b।؟" or (one in ".!?;:" and two.isspace()):
            if at - before >= 16:
                yield at
            before = at


def windows(text: str) -> list[tuple[int, int, bool]]:
    """Return where the windows of *text* begin and end, and whether they are sentences."""
    spans = [(at, min(at + 512, len(text)), False) for at in range(0, max(1, len(text) - 256), 256)]
    edges = [0, *breaks(text), len(text)]
    return spans + [(start, end, True) for start, end in pairwise(edges)] if len(edges) > 2 else spans


def known(text: str, span: tuple[int, int, bool], *, trusted: bool) -> list[float]:
    start, end, sentence = span
    traits = [trait(character) for character in text]
    counts = [0] * 22
    for at in range(start, end):
        counts[traits[at]] += 1
        for change in changes(*traits[at : at + 2]) if at + 1 < len(text) else ():
            counts[18 + change] += 1
    shares = [sqrt(count / (end - start)) for count in counts]
    lengths = [log1p(end - start) / 6, log1p(len(text)) / 10]
    return [*shares, *lengths, start == 0, end == len(text), sentence, not trusted]


def changes(one: int, two: int) -> Iterator[int]:
    signs = [5 <= each <= 10 or each == 17 for each in (one, two)]
    wordy = [each <= 2 or 11 <= each <= 16 for each in (one, two)]
    yield from [0] * (one == 0 and two == 1) + [1] * (wordy[0] and signs[1])
    yield from [2] * (signs[0] and wordy[1]) + [3] * (one == two and signs[1])


def plain_values(text: str, model: LinearModel, lexicon: Lexicon, *, trusted: bool) -> dict[tuple[int, int], float]:
    """Return the value of each window of *text*; of the same stretch twice, the higher one."""
    features = plain_features(text, lexicon, model.bits, trusted=trusted)
    values: dict[tuple[int, int], float] = {}
    for span in windows(text):
        inside = [
            (int(model.weights[bucket]), count)
            for (bucket, place), count in features.items()
            if span[0] <= place < span[1] and model.weights[bucket]
        ]
        total, number = sum(weight * count for weight, count in inside), sum(count for _, count in inside)
        value = total * model.step / sqrt(number + 20) + model.bias
        value += float(np.dot(known(text, span, trusted=trusted), model.dense))
        values[span[:2]] = max(value, values.get(span[:2], value))
    return values
