"""Every kind belongs to a family, and a pattern covers what it names and all below it."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.kinds import FAMILIES, KINDS, covers, family

Covers = Callable[[str, str], bool]

KIND = st.lists(st.sampled_from(["pii", "piis", "email", "card", "a", "b"]), min_size=1, max_size=4).map(".".join)


def covers_below(asked: Covers, kind: str, further: str) -> bool:
    """Say whether by *asked* a kind covers itself and what lies below it, and neither what is above nor a sibling."""
    below, sibling = f"{kind}.{further}", f"{kind}{further}"
    return asked(kind, kind) and asked(kind, below) and not asked(below, kind) and not asked(kind, sibling)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_registered_family_and_a_sentence(kind: str) -> None:
    assert re.fullmatch(r"[a-z]+\.([a-z][a-z0-9_]*)?", kind)
    assert family(kind) in FAMILIES
    assert KINDS[kind].endswith(".")


def test_every_family_has_a_kind_and_a_sentence() -> None:
    assert {family(kind) for kind in KINDS} == set(FAMILIES)
    assert all(sentence.endswith(".") for sentence in FAMILIES.values())


@pytest.mark.parametrize(
    ("pattern", "kind", "covered"),
    [
        ("*", "pii.email", True),
        ("pii", "pii.email", True),
        ("pii.email", "pii.email", True),
        ("pii", "pii", True),
        ("pii.email", "pii.phone", False),
        ("pii.email", "pii", False),
        ("pii.e", "pii.email", False),
        ("pi", "pii.email", False),
        ("", "pii.email", False),
        ("secret.openai", "secret.openai.project", True),
        ("p*", "pii.email", False),
    ],
)
def test_a_pattern_covers_its_kind_and_what_lies_below(pattern: str, kind: str, covered: bool) -> None:
    assert covers(pattern, kind) is covered


@given(kind=KIND, further=KIND)
def test_coverage_goes_down_and_never_up_or_aside(kind: str, further: str) -> None:
    assert covers_below(covers, kind, further)


@given(kind=KIND)
def test_the_star_and_the_family_cover_every_kind(kind: str) -> None:
    assert covers("*", kind)
    assert covers(family(kind), kind)


@given(first=KIND, second=KIND, third=KIND)
def test_coverage_can_be_followed_from_one_to_the_next(first: str, second: str, third: str) -> None:
    middle = f"{first}.{second}"
    assert covers(first, f"{middle}.{third}")
    assert covers(middle, f"{middle}.{third}")


MUTANTS: dict[str, Covers] = {
    "forgets the dot": lambda pattern, kind: kind.startswith(pattern),
    "knows only equals": lambda pattern, kind: pattern == kind,
    "looks up": lambda pattern, kind: pattern == kind or pattern.startswith(f"{kind}.") or kind.startswith(pattern),
    "covers everything": lambda pattern, kind: True,
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_coverage_that_is_wrong_is_found_out(mutant: str) -> None:
    assert not covers_below(MUTANTS[mutant], "pii", "email")


@pytest.mark.parametrize(("kind", "first"), [("pii.email", "pii"), ("pii", "pii"), ("text.a.b", "text"), ("", "")])
def test_a_family_is_the_first_word(kind: str, first: str) -> None:
    assert family(kind) == first


@pytest.mark.parametrize("register", [FAMILIES, KINDS])
def test_the_registers_cannot_be_changed(register: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        register["own"] = "An own one."
