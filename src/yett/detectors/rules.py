"""
Rules: read from YAML, tried, and only then believed.

Rules:

1. Every rule carries true and false examples, and a file in which one fails does not load. So a rule that a careless
   edit has broken cannot stay silent. What travels with the package is tried by its tests, not again at every start.
2. All problems of a file are reported at once, each with its line.

A file holds `rules:`, a list, and may hold `defaults:`, which every rule starts from. In examples `{alnum*36}` stands
for 36 characters that look generated (`digit`, `hex`, `upper`, `lower`, `alnum`), so that no example has to look like
somebody's credential to those who scan this file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from typing import TypeVar

import yaml

from yett.detectors.expression import BadPattern, compiled
from yett.detectors.rule import SEEN, TRIGGER, Context, Rule, Scanner, trigger
from yett.detectors.surroundings import Surroundings
from yett.detectors.syntax import Assertion, Choice, Group, Node, Repeat, Sequence, Unreadable, parse
from yett.detectors.validators import VALIDATORS
from yett.model.errors import OperatorError, Place, Problem
from yett.model.kinds import KINDS
from yett.model.segment import Origin

__all__ = ["PACKS", "SHIPPED", "expanded", "expected", "local", "read", "rule_of", "shipped", "tried"]

SHIPPED = ("secrets", "personal", "injection", "injection_languages", "commands", "exfiltration")
"""The families of rules that travel with the package, each a file in `data/`."""

PACKS = (
    *("ar", "at", "au", "be", "bg", "br", "ca", "ch", "cl", "cn", "co", "cz", "de", "dk", "ee", "eg", "es", "fi", "fr"),
    *("gb", "gr", "hk", "hr", "id", "ie", "il", "in", "it", "jp", "ke", "kr", "lt", "lv", "mx", "my", "ng", "nl", "no"),
    *("nz", "ph", "pl", "pt", "ro", "ru", "se", "sg", "th", "tr", "tw", "ua", "us", "za"),
)
"""The countries (ISO 3166) whose numbers have rules, each a file `data/personal_<country>.yaml`."""

_KEYS = frozenset(
    {"id", "kind", "pattern", "score", "origins", "validator", "context", "beside", "keep", "examples"},
)
_ALPHABETS = {
    "digit": "0123456789",
    "hex": "0123456789abcdef",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "lower": "abcdefghijklmnopqrstuvwxyz0123456789",
    "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}
_FILLED = re.compile(rf"\{{({'|'.join(_ALPHABETS)})\*([0-9]{{1,4}})\}}")

_Name = TypeVar("_Name", bound=str)


class _Wrong(ValueError):
    """What is wrong with a rule: a code, a message and a cure."""


def shipped(name: str) -> tuple[Rule, ...]:
    """Return the rules of the packaged file *name*, such as `secrets` or `personal_us`."""
    text = files("yett.detectors").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return read(text, f"{name}.yaml", trusted=True)


def read(text: str, file: str, *, trusted: bool = False) -> tuple[Rule, ...]:
    """
    Read the rules of *text*, and try their examples, unless they are *trusted*.

    Raises:
        OperatorError: some rules are wrong; it carries every problem.
    """
    try:
        entries = list(_entries(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise OperatorError(
            Problem(place, "bad-yaml", "this is no YAML that can be read", getattr(error, "problem", None) or "")
        ) from None
    except _Wrong as wrong:
        raise OperatorError(Problem(Place(file), *wrong.args)) from None
    problems: list[Problem] = []
    rules: dict[str, Rule] = {}
    for line, entry in entries:
        place = Place(file, line)
        try:
            rule = rule_of(entry, place, trusted=trusted)
        except OperatorError as error:
            problems += error.problems
            continue
        if rule.id in rules:
            said = f"two rules are called `{rule.id}`"
            problems.append(Problem(place, "duplicate-rule", said, "give each a name of its own"))
        rules[rule.id] = rule
    if problems:
        raise OperatorError(*problems)
    return tuple(rules.values())


def rule_of(entry: Mapping[str, object], place: Place, *, trusted: bool = False) -> Rule:
    """
    Return the rule that *entry*, at *place*, describes, and try its examples, unless it is *trusted*.

    Raises:
        OperatorError: it is wrong.
    """
    try:
        rule = _rule(entry, trusted=trusted)
        return rule if trusted else tried(rule)
    except _Wrong as wrong:
        raise OperatorError(Problem(place, *wrong.args)) from None


def _entries(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield each rule of a file with its line, the file's defaults filled in."""
    loader = yaml.CSafeLoader(text)
    root = loader.get_single_node()
    document = loader.construct_document(root) if root else {}
    if root is None or not isinstance(document, dict) or not isinstance(document.get("rules"), list):
        raise _Wrong("no-rules", "there is no list called `rules`", "write `rules:` and the rules below it")
    if strange := set(document) - {"rules", "defaults"}:
        raise _Wrong(
            "unknown-field",
            f"`{min(map(str, strange))}` is unknown here",
            "a file of rules holds `defaults` and `rules`",
        )
    defaults = document.get("defaults") or {}
    nodes = next(value for key, value in root.value if key.value == "rules").value
    for node, entry in zip(nodes, document["rules"], strict=True):
        if not isinstance(entry, dict):
            raise _Wrong("wrong-type", "a rule is a mapping", "begin it with `- id:`")
        yield node.start_mark.line + 1, {**defaults, **entry}


