"""
How fast the detectors are: MB/s over mixed text, microseconds for a prompt, and for what a stream asks at each step.

    python bench/detectors.py

The mixed text is the standard library's own source. One thread; each figure is the best of five runs.
"""

import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from yett.detectors.catalogue import chosen
from yett.detectors.hidden_text import HiddenText
from yett.detectors.patterns import PatternSet
from yett.model.segment import Origin

PROMPT = (
    "The gateway reads every message before it is sent to the model, and says what it has found in it. Most of what "
    "people ask is harmless: they want a summary of a report, a translation of a letter, or a function that sorts a list "
    "of names. A good filter stays out of their way and costs them nothing that they could notice. Only when something "
    "in the text looks like a key, a card number or an order to the machine does it say so, and then policy decides what "
    "happens next, not the filter itself. "
)[:500]
TAIL = PROMPT[:200]
SIZES = (200, 2_000, 20_000)


def best(work: Callable[[], object], times: int = 1) -> float:
    """Return the seconds that *work* takes, the best of five runs of *times* calls."""
    runs = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            work()
        runs.append((time.perf_counter() - start) / times)
    return min(runs)


def mixed(length: int = 1_000_000) -> str:
    """Return the beginning of the standard library."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files[:60])[:length]


def started() -> PatternSet:
    """Print what starting costs, and return the detector."""
    start = time.perf_counter()
    rules = chosen()
    loaded = time.perf_counter()
    detector = PatternSet(rules)
    compiled = time.perf_counter()
    saved = detector.dump()
    dumped = time.perf_counter()
    PatternSet(rules, saved=saved)
    again = time.perf_counter()
    print(
        f"{len(rules)} rules: read and tried in {loaded - start:.2f} s, compiled in {compiled - loaded:.2f} s,", end=" "
    )
    print(f"or loaded in {again - dumped:.2f} s from {len(saved) / 1e6:.1f} MB")
    return detector


def main() -> None:
    """Print every figure."""
    detector, text = started(), mixed()
    without = PatternSet(detector.rules, hyperscan=False)
    for size in SIZES:
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        seconds = best(lambda pieces=pieces: [detector.detect(piece, Origin.USER) for piece in pieces])
        print(f"patterns, pieces of {size:>6}: {len(text) / seconds / 1e6:7.1f} MB/s")
    few = [text[at : at + 2_000] for at in range(0, 40_000, 2_000)]
    print(
        f"without hyperscan, 2000:  {40_000 / best(lambda: [without.detect(each, Origin.USER) for each in few]) / 1e6:7.1f} MB/s"
    )
    print(f"a benign prompt of 500:   {best(lambda: detector.detect(PROMPT, Origin.USER), 2000) * 1e6:7.1f} us")
    print(
        f"hidden text, the same:    {best(lambda: list(HiddenText().detect(PROMPT, Origin.USER)), 2000) * 1e6:7.1f} us"
    )
    print(f"hold on a tail of 200:    {best(lambda: detector.hold(TAIL, Origin.MODEL), 2000) * 1e6:7.1f} us")
    held = [cut - detector.hold(PROMPT[:cut], Origin.MODEL) for cut in range(1, len(PROMPT))]
    print(f"held back on prose:       {sum(held) / len(held):7.1f} characters, at most {max(held)}")


if __name__ == "__main__":
    main()
