"""
How well patterns find personal data and secrets, and how fast, beside presidio-analyzer and detect-secrets.

    python -m bench.detection.patterns [--write]

Everything is made here from a seed (see `_values`, `_secrets` and `_carriers`), but the texts that hold nothing: those are the
standard library, manual pages, and installed packages' documentation and source, in pieces of 500 characters. A find counts
when it is of the right kind and covers four fifths of the value; whatever else is found of the kind counts against it.

Peers are measured in the same run where they are installed: presidio-analyzer with its pattern recognisers and a blank
language model, so without names; `PRESIDIO_PYTHON` may name the Python that has it. Results are written beside this file.
"""

import argparse
import gzip
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from faker import Faker

from bench.detection._carriers import BARE, SAID, SECRET, TALK
from bench.detection._numbers import NEAR, NUMBERS, TOLD
from bench.detection._secrets import LOOKALIKES as NO_SECRETS
from bench.detection._secrets import secret
from bench.detection._values import LOCALES, LOOKALIKES, VALUES, phones, regions
from yett.detectors.catalogue import chosen
from yett.detectors.patterns import PatternSet
from yett.guard.readings import Readings
from yett.model.segment import Origin

SEED = 20_260
ROUNDS = 500
PIECE = 500
ENOUGH = 0.8
FOLDER = Path(__file__).parent

Span = tuple[int, int, str]


class Finder:
    """Detection as the guard does it: in the folded reading, with the way home."""

    def __init__(self, packs: tuple[str, ...] = ("us",)) -> None:
        """Compile the rules of the default configuration, or those with other countries' *packs*."""
        self.patterns = PatternSet(chosen(packs=packs))
        self._readings = Readings()

    def __call__(self, text: str) -> list[Span]:
        """Return what is found in *text*."""
        readings, _ = self._readings.of(text, Origin.USER)
        folded = next(reading for reading in readings if reading.family == "folded")
        found = self.patterns.detect(folded.text, Origin.USER)
        return [(*folded.home(match.start, match.end), match.kind) for match in found]


def fakers() -> dict[str, Faker]:
    """Return a Faker for each locale, always with the same chance."""
    made = {locale: Faker(locale) for locale in LOCALES}
    for faker in made.values():
        faker.seed_instance(SEED)
    return made


def share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def figures(right: int, missed: int, wrong: int) -> dict[str, float]:
    """Return recall, precision and their harmonic mean."""
    recall, precision = share(right, right + missed), share(right, right + wrong)
    both = round(2 * recall * precision / (recall + precision), 4) if recall + precision else 0.0
    return {"recall": recall, "precision": precision, "f1": both}


def covers(spans: list[Span], start: int, end: int, kind: str) -> bool:
    """Say whether a span of *kind* covers enough of the value from *start* to *end*."""
    return any(
        family == kind and min(last, end) - max(first, start) >= ENOUGH * (end - start) for first, last, family in spans
    )


def kinds(find: Finder, dice: Random) -> dict[str, dict[str, float]]:
    """Measure each kind over made values in carriers, with look-alikes and talk between them."""
    made = fakers()
    tally: dict[str, Counter[str]] = {kind: Counter() for kind in VALUES}
    for kind, make in VALUES.items():
        for _ in range(ROUNDS):
            value = make(dice, made)
            text = dice.choice(SAID[kind]).format(value)
            start = text.index(value)
            spans = find(text)
            tally[kind]["right" if covers(spans, start, start + len(value), kind) else "missed"] += 1
            for first, last, other in spans:
                if other in tally and (other != kind or last <= start or first >= start + len(value)):
                    tally[other]["wrong"] += 1
    for text in (*harmless(dice), *TALK):
        for *_, kind in find(text):
            if kind in tally:
                tally[kind]["wrong"] += 1
    return {kind: figures(each["right"], each["missed"], each["wrong"]) for kind, each in tally.items()}


