"""Whatever a text is made of, reading it is bounded by counting; engines and threads agree on what is found in it."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detectors import shipped
from tests.guard.examples import PIECES, based
from tests.guard.shipped import detectors
from yett.detectors.hidden_text import HiddenText
from yett.detectors.size import Size
from yett.guard.detection import Detection
from yett.guard.readings import Readings
from yett.model.segment import Origin

HOSTILE = st.sampled_from(
    [
        *PIECES,
        "%41",
        "&#x41;",
        "&lt; ",
        r"\u0041",
        r"\x41",
        "1gn0re ",
        "a ",
        "a.",
        "<b>x",
        r"x\ny",
        "eht ",
        "gur ",
        "(",
        based("words and words") + " ",
    ]
)
READINGS = Readings(stretches=100, characters=4000)


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=4).map("".join), st.integers(1, 2000))
def test_no_text_is_read_more_than_is_allowed(piece: str, times: int) -> None:
    text = piece * times
    readings, shown = READINGS.of(text, Origin.USER)
    encoded = sum(len(each.text) for each in readings[2:])
    assert len(readings) <= 2 + 100
    assert encoded <= 6 * (4 * 4000 + 101)
    assert sum(each.kind == "obfuscation.cap" for each in shown) <= 102


def together(*, hyperscan: bool) -> Detection:
    return Detection([Size(), HiddenText(), shipped.patterns(hyperscan=hyperscan)])


@settings(max_examples=6, deadline=None)
@given(shipped.TEXTS, st.lists(st.sampled_from(PIECES), max_size=5).map("".join), st.sampled_from(Origin))
def test_both_engines_find_the_same_in_every_reading(text: str, more: str, origin: Origin) -> None:
    whole = f"{text} {more} {based(text)}"
    assert together(hyperscan=True).window(whole, origin, 0) == together(hyperscan=False).window(whole, origin, 0)


def test_many_threads_find_the_same() -> None:
    detection = Detection(detectors())
    texts = [f"{example} {based(example)} p\u0430ss" for example in shipped.EXAMPLES[:24]]
    wanted = [detection.window(text, Origin.USER, 0) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [detection.window(text, Origin.USER, 0) for text in texts], range(8)):
            assert found == wanted
