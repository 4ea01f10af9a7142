"""The collector is held back for a while, and no longer."""

import gc

import pytest

from yett.policy.pausing import collector_paused


def test_the_collector_goes_on_afterwards() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(ValueError, match="why"), collector_paused():
        raise ValueError("why")
    assert gc.isenabled()


def test_within_another_pause_nothing_is_let_go() -> None:
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
