"""
Measure the policy engine alone: decisions per second on one core, decision object included, nothing remembered.

    python bench/policy.py [--seconds 1.0] [--rules 1,10,100,1000] [--rounds 20]

The rules are those of the standard workload of `yett policy bench`, which measures other engines, too. Every request is
another; the column `interned` says how many of the answers were an object that had been built before, because the same
rules matched, and `built/s` is the rate when every answer is built anew. `recorded/s` makes a record of each decision as
JSON, `specialised` is the time in milliseconds to make a program for a caller that is known. Rates count processor time, so
that other work on the machine does not; `loop` is a fixed Python loop beside them, in millions of turns per second, by which
runs on machines of different speed and load can be compared.

Latencies are of requests that were not seen before, answered one after another by an engine that has answered none but
those before it, with effect, reason and obligations read, the clock included (about 0.1 µs). All of that is done in several
rounds, each with a new engine and new requests of the same content. `P50` and `P99` are over the requests, of the least that
each took in any round: what the engine takes, without what else the machine did at that moment. `once` is the P99 of a single
round, the one in the middle, with all of that. `listed` is as P99, every reason read, too.
"""

import argparse
import itertools
import math
import random
import statistics
import time
import unittest.mock
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import yett.policy.telling
from yett.compose.workload import context, document
from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.interpreter import decide, lookup
from yett.policy.parser import PolicyParser
from yett.policy.program import Program
from yett.records.decided import DecisionRecords

REQUESTS = 5_000


def throughput(
    evaluate: Callable[[Mapping[str, object]], object], requests: Sequence[Mapping[str, object]], seconds: float
) -> float:
    done, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for each in requests:
            evaluate(each)
        done += len(requests)
    return done / elapsed


def followed(decision: Decision) -> object:
    """Read what whoever enforces a decision reads."""
    return decision.allowed, decision.effect, decision.reason, decision.obligations


def listed(decision: Decision) -> object:
    """Read that, and why it came about."""
    return followed(decision), tuple(decision.reasons)


class Latencies(NamedTuple):
    """Of requests not seen before, in microseconds."""

    p50: float
    p99: float
    once: float
    """The P99 of one round, the one in the middle."""


def workload(rules: int) -> tuple[str, list[dict[str, object]]]:
    """Return the policy, and the requests, as objects that nobody has seen."""
    rng = random.Random(rules)
    text = document(rng, rules)
    return text, [context(rng) for _ in range(REQUESTS)]


def latencies(rules: int, rounds: int, read: Callable[[Decision], object]) -> Latencies:
    least, single = [math.inf] * REQUESTS, []
    for _ in range(rounds):
        text, requests = workload(rules)
        engine, took = PolicyEngine([PolicyParser().parse_yaml(text)]), []
        evaluate = engine.program and engine.evaluate
        for each in requests:
            start = time.perf_counter_ns()
            read(evaluate(each))
            took.append(time.perf_counter_ns() - start)
        least = list(map(min, least, took))
        single.append(statistics.quantiles(took, n=100)[98])
    cuts = statistics.quantiles(least, n=100)
    return Latencies(cuts[49] / 1000, cuts[98] / 1000, statistics.median(single) / 1000)


def recorded(engine: PolicyEngine) -> Callable[[Mapping[str, object]], object]:
    records, number = DecisionRecords("bench"), itertools.count()

    def ask(facts: Mapping[str, object]) -> bytes:
        return records.of(f"bench-{next(number)}", time.time(), Stage.REQUEST, engine.evaluate(facts))

    return ask


def specialising(program: Program, requests: Sequence[Mapping[str, object]]) -> float:
    start = time.process_time()
    for each in requests:
        program.specialised({name: each[name] for name in ("team", "user", "project")}).knowing(Stage.REQUEST)
    return (time.process_time() - start) / len(requests) * 1000


def loop() -> float:
    start, total = time.process_time(), 0
    for number in range(2_000_000):
        total += number
    return 2 / (time.process_time() - start)


def interpreted(program: Program) -> Callable[[Mapping[str, object]], object]:
    clauses = [clause for clause in program.clauses if Stage.REQUEST in clause.stages]
    return lambda facts: decide(clauses, lambda field: lookup(facts, field))


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measure the policy engine.")
    arguments.add_argument("--seconds", type=float, default=1.0)
    arguments.add_argument("--rules", default="1,10,100,1000")
    arguments.add_argument("--rounds", type=int, default=20, help="how often each latency is measured")
    options = arguments.parse_args()
    print(
        f"{'rules':>6} {'load ms':>8} {'evals/s':>10} {'P50 µs':>7} {'P99 µs':>7} {'once':>7} {'listed':>7} {'matches':>7} {'interned':>8} {'built/s':>10} {'recorded/s':>10} {'specialised':>11} {'interpreter/s':>13} {'loop':>5}"
    )
    for rules in map(int, options.rules.split(",")):
        text, requests = workload(rules)
        start = time.process_time()
        engine = PolicyEngine([PolicyParser().parse_yaml(text)])
        program = engine.program
        loaded = (time.process_time() - start) * 1000
        seen = latencies(rules, options.rounds, followed)
        whole = latencies(rules, options.rounds, listed)
        decisions = [engine.evaluate(each) for each in requests]
        matches = statistics.mean(len(decision.reasons) for decision in decisions)
        interned = 1 - len({id(decision) for decision in decisions}) / len(decisions)
        rate = throughput(engine.evaluate, requests, options.seconds)
        with unittest.mock.patch.object(yett.policy.telling, "_INTERNED", 0):
            built = throughput(PolicyEngine([PolicyParser().parse_yaml(text)]).evaluate, requests, options.seconds)
        records = throughput(recorded(engine), requests, options.seconds)
        special = specialising(program, requests[:50])
        slow = throughput(interpreted(program), requests[: max(1, 2000 // rules)], options.seconds / 4)
        print(
            f"{rules:>6} {loaded:>8.1f} {rate:>10,.0f} {seen.p50:>7.2f} {seen.p99:>7.2f} {seen.once:>7.2f} {whole.p99:>7.2f} {matches:>7.2f} {interned:>8.0%} {built:>10,.0f} {records:>10,.0f} {special:>11.2f} {slow:>13,.0f} {loop():>5.0f}"
        )


if __name__ == "__main__":
    main()
