"""
Feeds: rules against new threats, as somebody else publishes them.

Rules:

1. A feed says its name, its version, when it was issued, its rules, and who signed it; nothing else may stand in it.
2. What is signed is all of that but the signature, as JSON: keys sorted, no white space, in UTF-8. What is believed is
   what was signed, not the bytes that it came in.
3. Its rules are held to what rules of the house are held to: one that fails its examples refuses the whole feed. Each is
   called `<feed>/<rule>`, so that it clashes with none from elsewhere.
4. A feed is about threats. Which personal data is looked for is the operator's business.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import yaml

from yett.detectors.rule import Rule
from yett.detectors.rules import rule_of
from yett.model.errors import OperatorError, Place, Problem
from yett.model.kinds import family

__all__ = ["Feed", "canonical", "read_draft", "read_feed", "rules_in", "written"]

_FORMAT = "yett-feed/1"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_SAID = frozenset({"format", "name", "version", "issued", "rules", "signer", "signature"})
_EXAMPLES = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Feed:
    """Rules that are published together."""

    name: str
    version: int
    """A later feed of the name has a higher one."""
    issued: str
    """A date, or a date and time (ISO 8601)."""
    rules: tuple[Mapping[str, object], ...]
    """As they were written, of JSON's types."""
    signer: str = ""
    """The public key, in hex, that belongs to the one it was signed with."""
    signature: str = ""


def canonical(feed: Feed) -> bytes:
    """Return what a signature of *feed* is made over."""
    said = {key: value for key, value in _said(feed).items() if key != "signature"}
    return json.dumps(said, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def written(feed: Feed) -> str:
    """Return *feed* as a file that `read_feed` reads."""
    return json.dumps(_said(feed), ensure_ascii=False, indent=2) + "\n"


def _said(feed: Feed) -> dict[str, object]:
    said: dict[str, object] = {"format": _FORMAT, "name": feed.name, "version": feed.version, "issued": feed.issued}
    return said | {"rules": list(feed.rules), "signer": feed.signer, "signature": feed.signature}


def read_feed(text: str, file: str) -> Feed:
    """
    Read a feed; *file* names it in complaints. Nothing is said of its signature, and its rules are not tried.

    Raises:
        OperatorError: it is none.
    """
    try:
        form = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        form = None
    return _feed(form, file)


def read_draft(text: str, file: str) -> Feed:
    """
    Read a feed that is still to be signed, in YAML or JSON.

    Raises:
        OperatorError: it is none.
    """
    try:
        form = yaml.load(text, Loader=yaml.CSafeLoader)
        # In YAML a day is more than a text, and so are the keys of examples; in JSON neither is.
        form = json.loads(json.dumps(form, default=str, allow_nan=False))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError):
        form = None
    return replace(_feed(form, file), signer="", signature="")


def _feed(form: object, file: str) -> Feed:
    if not isinstance(form, dict) or form.get("format") != _FORMAT:
        raise _bad(file, f"is no feed of the format `{_FORMAT}`", f"write `format: {_FORMAT}`, a name, and the rules")
    if strange := set(form) - _SAID:
        raise _bad(file, f"has an unknown key `{min(map(str, strange))}`", f"a feed has {', '.join(sorted(_SAID))}")
    name, version, issued, rules = (form.get(key) for key in ("name", "version", "issued", "rules"))
    signer, signature = form.get("signer", ""), form.get("signature", "")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _bad(file, "has no `name` that can be used", "write small letters, digits, dots and dashes, 64 at most")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _bad(file, "has no `version` that counts", "write 1, and one more for each feed that follows")
    if not isinstance(issued, str) or not _is_time(issued):
        raise _bad(file, "does not say when it was `issued`", "write a date, such as `2026-01-31`")
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise _bad(file, "has no list called `rules`", "write `rules:` and the rules below it")
    if not isinstance(signer, str) or not isinstance(signature, str):
        raise _bad(file, "has a signature that is no text", "sign it with `yett detectors feed sign`")
    feed = Feed(name, version, issued, tuple(rules), signer, signature)
    try:
        canonical(feed)
    except (ValueError, RecursionError):
        raise _bad(file, "holds what has no canonical form", "write UTF-8, and numbers that are finite") from None
    return feed


def _refuse(constant: str) -> object:
    """Refuse `NaN` and its like, which RFC 8259 does not know."""
    raise ValueError(constant)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def rules_in(feed: Feed, file: str) -> tuple[Rule, ...]:
    """
    Return the rules of *feed*, tried, each under a name that no other feed can give.

    Raises:
        OperatorError: some are wrong; it carries every problem.
    """
    problems: list[Problem] = []
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(feed.rules, 1):
        try:
            rule = rule_of(_entry(entry), Place(file))
        except OperatorError as error:
            problems += (replace(each, message=f"rule {number}: {each.message}") for each in error.problems)
            continue
        if rule.id in rules:
            said = f"rule {number}: another one, too, is called `{rule.id}`"
            problems.append(Problem(Place(file), "duplicate-rule", said, "give each a name of its own"))
        if family(rule.kind) == "pii":
            said = f"rule {number}: `{rule.kind}` is personal data, and no threat"
            hint = "load such rules with `security.pii_protection.custom`"
            problems.append(Problem(Place(file), "wrong-value", said, hint))
        rules[rule.id] = replace(rule, id=f"{feed.name}/{rule.id}")
    if problems:
        raise OperatorError(*problems)
    return tuple(rules.values())


def _entry(entry: Mapping[str, object]) -> Mapping[str, object]:
    """Return *entry* as YAML would read it, where the keys of examples are no texts."""
    examples = entry.get("examples")
    if not isinstance(examples, dict):
        return entry
    return {**entry, "examples": {_EXAMPLES.get(key, key): texts for key, texts in examples.items()}}


def _bad(file: str, message: str, hint: str) -> OperatorError:
    return OperatorError(Problem(Place(file), "bad-feed", message, hint))