def harmless(dice: Random) -> Iterator[str]:
    """Yield texts with what only looks like personal data."""
    made = fakers()
    for make in LOOKALIKES.values():
        for _ in range(ROUNDS // 5):
            yield dice.choice(BARE).format(make(dice, made))


def world(find: Finder, dice: Random) -> dict[str, object]:
    """Measure telephone numbers of many regions, beside words that say what they are."""
    right, missed = 0, Counter[str]()
    for region, number in phones(dice):
        text = dice.choice(SAID["pii.phone"]).format(number)
        start = text.index(number)
        if covers(find(text), start, start + len(number), "pii.phone"):
            right += 1
        else:
            missed[region] += 1
    total = right + missed.total()
    return {"regions": len(regions()), "recall": share(right, total), "missed": dict(missed.most_common(8))}


def numbers(dice: Random) -> dict[str, dict[str, float]]:
    """Measure numbers that only words tell, each with its country's pack, between texts that speak of the same things."""
    finders = {country: Finder((country,)) for country in ("us", "gb")}
    tally: dict[str, Counter[str]] = {kind: Counter() for kind in NUMBERS}
    for kind, make in NUMBERS.items():
        find = finders[kind.removeprefix("pii.")[:2]]
        for _ in range(ROUNDS):
            value = make(dice)
            text = dice.choice(TOLD[kind]).format(value)
            start = text.index(value)
            spans = find(text)
            tally[kind]["right" if covers(spans, start, start + len(value), kind) else "missed"] += 1
            for first, last, other in spans:
                if other in tally and (last <= start or first >= start + len(value)):
                    tally[other]["wrong"] += 1
    for text in (near(dice) for _ in range(ROUNDS * len(NUMBERS))):
        for find in finders.values():
            for *_, kind in find(text):
                if kind in tally:
                    tally[kind]["wrong"] += 1
    return {kind: figures(each["right"], each["missed"], each["wrong"]) for kind, each in tally.items()}


def near(dice: Random) -> str:
    """Return a text that speaks of papers and banks and holds another number."""

    def number(hole: re.Match[str]) -> str:
        if hole[1] == "A":
            return "".join(dice.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=6))
        return "".join(dice.choices("0123456789", k=int(hole[1])))

    return re.sub(r"\{(\d+|A)\}", number, dice.choice(NEAR))


