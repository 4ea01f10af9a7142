"""
What a guarded stream costs: how long text is held back, and how much work a chunk is.

Every shipped detector reads the standard library's own documentation, in chunks as models send them (a word with the
space before it). The delay is what a lane holds after a chunk, in characters and in chunks. `python -m bench streams`.
"""

import importlib
import inspect
import statistics
import sys
import time
from collections.abc import Sequence

from yett.compose.policies import shipped_documents
from yett.detectors.catalogue import answering, built, chosen
from yett.guard.guard import Guard
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin
from yett.policy.compiler import compile_documents

__all__ = ["main", "measured", "prose", "tokens"]

DOCUMENTED = ("argparse", "asyncio", "csv", "datetime", "decimal", "email", "fractions", "heapq", "logging", "pickle")
CHARACTERS = 60_000


def prose() -> str:
    """Return the docstrings of some modules and their classes, one after the other."""
    texts = []
    for name in DOCUMENTED:
        module = importlib.import_module(name)
        members = [member for _, member in inspect.getmembers(module, inspect.isclass)]
        texts += [text for each in (module, *members) if (text := inspect.getdoc(each))]
    return "\n\n".join(texts)[:CHARACTERS]


def tokens(text: str) -> list[str]:
    """Cut *text* as a model writes: in words of at most eight characters, with the space before them."""
    pieces = []
    word = ""
    for character in text:
        if word and (len(word) == 8 or (character.isspace() and not word.isspace())):
            pieces.append(word)
            word = ""
        word += character
    return [*pieces, word]


def measured(guard: Guard, chunks: Sequence[str]) -> tuple[list[int], list[int], list[float], str]:
    """Return, for each chunk, the characters and the chunks that are held after it and its seconds; and all released."""
    lane = guard.lane(ANONYMOUS, {})
    characters, behind, seconds, released = [], [], [], []
    ends: list[int] = []
    fed = out = whole = 0
    for chunk in chunks:
        began = time.thread_time()
        release = lane.feed(chunk)
        seconds.append(time.thread_time() - began)
        released.append(release.text)
        fed += len(chunk)
        ends.append(fed)
        out += len(release.text)
        while whole < len(ends) and ends[whole] <= out:
            whole += 1
        characters.append(fed - out)
        behind.append(len(ends) - whole)
    released.append(lane.finish().text)
    return characters, behind, seconds, "".join(released)


def _told(name: str, values: Sequence[float], unit: str) -> None:
    ordered = sorted(values)
    places = {"median": 0.5, "95 %": 0.95, "99 %": 0.99}
    parts = [f"{label} {ordered[int(len(ordered) * place)]:8.1f}" for label, place in places.items()]
    print(f"{name:28} mean {statistics.fmean(ordered):8.1f}  {'  '.join(parts)}  most {ordered[-1]:8.1f}  {unit}")


def _holding(guard: Guard, chunks: Sequence[str]) -> None:
    """Print who holds how much, each detector by itself; the first is what encoded text costs."""
    for alone in ((), *((detector,) for detector in guard.detection.detectors)):
        name = alone[0].name if alone else "readings"
        characters, _, _, _ = measured(Guard(alone, guard.decider), chunks)
        _told(f"  held by {name}", characters, "characters")


def main() -> None:
    """Measure and print."""
    guard = Guard((*built(chosen()), *answering()), compile_documents(shipped_documents("default")))
    text = prose()
    chunks = tokens(text)
    print(f"{len(text)} characters of documentation in {len(chunks)} chunks, all shipped detectors, default policy")
    characters, behind, seconds, released = measured(guard, chunks)
    _told("delay", characters, "characters")
    _told("delay", behind, "chunks")
    _told("work", [each * 1e6 for each in seconds], "µs per chunk")
    print(f"{'released as it was':28} {released == text}")
    _holding(guard, chunks)
    longest = max(range(len(chunks)), key=characters.__getitem__)
    print(f"{'held longest':28} {''.join(chunks[: longest + 1])[-characters[longest] :]!r}")
    tail = text[:200]
    began = time.thread_time()
    for _ in range(1000):
        guard.detection.hold(tail, Origin.MODEL, 0)
    print(f"{'hold on 200 characters':28} {(time.thread_time() - began) * 1e3:.1f} µs")


if __name__ == "__main__":
    sys.exit(main())
