"""The machine's clocks: one that tells the date, one that never goes back."""

import time
from itertools import pairwise

from yett.compose.clock import SystemClock


def test_now_is_the_date() -> None:
    before = time.time()
    now = SystemClock().now()
    assert before <= now <= time.time()


def test_elapsed_never_goes_back() -> None:
    clock = SystemClock()
    moments = [clock.elapsed() for _ in range(1000)]
    assert all(earlier <= later for earlier, later in pairwise(moments))
