"""
Canaries: words that an operator plants in the instructions, and that nobody else can know; the detector `canaries`.

A canary that appears anywhere but in the operator's own texts was read by somebody who should not. It is found in any
case, with up to six signs or tags of HTML between its characters, so that spelling it out does not hide it.
"""

from collections.abc import Iterable

from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.model.segment import Origin

__all__ = ["SHORTEST", "canaries"]

SHORTEST = 8
"""How many letters and digits a canary must have, so that nobody writes it by chance."""
_OTHERS = frozenset(Origin) - {Origin.OPERATOR, Origin.DEFINITION}
_BETWEEN = r"(?:[^\pL\pN]|</?[A-Za-z]{1,6}>){0,6}"


def canaries(words: Iterable[str]) -> PatternSet:
    """Return a detector of *words*, of at least eight letters and digits each; what is between those does not count."""
    rules = tuple(
        Rule(f"canary-{number}", "leakage.canary", _spelled(word), 1.0, _OTHERS)
        for number, word in enumerate(words, start=1)
    )
    return PatternSet(rules, hyperscan=False, name="canaries")


def _spelled(word: str) -> str:
    return f"(?i){_BETWEEN.join(character for character in word if character.isalnum())}"
