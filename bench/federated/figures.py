"""
What sites learn together: attacks found at 1 % of false alarms, on sources that no site has, by terms.

    python -m bench.federated.figures --corpus FOLDER

The corpus is a folder of `*.jsonl.gz`. Every fourth source of attacks, and every fourth other one, is held out; the rest goes to three sites
in turn, whole sources each. All of it runs in one place: what a network of the same sites arrives at. Equal seeds give equal figures.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from yett.compose.corpora import read_corpus
from yett.compose.federating import begun, finished, site
from yett.learning.example import Example
from yett.learning.federation import Site, Terms, Vector, averaged, epsilon, shared
from yett.learning.metrics import area, threshold_at, wilson
from yett.learning.sampling import sampled

__all__ = ["main"]

SITES, EVERY, ROUNDS, MOST = 3, 4, 3, 300
TERMS = (
    ("not clipped", 1e9, 0.0),
    ("clipped to 30", 30.0, 0.0),
    ("clipped to 10", 10.0, 0.0),
    ("clipped to 10, noise 0.003", 10.0, 0.003),
    ("clipped to 10, noise 0.01", 10.0, 0.01),
    ("clipped to 10, noise 0.1", 10.0, 0.1),
    ("clipped to 10, noise 1", 10.0, 1.0),
)


def divided(examples: Sequence[Example]) -> tuple[list[Example], list[list[Example]]]:
    """Return what is held out, and what each site has."""
    attacking = sorted({each.source for each in examples if each.attack})
    others = sorted({each.source for each in examples} - set(attacking))
    held = {*attacking[::EVERY], *others[::EVERY]}
    parts: list[set[str]] = [set() for _ in range(SITES)]
    for sources in (attacking, others):
        for number, source in enumerate(each for each in sources if each not in held):
            parts[number % SITES].add(source)
    return [each for each in examples if each.source in held], [
        [each for each in examples if each.source in part] for part in parts
    ]


def judged(name: str, model: Vector, held: Sequence[Example], spent: float = float("inf")) -> None:
    """Print how well *model* judges what was held out."""
    values = finished(model, held).held_out
    counted = np.array([not each.source.startswith("optional_") for each in held])
    attack = np.array([each.attack for each in held])[counted]
    values = values[counted]
    rate = wilson(int((values[attack] >= threshold_at(values[~attack], 0.01)).sum()), int(attack.sum()))
    said = f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%})"
    told = "∞" if spent == float("inf") else f"{spent:,.0f}"
    print(f"| {name} | {said} | {area(values, attack):.3f} | {told} |", flush=True)


def course(sites: Sequence[Site], terms: Terms, after: Callable[[int, Vector], None]) -> None:
    """Let *sites* learn together; *after* is told the model after each round."""
    dice, model = np.random.default_rng(0), begun(None)
    for number in range(1, terms.rounds + 1):
        model = averaged(model, [shared(each.update(model), terms, dice) for each in sites], terms)
        after(number, model)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path)
    corpus = parser.parse_args(sys.argv[1:]).corpus
    if corpus is None:
        print("left out: it needs `python -m bench.federated.figures --corpus FOLDER`")
        return
    held, parts = divided(sampled(read_corpus([corpus]), MOST))
    print(f"held out: {len(held)} texts of {len({each.source for each in held})} sources,", end=" ")
    print(f"{sum(each.attack for each in held)} attacks; sites: {', '.join(str(len(part)) for part in parts)} texts\n")
    print("| who learns | found at 1 % false alarms | area under ROC | ε |\n|---|---|---|---|")
    sites = [site(part) for part in parts]
    alone = Terms(ROUNDS, 1, 1e9)

    def last(name: str, terms: Terms) -> Callable[[int, Vector], None]:
        def tell(number: int, model: Vector) -> None:
            if number in {1, terms.rounds}:
                judged(f"{name}, round {number}", model, held, epsilon(Terms(number, terms.sites, 1, terms.noise)))

        return tell

    for number, each in enumerate(sites, 1):
        course([each], alone, last(f"site {number} alone", alone))
    for name, clip, noise in TERMS:
        terms = Terms(ROUNDS, SITES, clip, noise)
        course(sites, terms, last(name, terms))
    course([site([each for part in parts for each in part])], alone, last("all texts in one place", alone))


if __name__ == "__main__":
    main()
