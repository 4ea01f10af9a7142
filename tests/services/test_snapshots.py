"""The current snapshot: swap, and fall back."""

from types import SimpleNamespace

from yett.services.snapshots import Snapshots


def test_a_new_snapshot_takes_the_place_of_the_old_and_of_its_failure() -> None:
    first, second = SimpleNamespace(), SimpleNamespace()
    snapshots = Snapshots(first)  # type: ignore[arg-type]
    snapshots.keep("broken")
    assert (snapshots.current, snapshots.failure) == (first, "broken")
    snapshots.swap(second)  # type: ignore[arg-type]
    assert (snapshots.current, snapshots.failure) == (second, "")
