"""Every word that has a meaning has one here, and nothing else has."""

from collections.abc import Iterable, Mapping

import pytest

from yett.model.decision import Effect
from yett.policy.actions import OBLIGATIONS
from yett.policy.expression import Operator
from yett.policy.meanings import EFFECTS, OBLIGED, OPERATORS, PROVENANCES, field_meaning, meaning
from yett.policy.schema import OPEN, Provenance, known_fields


@pytest.mark.parametrize(
    ("meanings", "words"),
    [(OPERATORS, Operator), (EFFECTS, Effect), (OBLIGED, OBLIGATIONS), (PROVENANCES, Provenance)],
)
def test_each_word_has_its_meaning(meanings: Mapping[str, str], words: Iterable[str]) -> None:
    assert set(meanings) == set(words)
    assert all(meanings.values())


@pytest.mark.parametrize("name", [*known_fields(), *(f"{prefix}.own" for prefix in OPEN)])
def test_each_field_says_what_it_holds_and_whose_word_it_is(name: str) -> None:
    told = field_meaning(name)
    assert told.startswith(f"`{name}`: ")
    assert any(f"\n{provenance.capitalize()}: " in told for provenance in Provenance)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("secrets.score", "Credentials"),
        ("llm.prompt", "A text: conditions on it are lifted"),
        ("llm.estimatedCost", "counted in US dollars"),
        ("llm.estimatedCost", "Computed only if a rule asks for it."),
        ("llm.estimatedCost", "Only at request."),
        ("context.source", "Recorded as a keyed digest."),
        ("context.source", "Asserted: said by the caller, and nobody can check it."),
    ],
)
def test_a_field_is_told_of_by_its_table(name: str, told: str) -> None:
    assert told in field_meaning(name)


@pytest.mark.parametrize(
    ("key", "word"), [("field", "no.such"), ("operator", "equals"), ("kinds", "pii.no"), ("name", "deny"), (None, "eq")]
)
def test_other_words_mean_nothing(key: str | None, word: str) -> None:
    assert meaning(key, word) == ""
