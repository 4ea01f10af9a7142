"""The current snapshot: swap, and fall back."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.policies import deciding_by
from yett.services.snapshots import Snapshot, Snapshots

ALL = deciding_by(documents=0)
SHARES = (0, 10, 50, 100)
NAMES = st.text(st.characters(), max_size=9)


def canaried(*shares: int) -> Snapshot:
    canaries = tuple((share, replace(ALL, releases=(str(share),))) for share in shares)
    return replace(ALL, canaries=canaries)


def drawn(snapshot: Snapshot, tenant: str, subject: str) -> str:
    return next(iter(snapshot.serving(tenant, subject).releases), "")


@given(tenant=NAMES, subject=NAMES)
def test_whoever_is_in_a_share_is_in_every_larger_one_and_always(tenant: str, subject: str) -> None:
    within = [bool(drawn(canaried(share), tenant, subject)) for share in SHARES]
    assert within == sorted(within)
    assert (within[0], within[-1]) == (False, True)
    first = next(share for share, each in zip(SHARES, within, strict=True) if each)
    assert drawn(canaried(*SHARES), tenant, subject) == str(first)
    context = {"team": {"id": tenant}, "user": {"id": subject}}
    if tenant or subject:
        assert canaried(*SHARES).answering(context).releases == (str(first),)


@pytest.mark.parametrize("share", [10, 50])
def test_a_share_is_as_large_as_it_says(share: int) -> None:
    found = sum(bool(drawn(canaried(share), f"t{number % 7}", f"k{number}")) for number in range(10_000))
    assert abs(found - 100 * share) < 200  # four standard deviations of the larger


def test_who_is_in_a_share_is_the_same_in_every_gateway_and_version() -> None:
    assert [number for number in range(40) if drawn(canaried(10), "acme", f"caller-{number}")] == [2, 11, 31, 36, 38]


@pytest.mark.parametrize("context", [{}, {"user": "x"}, {"user": {"id": 5}, "team": {"id": None}}, {"llm": {}}])
def test_a_question_about_nobody_is_answered_by_what_is_in_force(context: dict[str, object]) -> None:
    assert canaried(100).answering(context).releases == ()
    assert canaried(100).answering({"user": {"id": "a"}}).releases == ("100",)


def test_a_new_snapshot_takes_the_place_of_the_old_whatever_became_of_the_configuration() -> None:
    first, second = SimpleNamespace(), SimpleNamespace()
    snapshots = Snapshots(first)  # type: ignore[arg-type]
    snapshots.failure = "broken"
    snapshots.swap(second)  # type: ignore[arg-type]
    assert (snapshots.current, snapshots.failure) == (second, "broken")
