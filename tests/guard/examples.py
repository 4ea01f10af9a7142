"""
Examples for the tests of the guard: texts that are hard to cut, toy detectors, toy policies, and what must hold of them.
"""
# ruff: noqa: RUF001 - look-alike letters are part of what is tested

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.guard.toys import Ask, Rule, ToyDetector, ToyPolicy, answered, expected, guard_of, pieces, streamed
from yett.guard.guard import Guard
from yett.guard.stream import StreamGuard
from yett.model.obligation import Drop, Redact, Transform
from yett.model.principal import ANONYMOUS
from yett.model.unknown import Unknown


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(character)) for character in text)


def based(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


__all__ = [
    "DETECTORS",
    "PIECES",
    "POLICIES",
    "Example",
    "at_least",
    "based",
    "complaint",
    "contextual_example",
    "found",
    "lane",
    "redacting",
    "some_example",
    "tags",
]

Condition = Callable[[Ask], object]


PIECES = (
    *(" ", " ", " ", "\n", "a", "b", "k", "e", "0", "1", "=", "@", "!", "word ", "key", "key=", "KEY=", "aa", "ab01"),
    *("secret", "fi", "01", " key= ", "e@a", "а", "о", "е", "к", "привет ", "kеy", "ключ", "аb", "seсret"),
    *("\u200b", "\u200b\u200b\u200b", "\u00ad", "\u2066", "\ufe0f", "e\u0301", "\u0301", "é", "ﬁ", "ﷺ", "ｋｅｙ", "ⓐ"),
    *("👩\u200d💻", "🏴", "\U000e0001", "\ud800", "日本"),
    *(tags("key=a"), tags("aa"), tags("k")),
    *(based("so the key=ab01 is"), based("secret ab secret"), based("ordinary words of prose"), based("a" * 20)),
    *(b"so the key=ab01 is".hex(), "".join(f"\\x{ord(each):02x}" for each in "key=ab")),
    *("%6bey%3Daa%20x", "&#107;ey&#61;aa&#33;", r"\u006b\u0065\u0079=01", r"\u{6b}ey\u003d\u0061", "%6", "&#", "\\u00"),
    based("the nest " + b"key=aa b".hex()),
)

EVERY = 120
"""Texts up to this length are also cut between any two characters."""
BEHIND = ("", "", "=", " ", "a", "!=", "!a ", "\n", "е")
AHEAD = ("", "", "", "!", "=", " k", "o")
HEADS = ("key", "key=", "k", "=", "@", "aa", "ab", "fi", "secret", " ", "\n", "a", "е")
BODIES = (("", 0, 0), ("01", 1, 3), ("ab", 0, 2), ("ab01", 2, 5), ("a ", 0, 8), ("key=", 0, 4))
KINDS = ("pii.email", "pii.credit_card", "secret.key", "content.bad", "exfiltration.link")


def some_rules(chance: Random) -> Iterator[Rule]:
    while True:
        body, least, most = chance.choice(BODIES)
        yield Rule(
            chance.choice(KINDS),
            chance.choice(HEADS),
            body,
            least,
            most,
            boundary=chance.random() < 0.3,
            after=chance.choice(BEHIND),
            before=chance.choice(AHEAD),
            near=chance.randint(1, 6),
            cased=chance.random() < 0.7,
            score=chance.choice((0.3, 0.5)),
        )


def some_detectors(chance: Random) -> tuple[ToyDetector, ...]:
    rules = some_rules(chance)
    toys = ToyDetector(tuple(next(rules) for _ in range(chance.randint(1, 4))))
    if chance.random() < 0.5:
        return (toys,)
    raw = Rule("obfuscation.invisible", chance.choice(("\u200b", "\U000e0061", "\u00ad")), "\u200b", 0, 3)
    more = ToyDetector((raw, *(next(rules) for _ in range(chance.randint(0, 1)))), "raw", frozenset({"raw"}))
    return (toys, more)


DETECTORS = tuple(some_detectors(Random(seed)) for seed in range(400))


def found(field: str) -> Condition:
    return lambda ask: ask(field)


def at_least(field: str, least: float) -> Condition:
    def condition(ask: Ask) -> object:
        value = ask(field)
        return not isinstance(value, Unknown) and value >= least  # type: ignore[operator]

    return condition


def redacting(*owed: tuple[str, Transform]) -> tuple[tuple[Condition, Redact], ...]:
    return tuple((lambda _: True, Redact(kind, how)) for kind, how in owed)


POLICIES = (
    ToyPolicy("nothing"),
    ToyPolicy("deny secrets", found("secrets.found")),
    ToyPolicy("deny what is sure", at_least("pii.score", 0.8)),
    ToyPolicy("mask all", owes=redacting(("*", Transform.MASK))),
    ToyPolicy("remove all", owes=redacting(("*", Transform.REMOVE))),
    ToyPolicy(
        "every way, and deny",
        found("content.found"),
        redacting(("pii.email", Transform.SURROGATE), ("pii", Transform.HASH), ("secret", Transform.REPLACE)),
    ),
    ToyPolicy("surrogates", owes=redacting(("pii", Transform.SURROGATE), ("secret", Transform.SURROGATE))),
    ToyPolicy("sure ones", owes=((lambda _: True, Redact("*", Transform.REPLACE, 0.7)),)),
    ToyPolicy("hidden ones", owes=redacting(("obfuscation", Transform.REMOVE))),
    ToyPolicy("deny many", at_least("pii.count", 3), fields=frozenset({"pii.count"})),
    ToyPolicy(
        "mask from the second on",
        owes=((at_least("pii.count", 2), Redact("pii", Transform.MASK)),),
        fields=frozenset({"pii.count"}),
        prompt=False,
    ),
    ToyPolicy("mask after a secret", owes=((found("secrets.found"), Redact("pii", Transform.MASK)),), prompt=False),
    ToyPolicy("until content comes", lambda ask: ask("secrets.found") and ask("content.found")),
    ToyPolicy("drop", owes=((lambda _: True, Drop("content")),)),
    ToyPolicy("forgive", lambda ask: ask("secrets.found") and not ask("content.found"), prompt=False, rising=False),
)


@dataclass(frozen=True)
class Example:
    text: str
    detectors: tuple[ToyDetector, ...]
    policy: ToyPolicy
    cuts: tuple[tuple[int, ...], ...]

    def guard(self) -> Guard:
        return guard_of(self.policy, *self.detectors)


def lane(guard: Guard) -> StreamGuard:
    return guard.lane(ANONYMOUS, {})


def complaint(example: Example) -> str:
    """Say in what the streams of *example* differ from what is expected of them; empty where they do not."""
    guard, text = example.guard(), example.text
    whole = expected(guard, text)
    every = range(len(text)) if len(text) < EVERY else ()
    for cuts in ((), every, *example.cuts):
        chunks = pieces(text, cuts)
        one = lane(guard)
        releases, stopped = streamed(one, chunks)
        if (got := "".join(releases)) != whole.text or stopped != whole.stopped:
            return f"{chunks!r} gave {got!r}, stopped {stopped}, for {whole.text!r}, stopped {whole.stopped}"
        if {(each.span.start, each.span.end, each.kind) for each in one.findings} != {
            (sight.start, sight.end, sight.kind) for sight in whole.sights
        }:
            return f"{chunks!r} had other findings"
    verdict = guard.inspect(answered(text))
    if example.policy.rising and verdict.allowed is whole.stopped:
        return f"inspected, {text!r} is {verdict.effect}"
    if not whole.stopped and example.policy.prompt and verdict.sanitized != whole.text:
        return f"inspected, {verdict.sanitized!r} for {whole.text!r}"
    return ""


def some_example(chance: Random) -> Example:
    text = "".join(chance.choices(PIECES, k=chance.randint(1, 8)))
    cuts = tuple(tuple(chance.choices(range(200), k=chance.randint(1, 6))) for _ in range(2))
    return Example(text, chance.choice(DETECTORS), chance.choice(POLICIES), cuts)


def contextual_example(chance: Random) -> Example:
    """Make an example in which what stands some way before, with much between that nobody sees, decides."""
    text = "".join(chance.choices(("=", "k", "a", " ", ".", "\u200b", "\u00ad", "о", "ﷺ"), k=chance.randint(4, 30)))
    rule = Rule("secret.key", chance.choice("ka."), after=chance.choice(("=", "!=", "о=")), near=chance.randint(1, 9))
    reading = chance.choice(("raw", "folded"))
    cuts = tuple(tuple(chance.choices(range(30), k=chance.randint(1, 6))) for _ in range(2))
    return Example(text, (ToyDetector((rule,), readings=frozenset({reading})),), chance.choice(POLICIES), cuts)