def _rule(entry: Mapping[str, object], *, trusted: bool = False) -> Rule:
    for key in entry:
        if key not in _KEYS:
            close = get_close_matches(str(key), _KEYS, 1)
            raise _Wrong(
                "unknown-field",
                f"a rule has no `{key}`",
                f"did you mean `{close[0]}`?" if close else f"it may have {', '.join(sorted(_KEYS))}",
            )
    true, false = _examples(entry.get("examples"))
    score = entry.get("score")
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 < score <= 1:
        raise _Wrong("wrong-type", f"`{score}` is no score", "a score is more than 0 and at most 1")
    keep = entry.get("keep", 0)
    if not isinstance(keep, int) or isinstance(keep, bool) or keep < 0:
        raise _Wrong("wrong-type", f"`{keep}` is no number of characters to keep", "write 0 or more")
    return Rule(
        id=_text(entry, "id"),
        kind=_kind(_text(entry, "kind")),
        pattern=_text(entry, "pattern") if trusted else _pattern(_text(entry, "pattern")),
        score=float(score),
        origins=frozenset(_known(Origin, name, "origin") for name in _texts(entry, "origins")),
        validator=_known(VALIDATORS, entry["validator"], "validator") if entry.get("validator") else "",
        context=_context(entry.get("context")),
        beside=_text(entry, "beside", ""),
        keep=keep,
        true=true,
        false=false,
    )


def _text(entry: Mapping[str, object], key: str, default: str | None = None) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or (value == "" and default is None):
        raise _Wrong("wrong-type", f"`{key}` must be a text", f"write `{key}: …`")
    return value


