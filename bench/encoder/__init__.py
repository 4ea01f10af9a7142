"""
What the encoder costs: milliseconds for a window of 32, 64 and 128 tokens, on one thread.

By the clock, and by the processor: its least time says what is left on a machine that others keep busy.

    python -m bench encoder

The other modules here train it, judge it and make its artefact; each says how it is run.
"""

import statistics
import time

__all__ = ["main"]

LENGTHS = (32, 64, 128)
RUNS = 200


def main() -> None:
    """Print the median and the 99th percentile for each length."""
    from yett.compose.encoder import shipped_encoder

    scorer = shipped_encoder()
    print("tokens   P50 ms   P99 ms   processor, least ms")
    for length in LENGTHS:
        window = [101, *(1000 + place * 37 % 20000 for place in range(length - 2)), 102]
        taken, spent = [], []
        for _ in range(RUNS):
            begun, busy = time.perf_counter(), time.process_time()
            scorer.answer(window)
            taken.append((time.perf_counter() - begun) * 1e3)
            spent.append((time.process_time() - busy) * 1e3)
        print(
            f"{length:6} {statistics.median(taken):8.1f} {statistics.quantiles(taken, n=100)[98]:8.1f} {min(spent):12.1f}"
        )