def credentials(find: Finder, dice: Random) -> dict[str, object]:
    """Measure secrets in configuration, code, logs and chat, and what only looks like one."""
    faker = fakers()["en_US"]
    right, wrong, total = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(5 * ROUNDS):
        name, value = secret(dice)
        called = name if dice.random() < 0.7 else dice.choice(("key", "value", "setting"))
        text = dice.choice(SECRET).format(name=called, value=value)
        start = text.index(value)
        total[name] += 1
        right[name] += any(
            kind.startswith("secret.") and first < start + len(value) and last > start
            for first, last, kind in find(text)
        )
    for name, make in NO_SECRETS.items():
        for _ in range(ROUNDS // 5):
            wrong[name] += any(kind.startswith("secret.") for *_, kind in find(make(dice, faker)))
    worst = sorted(total, key=lambda name: right[name] / total[name])[:6]
    return {
        "forms": len(total),
        "recall": share(right.total(), total.total()),
        "false flags": share(wrong.total(), len(NO_SECRETS) * (ROUNDS // 5)),
        "worst": {name: share(right[name], total[name]) for name in worst},
    }


def files() -> dict[str, list[Path]]:
    """Return the files of each source of texts that hold nothing."""
    library, site = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    return {
        "standard library": [file for file in sorted(library.rglob("*.py")) if "site-packages" not in file.parts],
        "packages' documentation": sorted([*site.rglob("*.md"), *site.rglob("*.rst"), *site.rglob("METADATA")]),
        "packages' source": sorted(site.rglob("*.py")),
        "manual pages": sorted(Path("/usr/share/man").rglob("*.gz")),
    }


def pieces(paths: list[Path], dice: Random, most: int = 4000) -> Iterator[str]:
    """Yield pieces of files drawn by chance."""
    count = 0
    for path in dice.sample(paths, len(paths)):
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except OSError:
            continue
        text = data[: 40 * PIECE].decode(errors="replace")
        for at in range(0, len(text), PIECE):
            yield text[at : at + PIECE]
            count += 1
            if count == most:
                return


def alarms(find: Finder, dice: Random) -> dict[str, dict[str, object]]:
    """Measure what is found in texts that hold nothing, e-mail addresses apart: those of authors are real."""
    told: dict[str, dict[str, object]] = {}
    for name, paths in files().items():
        flagged, addresses, total, by = 0, 0, 0, Counter[str]()
        for text in pieces(paths, dice):
            found = {kind for *_, kind in find(text) if kind.startswith(("pii.", "secret.", "command."))}
            total += 1
            flagged += bool(found - {"pii.email"})
            addresses += "pii.email" in found
            by.update(found - {"pii.email"})
        told[name] = {
            "pieces": total,
            "flagged": share(flagged, total),
            "with an e-mail address": share(addresses, total),
            "by": dict(by.most_common(6)),
        }
    return told


def mixed(length: int) -> str:
    """Return texts of all sources and made ones, *length* characters of them."""
    dice = Random(SEED)
    parts: list[str] = []
    made = fakers()
    while sum(map(len, parts)) < length:
        for paths in files().values():
            parts += list(pieces(paths, dice, 40))
        parts += [dice.choice(SAID[kind]).format(make(dice, made)) for kind, make in VALUES.items()]
    return "\n".join(dice.sample(parts, len(parts)))[:length]


def pace(work: Callable[[str], object], text: str, size: int = 2000) -> float:
    """Return the megabytes a second at which *work* reads *text* in pieces; the best of three, in processor time."""
    cut = [text[at : at + size] for at in range(0, len(text), size)]
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for piece in cut:
            work(piece)
        best = min(best, time.process_time() - start)
    return round(len(text.encode()) / best / 1e6, 4)


PRESIDIO = """
import sys, time, spacy, logging
logging.disable(logging.CRITICAL)
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}
registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"])
engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
text = sys.stdin.read()
pieces = [text[at : at + 2000] for at in range(0, len(text), 2000)]
engine.analyze(pieces[0], "en")
start = time.process_time()
for piece in pieces:
    engine.analyze(piece, "en")
print(len(text.encode()) / (time.process_time() - start) / 1e6)
"""
DETECT_SECRETS = """
import sys, time
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import default_settings
text = sys.stdin.read()
with default_settings():
    start = time.process_time()
    for line in text.splitlines():
        list(scan_line(line))
    print(len(text.encode()) / (time.process_time() - start) / 1e6)
"""


def peer(script: str, text: str) -> float | None:
    """Return how fast a peer reads *text*; None where it is not installed."""
    python = os.environ.get("PRESIDIO_PYTHON", sys.executable)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", script], input=text, capture_output=True, text=True, check=False
    )
    return round(float(done.stdout.split()[-1]), 4) if done.returncode == 0 else None


def speeds(find: Finder) -> dict[str, object]:
    """Measure speed beside the peers."""
    text, few = mixed(2_000_000), mixed(60_000)
    return {
        "patterns, 2,000 characters at a time (MB/s)": pace(
            lambda piece: find.patterns.detect(piece, Origin.USER), text
        ),
        "the same, the peers' texts (MB/s)": pace(lambda piece: find.patterns.detect(piece, Origin.USER), few),
        "with folding (MB/s)": pace(find, text),
        "presidio-analyzer, patterns alone (MB/s)": peer(PRESIDIO, few),
        "detect-secrets (MB/s)": peer(DETECT_SECRETS, few),
    }


def machine() -> str:
    """Name the machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, one thread, other work beside it"


def page(result: dict[str, object]) -> str:
    """Write *result* for people."""
    lines = [
        "# Personal data and secrets, measured",
        "",
        f"*Made by `python -m bench.detection.patterns --write` on {result['machine']}.*",
        "",
    ]
    for title, told in result.items():
        if not isinstance(told, dict):
            continue
        lines += [f"## {title}", ""]
        rows = {name: value if isinstance(value, dict) else {"": value} for name, value in told.items()}
        columns = list(dict.fromkeys(key for row in rows.values() for key in row))
        lines += ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
        lines += [
            "| " + " | ".join([name, *(str(row.get(key, "")) for key in columns)]) + " |" for name, row in rows.items()
        ]
        lines.append("")
    return "\n".join(lines)


def main(*, write: bool = False) -> None:
    """Measure, print, and write where that is asked for."""
    find, dice = Finder(), Random(SEED)
    result: dict[str, object] = {
        "machine": machine(),
        "kinds": kinds(find, dice),
        "telephone numbers of the world": world(find, dice),
        "numbers that only words tell": numbers(Random(SEED)),
        "secrets": credentials(find, dice),
        "texts that hold nothing": alarms(find, dice),
        "speed": speeds(find),
    }
    print(page(result))
    if write:
        (FOLDER / "patterns.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        (FOLDER / "patterns.md").write_text(page(result), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure patterns.")
    parser.add_argument("--write", action="store_true", help="keep the figures beside this file")
    main(write=parser.parse_args().write)
