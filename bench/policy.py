"""
Measure the policy engine alone: decisions per second on one core, decision object included, nothing remembered.

    python bench/policy.py [--seconds 1.0] [--rules 1,10,100,1000]

The rules are a realistic mix: cost limits per tenant and tier, lists of models, roles, token limits, personal data by
provider. Every request is another; the column `interned` says how many of the answers were an object that had been built
before, because the same rules matched, and `built/s` is the rate when every answer is built anew. `recorded/s` makes a record
of each decision as JSON, `specialised` is the time in milliseconds to make a program for a caller that is known. Rates
count processor time, so that other work on the machine does not; `loop` is a fixed Python loop beside them, in millions of
turns per second, by which runs on machines of different speed and load can be compared.
"""

import argparse
import itertools
import random
import statistics
import time
import unittest.mock
from collections.abc import Callable, Mapping, Sequence

import yett.policy.telling
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.interpreter import decide, lookup
from yett.policy.parser import PolicyParser
from yett.policy.program import Program
from yett.records.decided import DecisionRecords

TIERS = ("free", "pro", "team", "enterprise")
MODELS = tuple(f"model-{number}" for number in range(40))
ROLES = tuple(f"role-{number}" for number in range(30))
PROVIDERS = ("openai", "anthropic", "google", "mistral", "local")
TENANTS = 200
REQUESTS = 5_000


def leaf(operator: str, field: str, value: object) -> str:
    return f"{{operator: {operator}, field: {field}, value: {value}}}"


def both(*conditions: str) -> str:
    return f"{{operator: and, conditions: [{', '.join(conditions)}]}}"


def condition(rng: random.Random) -> str:
    kind = rng.random()
    cost = leaf("gt", "llm.estimatedCost", round(rng.uniform(0.2, 2.0), 3))
    if kind < 0.6:
        return both(leaf("eq", "team.id", f"team-{rng.randrange(TENANTS)}"), cost)
    if kind < 0.7:
        models = ", ".join(rng.sample(MODELS, 3))
        return both(leaf("in", "llm.model", f"[{models}]"), leaf("eq", "team.tier", rng.choice(TIERS)), cost)
    if kind < 0.8:
        role = leaf("contains", "user.roles", rng.choice(ROLES))
        return both(role, f"{{operator: not, conditions: [{leaf('eq', 'project.environment', 'production')}]}}", cost)
    if kind < 0.9:
        return both(
            leaf("gte", "llm.maxTokens", rng.randrange(1000, 16000)), leaf("eq", "team.tier", rng.choice(TIERS))
        )
    either = f"{{operator: or, conditions: [{leaf('eq', 'llm.provider', rng.choice(PROVIDERS))}, {leaf('eq', 'llm.model', rng.choice(MODELS))}]}}"
    return both(leaf("eq", "llm.containsPII", "true"), either, cost)


def document(rng: random.Random, rules: int) -> str:
    lines = ["metadata: {id: bench, version: 1.0.0, priority: 1}", "rules:"]
    for number in range(rules):
        decision = rng.choice(("deny", "deny", "sanitize", "warn"))
        action = f"{{decision: {decision}, reason: because of rule {number}}}"
        lines.append(f"  - {{id: r{number}, condition: {condition(rng)}, action: {action}}}")
    return "\n".join(lines)


def request(rng: random.Random) -> dict[str, object]:
    hot = rng.random() < 0.1
    return {
        "llm": {
            "provider": rng.choice(PROVIDERS),
            "model": rng.choice(MODELS),
            "maxTokens": rng.randrange(100, 18000 if hot else 1500),
            "estimatedCost": rng.uniform(0, 2.5) if hot else rng.uniform(0, 0.2),
            "containsPII": rng.random() < 0.2,
        },
        "team": {"id": f"team-{rng.randrange(TENANTS)}", "tier": rng.choice(TIERS)},
        "user": {"id": f"user-{rng.randrange(10_000)}", "roles": rng.sample(ROLES, 2)},
        "project": {"environment": rng.choice(("production", "staging"))},
    }


def throughput(
    evaluate: Callable[[Mapping[str, object]], object], requests: Sequence[Mapping[str, object]], seconds: float
) -> float:
    done, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for each in requests:
            evaluate(each)
        done += len(requests)
    return done / elapsed


def latencies(
    evaluate: Callable[[Mapping[str, object]], object], requests: Sequence[Mapping[str, object]]
) -> tuple[float, float]:
    took = []
    for each in requests:
        start = time.perf_counter_ns()
        evaluate(each)
        took.append(time.perf_counter_ns() - start)
    cuts = statistics.quantiles(took, n=100)
    return cuts[49] / 1000, cuts[98] / 1000


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
    options = arguments.parse_args()
    print(
        f"{'rules':>6} {'load ms':>8} {'evals/s':>10} {'P50 µs':>7} {'P99 µs':>7} {'matches':>7} {'interned':>8} {'built/s':>10} {'recorded/s':>10} {'specialised':>11} {'interpreter/s':>13} {'loop':>5}"
    )
    for rules in map(int, options.rules.split(",")):
        rng = random.Random(rules)
        text = document(rng, rules)
        requests = [request(rng) for _ in range(REQUESTS)]
        start = time.process_time()
        engine = PolicyEngine([PolicyParser().parse_yaml(text)])
        program = engine.program
        loaded = (time.process_time() - start) * 1000
        p50, p99 = latencies(engine.evaluate, requests)
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
            f"{rules:>6} {loaded:>8.1f} {rate:>10,.0f} {p50:>7.2f} {p99:>7.2f} {matches:>7.2f} {interned:>8.0%} {built:>10,.0f} {records:>10,.0f} {special:>11.2f} {slow:>13,.0f} {loop():>5.0f}"
        )


if __name__ == "__main__":
    main()
