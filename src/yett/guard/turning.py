"""
Turning: parts of a text that are written in rot13 or backwards, where they read better turned.

Rules:

1. Whether something reads better turned is told by its pairs of letters, in any language in Latin letters (see `pairs`).
   Each pair is worth how much less surprising it would be turned; what is as surprising as chance could make it counts
   for nothing, so that digests, tokens and code, which read badly either way, are not turned.
2. The worths add up from letter to letter. Where the sum has risen by *_ENOUGH* it reads better turned, from where the
   rise began to where the sum has fallen by as much. So a part is found wherever it begins and ends.
3. What nothing speaks against belongs to it, as far as the line goes, since an address or a number tells nothing.
4. What stands backwards is read backwards as a whole, or word by word, as the order of its words says.
5. Adding up is for texts in which a frequent word stands turned, or in which none stands as it is: everyday texts pay
   for two searches.
"""

import re
from collections.abc import Iterator
from math import log

import numpy as np
import re2
from numpy.typing import NDArray

from yett.guard.pairs import KINDS, SURPRISE
from yett.guard.piece import Piece, TooManyPlaces, exact

__all__ = ["BLOCK", "HINT", "turned"]

_Walk = NDArray[np.int32]
_Worths = NDArray[np.int8]
_Pairs = NDArray[np.uint16]
_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)
# Words that are frequent, in texts or in orders, and mean nothing when they are turned.
_FREQUENT = """
    the and to for of you with that from by not this que die can has was what ignore system only about nicht
    when should my read will into may other first after your all instructions instruction previous rules
    prompt reveal show tell print password passwords secret pretend forget disregard above guidelines before
    never using without override bypass sie ich und den het een och att det som jest dan yang untuk che les
    des est pour los las para por una we have which please say there write they then out them give order every
    everything mode new safety filters restrictions messages follow repeat output text alle regler regeln
    reglas regole regels senza uten utan tutte toutes todas vorige prompten
""".split()  # noqa: SIM905 - a hundred lines of one word each say less
_TURNED = "|".join([*(word.translate(_ROT13) for word in _FREQUENT), *(word[::-1] for word in _FREQUENT)])
HINT = rf"(?i:\b(?:{_TURNED})\b)"
"""A frequent word that stands turned."""
_HINT = re2.compile(HINT.encode())
# Words of which most texts have one, in prose or in code.
_PLAIN = re2.compile(
    rb"(?i)\b(?:the|and|you|for|what|how|this|that|with|can|please|are|from|not|true|none|def|return|import|self|class|const"
    rb"|der|die|und|ist|nicht|que|los|las|para|por|les|des|une|est|pour|dans|het|een|van|che|con|nie|jest|dan|yang|untuk"
    rb"|och|att|det|ikke|function)\b"
)
_ENOUGH, _SHORT, _FOLD = 15, 64, 6.0
"""So much better than as written, in the steps of `pairs`, is enough in a short text, about as much as six letters of
English gain; and so much more for each time that a text is longer by the factor e, since chance has as many more tries."""
_AGAINST, _DOUBT = 60, 30
"""So much worse ends a part; a long word alone may lose half of that, and belongs to it even at its edge."""
_LESS = 5
"""How much less the sum of every third letter may seem to rise."""
_CHANCE = 11
"""So surprising is a letter after another one by chance."""
_CASE, _DIGIT = 9, 6
"""How much a capital within a word, and a digit beside a letter, speak against it."""
_FEWEST = 8
BLOCK, _OVERLAP = 65_536, 512
"""How many characters are looked at together, and how many of them again with the next."""
_FIRST = 256
"""So many letters are added up at first when it is looked where a sum rises or falls."""
_EDGE = 200
"""How far to the end of a line that belongs to a part, and how long a word at its edge."""
_MOST_TURNED = 512
_EVERY = 3
_PAIR = np.dtype("<u2")
_BOTH = np.dtype("<i8")
_EACH = np.dtype("<i4")
_WORDS = re.compile(r"(\s+)")
_TELLING = 1000
"""So many letters tell in which order words stand."""
# What stands before a noun stands before no end, and before nothing else that stands there; and no sentence is a word.
_BEFORE_NOUNS = "a|an|the|this|these|that|my|your|our|their|its"
_OUT_OF_ORDER = re.compile(
    rf"(?i)\b(?:{_BEFORE_NOUNS})(?=[^\w\n]*\n|[^\w\n]+(?:{_BEFORE_NOUNS}|of|in|to|for|from|by|with|and|or|is|are|be)\b)"
    r"|\A\W*\w+[.?!]\s"
)


