"""
The rules once more, written to be read: each asked about all of a text, each place looked at by itself.

What `patterns`, `rule`, `gate`, `surroundings` and `overlaps` find in few steps must be what this does.
"""

from collections.abc import Iterator, Sequence

import re2

from yett.detectors.rule import Rule, longest, spoken
from yett.detectors.validators import VALIDATORS
from yett.model.finding import Match
from yett.model.segment import Origin

__all__ = ["found"]

RANKS = {"pii.iban": 1, "pii.credit_card": 2, "pii.ssn": 3, "pii.email": 4, "pii.ip_address": 5}


def found(rules: Sequence[Rule], text: str, origin: Origin) -> list[Match]:
    """Return all that *rules* find in *text*, in order."""
    data = text.encode(errors="replace")
    matches = []
    for rule in rules:
        if not rule.origins or origin in rule.origins:
            for start, end in places(rule, data):
                score = sure(rule, data, start, end) if believed(rule, data, start, end) else 0.0
                if score >= rule.seen:
                    first, last = (len(data[:at].decode(errors="replace")) for at in (start, end))
                    matches.append(Match(first, last, rule.kind, score, rule.id))
    return resolved(matches)


def places(rule: Rule, data: bytes) -> Iterator[tuple[int, int]]:
    expression = re2.compile(rule.pattern.encode())
    most, at = longest(rule.pattern), 0
    while (match := expression.search(data, at)) is not None:
        pointed = match.span(1) if expression.groups else (-1, -1)
        start, end = match.span() if pointed == (-1, -1) else pointed
        yield start, end
        retry = rule.validator and most is not None and most <= 64
        again = retry and not believed(rule, data, start, end)
        at = match.start() + 1 if again or match.end() == match.start() else match.end()


def believed(rule: Rule, data: bytes, start: int, end: int) -> bool:
    if crowded(rule.beside.encode(), data[max(0, start - 2) : start], data[end : end + 2]):
        return False
    return not rule.validator or VALIDATORS[rule.validator](data[start:end].decode(errors="replace"))


def crowded(beside: bytes, before: bytes, after: bytes) -> bool:
    if b" " in beside and before[-1:] == after[:1] == b" " and before[:-1].isdigit() and after[1:].isdigit():
        return True
    front, behind = before[-1:] or b"\0", after[:1] or b"\0"
    in_front = (
        front in beside and front not in b"= " and (front not in b".:" or before[:-1].isdigit() or before == b"::")
    )
    return in_front or (
        behind in beside and behind != b" " and (behind not in b".:" or after[1:].isalnum() or after == b"::")
    )


def sure(rule: Rule, data: bytes, start: int, end: int) -> float:
    context, score = rule.context, rule.score
    for words, change in ((context.words, context.change), (context.against, context.against_change)):
        if words and near(spoken(words), data, start, end, context.window + 1):
            score += change
    return min(1.0, max(0.0, round(score, 4)))


def near(words: str, data: bytes, start: int, end: int, reach: int) -> bool:
    before, after = data[max(0, start - reach) : start], data[end : end + reach]
    before = before if len(before) == reach else b" " + before
    after = after if len(after) == reach else after + b" "
    return any(re2.compile(words.encode()).search(each) is not None for each in (before, after))


def resolved(matches: Sequence[Match]) -> list[Match]:
    """Leave out each value that shares a character with a stronger one."""
    values = [match for match in matches if match.kind.startswith(("secret.", "pii."))]
    kept: list[Match] = []
    for match in sorted(values, key=strength):
        if not any(match.start < other.end and other.start < match.end for other in kept):
            kept.append(match)
    return sorted([*kept, *(match for match in matches if match not in values)])


def strength(match: Match) -> tuple[int, float, int, Match]:
    rank = 0 if match.kind.startswith("secret.") else RANKS.get(match.kind, 6)
    return rank, -match.score, match.start - match.end, match
