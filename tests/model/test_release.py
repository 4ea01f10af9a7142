"""What is in force follows from the releases alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.release import Release, Rollout, Standing, is_namespace, standing

D, S, C, E = Rollout.DRAFT, Rollout.SHADOW, Rollout.CANARY, Rollout.ENFORCE


def releases(*rollouts: Rollout) -> list[Release]:
    return [Release("n", number, f"{number}", rollout, 0.0) for number, rollout in enumerate(rollouts, 1)]


@pytest.mark.parametrize(
    ("rollouts", "live", "candidate"),
    [
        ((), None, None),
        ((D,), None, None),
        ((S,), None, 1),
        ((E,), 1, None),
        ((E, S), 1, 2),
        ((E, S, C), 1, 3),
        ((E, C, E), 3, None),
        ((E, C, D), 1, 2),
        ((E, E, D, S), 2, 4),
    ],
)
def test_the_last_that_is_enforced_decides_and_what_comes_after_is_tried_out(
    rollouts: tuple[Rollout, ...], live: int | None, candidate: int | None
) -> None:
    now = standing("n", releases(*rollouts))
    assert (now.live and now.live.number, now.candidate and now.candidate.number) == (live, candidate)
    assert now.number == len(rollouts)


def test_what_is_tried_out_is_taken_back_by_a_draft_of_the_same() -> None:
    tried = [Release("n", 1, "a", E, 0.0), Release("n", 2, "b", C, 0.0), Release("n", 3, "b", D, 0.0)]
    assert standing("n", tried) == Standing("n", 3, tried[0])
    assert standing("n", [*tried, Release("n", 4, "b", S, 0.0)]).candidate is not None
    assert standing("n", tried[1:]) == Standing("n", 3, None)


@given(st.lists(st.sampled_from(Rollout), max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_does_not_matter(rollouts: list[Rollout], chance: object) -> None:
    noted = releases(*rollouts)
    mixed = list(noted)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert standing("n", mixed) == standing("n", noted)


def test_a_release_is_called_by_namespace_number_digest_and_commit() -> None:
    release = Release("acme", 3, "d" * 64, E, 0.0, commit="c" * 40)
    assert release.name == "acme#3 dddddddddddd cccccccccccc"
    assert releases(E)[0].name == "n#1 1"


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("acme", True),
        ("acme/payments/check-out_2.0", True),
        ("", False),
        ("/", False),
        ("/acme", False),
        ("acme/", False),
        ("acme//x", False),
        ("acme/../x", False),
        ("acme /x", False),
        (" acme/x", False),
        ("acme/x\n", False),
        ("acme\\x", False),
        ("acme%2Fx", False),
        ("\N{CYRILLIC SMALL LETTER A}cme/x", False),
        ("acme\N{ZERO WIDTH SPACE}/x", False),
    ],
)
def test_a_namespace_is_a_path_and_nothing_that_looks_like_one(name: str, good: bool) -> None:
    assert is_namespace(name) is good