def _worths() -> tuple[_Worths, _Worths]:
    """Return what each two bytes, read as a number, are worth by rot13 and backwards."""
    table = np.array([[ord(level) - ord("a") for level in row] for row in SURPRISE])
    kinds, points = np.array(KINDS), np.arange(256)
    rot13 = np.array([0, *(1 + (kind + 13) % 26 for kind in range(26))])
    capital = (kinds > 0) & (points < ord("a"))
    small, digit = (kinds > 0) & ~capital, (points >= ord("0")) & (points <= ord("9"))
    # The byte that comes first is the lower one, so rows are for the second and columns for the first.
    written = np.minimum(table[kinds[None, :], kinds[:, None]], _CHANCE)
    mixed = (digit[:, None] & (kinds > 0)[None, :]) | ((kinds > 0)[:, None] & digit[None, :])
    by_rot13 = written - table[rot13[kinds][None, :], rot13[kinds][:, None]] - _DIGIT * mixed
    backwards = written - table[kinds[:, None], kinds[None, :]] - _DIGIT * mixed
    by_rot13 -= _CASE * (small[None, :] & capital[:, None])
    backwards -= _CASE * (capital[None, :] & small[:, None])
    one, other = by_rot13.astype(np.int8).ravel(), backwards.astype(np.int8).ravel()
    return one, other


_BY_ROT13, _BACKWARDS = _worths()
# Both in one number, so that both are added up at once; the upper half may be short by one.
_TWO = (_BY_ROT13.astype(_BOTH) << 32) + _BACKWARDS
_TWO.flags.writeable = _BY_ROT13.flags.writeable = _BACKWARDS.flags.writeable = False


def turned(text: str, data: bytes, *, hinted: bool = True) -> Iterator[Piece]:
    """
    Yield the parts of *text* that read better in rot13 or backwards, so read.

    *data* is the text with one byte for each character; unless *hinted*, no frequent word is known to stand turned in it.

    Raises:
        TooManyPlaces: there are more of them than are read.
    """
    count = 0
    for begin in range(0, max(1, len(data) - _OVERLAP), BLOCK):
        block = data[begin : begin + BLOCK + _OVERLAP] if begin or len(data) > BLOCK else data
        for piece in _in_block(text, begin, block, hinted=hinted):
            count += 1
            if count > _MOST_TURNED:
                raise TooManyPlaces(piece.start, piece.end)
            yield piece


def _in_block(text: str, begin: int, block: bytes, *, hinted: bool) -> Iterator[Piece]:
    """Yield the parts of *block*, which stands in *text* from *begin* on, that read better turned."""
    if len(block) < _FEWEST or (_PLAIN.search(block) and not (hinted and _HINT.search(block))):
        return
    pairs = np.ndarray(len(block) - 1, _PAIR, block, 0, (1,))
    enough = _ENOUGH + int(_FOLD * log(max(_SHORT, len(block)) / _SHORT))
    backwards, rot13 = _rises(pairs)
    for first, last in _parts(block, pairs, _BY_ROT13, enough) if rot13 >= enough - _LESS else ():
        start, end = begin + first, begin + last
        yield exact("rot13", start, text[start:end].translate(_ROT13))
    for first, last in _parts(block, pairs, _BACKWARDS, enough) if backwards >= enough - _LESS else ():
        yield from _reversed(text, begin + first, begin + last)


