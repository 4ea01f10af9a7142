"""The current snapshot: swap, and fall back."""

from types import SimpleNamespace

from yett.services.snapshots import Snapshots


def test_a_new_snapshot_takes_the_place_of_the_old_whatever_became_of_the_configuration() -> None:
    first, second = SimpleNamespace(), SimpleNamespace()
    snapshots = Snapshots(first)  # type: ignore[arg-type]
    snapshots.failure = "broken"
    snapshots.swap(second)  # type: ignore[arg-type]
    assert (snapshots.current, snapshots.failure) == (second, "broken")
