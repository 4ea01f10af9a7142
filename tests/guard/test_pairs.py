"""What follows a letter is told in probabilities, whatever the letter."""

from math import exp

import pytest

from yett.guard.pairs import KINDS, STEP, SURPRISE


@pytest.mark.parametrize("row", SURPRISE)
def test_what_may_follow_a_letter_adds_up_to_everything(row: str) -> None:
    assert sum(exp(-STEP * (ord(level) - ord("a"))) for level in row[not SURPRISE.index(row) :]) == pytest.approx(
        1, abs=0.15
    )


def test_every_pair_has_a_place() -> None:
    assert {len(row) for row in SURPRISE} == {len(SURPRISE)} == {max(KINDS) + 1}
    assert [KINDS[ord(character)] for character in "aAzZ .0"] == [1, 1, 26, 26, 0, 0, 0]


@pytest.mark.parametrize(("usual", "rare"), [("th", "tq"), ("qu", "qt"), ("ei", "ww"), ("ng", "gn")])
def test_what_is_usual_surprises_less(usual: str, rare: str) -> None:
    first, second = (SURPRISE[KINDS[ord(pair[0])]][KINDS[ord(pair[1])]] for pair in (usual, rare))
    assert first < second
