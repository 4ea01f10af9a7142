"""
Topics: what an application does not talk about, as rules.

A file names a category, a severity and terms:

    category: violence
    severity: high
    terms: [kill them all, how to poison]
    examples: {true: [he said kill them all], false: [this joke kills me]}

Terms match as whole words, in any case, with the endings that words take, so `class` and `Scunthorpe` stay innocent.
They become rules of the detector `patterns`, of the kind `content.<category>`.
"""

from collections.abc import Iterable
from importlib.resources import files
from itertools import count

import yaml

from yett.detectors.rule import Rule
from yett.detectors.rules import expected, tried
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["CATEGORIES", "banned", "category", "shipped_category"]

CATEGORIES = ("hate", "illegal", "self_harm", "sexual", "violence")
"""The categories that travel with the package, as examples to begin with."""

_SEVERITIES = {"low": 0.5, "medium": 0.7, "high": 0.9}
_KEYS = frozenset({"category", "severity", "terms", "examples"})
# From here on scripts are written without spaces between words.
_UNSPACED = 0x2E80
_LETTER = r"[\pL\pN_]"
_GAP = r"\W{1,3}"
_INFLECTED = 3
"""How long the first of several words is that takes endings, as in `launders money`."""


def shipped_category(name: str) -> tuple[Rule, ...]:
    """Return the rules of the packaged category *name*, such as `violence`."""
    text = files("yett.detectors").joinpath("data", "topics", f"{name}.yaml").read_text(encoding="utf-8")
    return category(text, f"{name}.yaml")


def category(text: str, file: str) -> tuple[Rule, ...]:
    """
    Read a category from *text*.

    Raises:
        OperatorError: it is not written as it should be, or an example fails.
    """
    try:
        document = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):  # the latter for a date that no calendar has
        raise _wrong(file, "bad-yaml", "this is no YAML that can be read", "check its indentation and quotes") from None
    if not isinstance(document, dict) or not _KEYS.issuperset(document) or not {"category", "terms"}.issubset(document):
        raise _wrong(file, "wrong-type", "this is no category", f"it may have {', '.join(sorted(_KEYS))}")
    name, terms, severity = document["category"], document["terms"], document.get("severity", "medium")
    if not isinstance(name, str) or not name.replace("_", "a").replace("-", "a").isalnum() or name == "opaque":
        raise _wrong(file, "wrong-type", f"`{name}` is no name for a category", "use letters, digits and underscores")
    if not isinstance(severity, str) or severity not in _SEVERITIES:
        raise _wrong(file, "wrong-type", f"`{severity}` is no severity", "choose one of low, medium, high")
    if not isinstance(terms, list) or not all(isinstance(term, str) and term.strip() for term in terms):
        raise _wrong(file, "wrong-type", "`terms` must be a list of texts", "write `terms: [one, two]`")
    rules = banned(terms, name, _SEVERITIES[severity])
    try:
        expected(rules, document.get("examples"))
    except ValueError as wrong:
        raise OperatorError(Problem(Place(file), *wrong.args)) from None
    return rules


def _wrong(file: str, code: str, message: str, hint: str) -> OperatorError:
    return OperatorError(Problem(Place(file), code, message, hint))


def banned(terms: Iterable[str], name: str = "banned", score: float = 0.9) -> tuple[Rule, ...]:
    """Return a rule for each of *terms*, of the kind `content.<name>`."""
    wanted = dict.fromkeys(" ".join(term.split()) for term in terms)
    return tuple(
        tried(
            Rule(
                f"{name}-{number}",
                f"content.{name}",
                _whole(term),
                score,
                true=(term,),
                false=(f"x{term}x",) if _spaced(term) else (),
            )
        )
        for number, term in zip(count(1), wanted, strict=False)
        if term
    )


def _spaced(term: str) -> bool:
    return ord(term[0]) < _UNSPACED and term[0].isalnum() and term[-1].isalnum()


def _whole(term: str) -> str:
    """Return a pattern for *term* as whole words; in ASCII its first and last take the endings of English words."""
    words = [_quoted(word) for word in term.split()]
    if not _spaced(term):
        return f"(?i){_GAP.join(words)}"
    if not term.isascii():
        return rf"(?i)(?:[^\pL\pN_]|(?m:^))({_GAP.join(words)}\pL{{0,3}})(?:[^\pL\pN_]|(?m:$))"
    first, last = term.split(maxsplit=1)[0], term.rsplit(maxsplit=1)[-1]
    words[-1] = _inflected(words[-1], last)
    if len(words) > 1 and len(first) >= _INFLECTED:
        words[0] = f"(?:{_inflected(words[0], first)})"
    return rf"(?i)\b{_GAP.join(words)}\b"


def _inflected(words: str, term: str) -> str:
    if not term[-1].isalpha():
        return words
    if term[-1] in "eE":
        return f"{words[:-1]}(?:e(?:[sdr]|rs|'s)?|ing|ings)"
    if term[-1] in "yY":
        return f"{words[:-1]}(?:y(?:'s|s|ing|ed)?|ies|ied|ier)"
    return f"{words}{words[-1]}?(?:'s|s|es|ed|ing|ings|er|ers)?"


def _quoted(word: str) -> str:
    return "".join(character if character.isalnum() else f"\\x{{{ord(character):x}}}" for character in word)