def _texts(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise _Wrong("wrong-type", f"`{key}` must be a list of texts", f"write `{key}: [one, two]`")
    return tuple(value)


def _known(names: Iterable[_Name], name: object, what: str) -> _Name:
    for known in names:
        if known == name:
            return known
    close = get_close_matches(str(name), list(names), 1)
    raise _Wrong(
        f"unknown-{what}",
        f"there is no {what} `{name}`",
        f"did you mean `{close[0]}`?" if close else f"choose one of {', '.join(names)}",
    )


def _kind(kind: str) -> str:
    if not kind.endswith(".") and any(
        kind == known or (known.endswith(".") and kind.startswith(known)) for known in KINDS
    ):
        return kind
    close = get_close_matches(kind, KINDS, 1)
    raise _Wrong(
        "unknown-kind",
        f"there is no kind `{kind}`",
        f"did you mean `{close[0]}`?" if close else "kinds of your own stand below `pii.`, `secret.` or `content.`",
    )


def _pattern(pattern: str) -> str:
    try:
        expression = compiled(pattern)
    except BadPattern as error:
        raise _Wrong(
            "bad-pattern",
            f"`{pattern}` is no pattern: {error}",
            "patterns are RE2's, without look-around or back-references",
        ) from None
    if expression.search(b"") is not None:
        raise _Wrong("bad-pattern", f"`{pattern}` matches the empty text", "make it ask for at least one character")
    ahead = trigger(pattern)
    if ahead is None or ahead > TRIGGER:
        raise _Wrong(
            "bad-pattern",
            f"`{pattern}` may have an endless trigger before its group",
            f"bound it to {TRIGGER} characters",
        )
    if not local(pattern):
        raise _Wrong(
            "bad-pattern",
            f"`{pattern}` asks for the beginning or the end of the text, which a stream does not know",
            "write `(?m:^)` or `(?m:$)` for those of a line",
        )
    return pattern


def local(pattern: str) -> bool:
    """Say whether *pattern* asks for neither the beginning nor the end of the text, which a stream does not know."""
    try:
        return not _asks(parse(pattern), lines=False)
    except Unreadable:
        return False


def _asks(node: Node, *, lines: bool) -> bool:
    match node:
        case Assertion(text):
            return text in {r"\A", r"\z"} or (text in {"^", "$"} and not lines)
        case Group(opening, part):
            flags = opening.partition("?")[2].partition("-")[0]
            return _asks(part, lines=lines or "m" in flags.rstrip(":").replace("P<", ""))
        case Repeat(part):
            return _asks(part, lines=lines)
        case Sequence(parts) | Choice(parts):
            return any(_asks(part, lines=lines) for part in parts)
        case _:
            return False


def _context(value: object) -> Context:
    if value is None:
        return Context()
    if not isinstance(value, dict):
        raise _Wrong("wrong-type", "`context` must be a mapping", "write `context: {words: […], change: 0.4}`")
    names = {item.name for item in fields(Context)}
    if strange := set(value) - names:
        raise _Wrong(
            "unknown-field", f"a context has no `{min(map(str, strange))}`", f"it may have {', '.join(sorted(names))}"
        )
    window = value.get("window", Context().window)
    if not isinstance(window, int) or not 0 < window <= TRIGGER:
        raise _Wrong("wrong-type", f"`{window}` is no window", f"write 1 to {TRIGGER} bytes")
    changes = {key: value.get(key, 0.0) for key in ("change", "against_change")}
    if not all(isinstance(change, int | float) for change in changes.values()):
        raise _Wrong("wrong-type", "a change is a number", "write `change: 0.4`")
    return Context(words=_texts(value, "words"), against=_texts(value, "against"), window=window, **changes)


def _examples(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # YAML reads the keys `true` and `false` as booleans.
    if not isinstance(value, dict) or set(value) != {True, False}:
        raise _Wrong(
            "no-examples", "a rule needs examples, true and false", "write `examples: {true: […], false: […]}`"
        )
    texts = {str(key): item for key, item in value.items()}
    true, false = _texts(texts, "True"), _texts(texts, "False")
    if not true or not false:
        raise _Wrong("no-examples", "a rule needs examples, true and false", "give one of each at least")
    return tuple(map(expanded, true)), tuple(map(expanded, false))


def expanded(example: str) -> str:
    """Fill `{alnum*36}` and its like in *example*, always with the same characters."""
    return _FILLED.sub(lambda found: _filling(_ALPHABETS[found[1]], int(found[2])), example)


def _filling(alphabet: str, count: int) -> str:
    digest = b""
    while len(digest) < count:
        digest += sha256(f"{alphabet}{len(digest)}".encode()).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:count])


def tried(rule: Rule) -> Rule:
    """Return *rule* when it sees its true examples and none of its false ones."""
    scanner = Scanner(rule)
    for examples, wanted in ((rule.true, True), (rule.false, False)):
        for example in examples:
            if _sees(scanner, example) is not wanted:
                verb = "does not match" if wanted else "matches"
                raise _Wrong(
                    "failed-example",
                    f"rule `{rule.id}` {verb} its example `{example}`",
                    "mend the pattern or the example",
                )
    return rule


def expected(rules: Iterable[Rule], examples: object) -> None:
    """Raise ValueError unless some of *rules* see each true example and none a false one; there may be no examples."""
    if examples is None:
        return
    scanners = [Scanner(rule) for rule in rules]
    for texts, wanted in zip(_examples(examples), (True, False), strict=True):
        for text in texts:
            if any(_sees(scanner, text) for scanner in scanners) is not wanted:
                verb = "is not matched" if wanted else "is matched"
                raise _Wrong("failed-example", f"the example `{text}` {verb}", "mend the terms or the example")


def _sees(scanner: Scanner, text: str) -> bool:
    around = Surroundings(text.encode())
    return any(scanner.score(around, place) >= SEEN for place in scanner.places(around, 0).spans)