def _reversed(text: str, start: int, end: int) -> Iterator[Piece]:
    """Yield *text* from *start* to *end* read backwards, as a whole or word by word, or both where nothing tells which."""
    whole = text[start:end][::-1]
    near = end if end - start <= _TELLING else text.find(" ", start + _TELLING, end)
    words = _by_words(text, start, near if near > 0 else end)
    wrong = _out_of_order(whole[-len(words.text) :]) - _out_of_order(words.text)
    if wrong <= 0:
        yield Piece("reversed", start, end, whole, range(end - 1, start - 1, -1), range(end, start, -1))
    if wrong >= 0:
        yield words if words.end == end else _by_words(text, start, end)


def _by_words(text: str, start: int, end: int) -> Piece:
    read: list[str] = []
    starts: list[int] = []
    for part in _WORDS.split(text[start:end]):
        read.append(part[::-1])
        place = start + len(starts)
        starts += range(place + len(part) - 1, place - 1, -1)
    return Piece("reversed words", start, end, "".join(read), starts, [place + 1 for place in starts])


def _out_of_order(text: str) -> int:
    """Return how often in *text* something stands before what it cannot stand before."""
    return sum(1 for _ in _OUT_OF_ORDER.finditer(text))


def _rises(pairs: _Pairs) -> Iterator[int]:
    """Yield how much the worths of *pairs* rise, as every third letter shows: backwards, and by rot13."""
    walks = np.add.accumulate(_TWO.take(pairs)).view(_EACH)
    for way in range(2):
        walk = walks[way :: 2 * _EVERY]
        yield int(np.maximum.reduce(walk - np.minimum.accumulate(walk)))


def _parts(block: bytes, pairs: _Pairs, worths: _Worths, enough: int) -> Iterator[tuple[int, int]]:
    """Yield where the parts of *block* begin and end that read better by *enough*, as its *pairs* are worth."""
    walk = np.zeros(len(block), np.int32)
    np.add.accumulate(worths.take(pairs), out=walk[1:])
    place = 0
    while (rise := _rise(walk, place, enough)) is not None:
        low, place = rise
        falls = _rise(-walk, place, _AGAINST)
        high = falls[0] if falls else place + int(walk[place:].argmax())
        start, end = _edges(block, walk, low, high)
        if end - start >= _FEWEST:
            yield start, end
        if not falls:
            return
        place = falls[1]


def _rise(walk: _Walk, place: int, least: int) -> tuple[int, int] | None:
    """Return from where *walk* rises by *least*, and where it has; None where it does not, from *place* on."""
    low, size = place, _FIRST
    while place < len(walk):
        part = walk[place : place + size]
        lows = np.minimum(np.minimum.accumulate(part), walk[low])
        hit = int((part - lows >= least).argmax())
        if part[hit] - lows[hit] >= least:
            below = (part[: hit + 1] == lows[hit]).nonzero()[0]
            return (place + int(below[-1]) if len(below) else low), place + hit
        lowest = place + len(part) - 1 - int(part[::-1].argmin())
        low = lowest if walk[lowest] <= walk[low] else low
        place, size = place + size, 2 * size
    return None


def _edges(block: bytes, walk: _Walk, low: int, high: int) -> tuple[int, int]:
    """Return where the part begins and ends that rises from *low* to *high*, with what little speaks against around it."""
    near = max(0, low - _EDGE)
    first = max(near, block.rfind(b"\n", near, low) + 1)
    before = walk[first : low + 1] - walk[low]
    if before.max() >= _AGAINST:
        doubtful = first + int((before >= _DOUBT).nonzero()[0][-1])
        space = block.find(b" ", doubtful, low)
        first = space + 1 if space >= 0 else max(first, block.rfind(b" ", first, low + 1) + 1)
    last = block.find(b"\n", high, high + _EDGE)
    last = last if last >= 0 else min(len(block), high + _EDGE)
    after = walk[high] - walk[high:last]
    if after.max(initial=0) >= _AGAINST:
        doubtful = high + int((after >= _DOUBT).argmax())
        space = block.rfind(b" ", high, doubtful)
        space = space if space >= 0 else block.find(b" ", high, last)
        last = space if space >= 0 else last
    return first, last
