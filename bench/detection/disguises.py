"""
What the whole guard makes of attacks in disguise, beside the same attacks in clear.

    python -m bench.detection.disguises [--write]

Attacks are short ones, drawn from those that are written by rule and those of `corpus/`, that the guard of the default configuration denies
as they stand; each is then disguised in every way that can be undone. The classifier has learnt from these texts, so how many are denied in clear
says little, and how many of them are still denied in disguise says what the disguise is worth.
"""

import argparse
import json
import random
from pathlib import Path

from yett import Guard
from yett.compose.corpora import read_corpus, written_by_rule
from yett.learning.disguises import DISGUISES
from yett.learning.metrics import wilson

FOLDER = Path(__file__).parent
CORPUS = FOLDER.parent.parent / "corpus"
LONGEST = 400
COUNT = 300
WAYS = ("base64", "capitals", "hex", "leet", "look-alikes", "rot13", "spaced", "zero-width", "reversed", "tags")


def denied(guard: Guard, text: str, origin: str) -> bool:
    """Say whether *guard* does not let *text* through as it is."""
    return guard.check(text, origin).effect != "allow"


def measured() -> dict[str, dict[str, float]]:
    """Return the share of attacks that is denied in each disguise, with its interval."""
    guard = Guard.default()
    texts = read_corpus([CORPUS]) + written_by_rule(seed=1)
    short = [each for each in texts if len(each.text) <= LONGEST and each.text.isascii()]
    random.Random(0).shuffle(short)
    attacks = [each for each in short if each.attack and denied(guard, each.text, each.origin)][:COUNT]
    innocent = [each for each in short if not each.attack and not denied(guard, each.text, each.origin)][:COUNT]
    table = {}
    for way in WAYS:
        hits, alarms = (
            wilson(sum(denied(guard, DISGUISES[way](each.text), each.origin) for each in texts), len(texts))
            for texts in (attacks, innocent)
        )
        table[way] = {
            "denied": hits.share,
            "low": hits.low,
            "high": hits.high,
            "of": hits.total,
            "alarms": alarms.share,
        }
        print(f"{way}: {hits.share:.1%} ({hits.low:.1%} to {hits.high:.1%}) of {hits.total}, alarms {alarms.share:.1%}")
    return table


def main() -> None:
    """Print the figures, and write them beside this file if told to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write disguises.json")
    table = measured()
    if options.parse_args().write:
        (FOLDER / "disguises.json").write_text(json.dumps(table, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
