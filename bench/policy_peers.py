"""
Measure the policy engine beside others that are installed: decisions per second on one core, every request another.

    python bench/policy_peers.py [--seconds 0.5] [--rules 1,10,100,1000]

Two workloads. W1: a limit of cost per tier in every rule. W2: cost limits per team, lists of models, roles, tokens by tier,
and personal data by provider or model. All rules that match are wanted, which is what a record has to say; Cedar, Casbin
and Cerbos only tell whether any does. Each engine's answers are compared with the specification's before it is measured. An
engine whose package is not installed is left out. Cerbos is a server, with one core of its own, asked over HTTP: the npm
package `cerbos` has its program, which must be on the path.
"""

import argparse
import atexit
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.expression import And, Expression, Leaf, Not, Operator, Or
from yett.policy.interpreter import lookup, truth
from yett.policy.program import Program
from yett.policy.values import Sort

TIERS = ("free", "pro", "team", "enterprise")
MODELS = tuple(f"model-{number}" for number in range(40))
ROLES = tuple(f"role-{number}" for number in range(30))
PROVIDERS = ("openai", "anthropic", "google", "mistral", "local")
SORTS = {
    "llm.estimatedCost": Sort.NUMBER,
    "llm.maxTokens": Sort.NUMBER,
    "llm.containsPII": Sort.BOOLEAN,
    "user.roles": Sort.STRINGS,
}
REQUESTS, CHECKED = 1_000, 20
TOO_SLOW = 100
"""An engine that makes fewer decisions per second is not asked with more rules."""
Facts = Mapping[str, Mapping[str, object]]
Ask = Callable[[Facts], object]


class Engine(NamedTuple):
    """What decides, and how it is made ready."""

    name: str
    package: str
    make: Callable[[Sequence[Expression], Sequence[Facts]], Ask]
    lists: bool
    """It tells which rules match, not only whether one does."""
    clock: Callable[[], float] = time.process_time
    """What its decisions are counted by: where it decides in another process, our processor's time says little."""


def installed(engine: Engine) -> bool:
    return find_spec(engine.package) is not None or shutil.which(engine.package) is not None


def leaf(operator: Operator, field: str, value: object) -> Leaf:
    return Leaf(field, SORTS.get(field, Sort.STRING), operator, value)  # type: ignore[arg-type]


def w1(rng: random.Random) -> Expression:
    return And(
        (
            leaf(Operator.GT, "llm.estimatedCost", round(rng.uniform(0.2, 2), 3)),
            leaf(Operator.EQ, "team.tier", rng.choice(TIERS)),
        )
    )


def w2(rng: random.Random) -> Expression:
    kind, cost = rng.random(), leaf(Operator.GT, "llm.estimatedCost", round(rng.uniform(0.2, 2), 3))
    tier = leaf(Operator.EQ, "team.tier", rng.choice(TIERS))
    if kind < 0.6:
        return And((leaf(Operator.EQ, "team.id", f"team-{rng.randrange(200)}"), cost))
    if kind < 0.7:
        return And((leaf(Operator.IN, "llm.model", tuple(rng.sample(MODELS, 3))), tier, cost))
    if kind < 0.8:
        return And(
            (
                leaf(Operator.CONTAINS, "user.roles", rng.choice(ROLES)),
                Not(leaf(Operator.EQ, "project.environment", "production")),
                cost,
            )
        )
    if kind < 0.9:
        return And((leaf(Operator.GTE, "llm.maxTokens", rng.randrange(1000, 16000)), tier))
    either = Or(
        (leaf(Operator.EQ, "llm.provider", rng.choice(PROVIDERS)), leaf(Operator.EQ, "llm.model", rng.choice(MODELS)))
    )
    return And((leaf(Operator.EQ, "llm.containsPII", True), either, cost))  # noqa: FBT003 - a value


def request(rng: random.Random) -> Facts:
    hot = rng.random() < 0.1
    return {
        "llm": {
            "provider": rng.choice(PROVIDERS),
            "model": rng.choice(MODELS),
            "maxTokens": rng.randrange(100, 18000 if hot else 1500),
            "estimatedCost": round(rng.uniform(0, 2.5 if hot else 0.2), 4),
            "containsPII": rng.random() < 0.2,
        },
        "team": {"id": f"team-{rng.randrange(200)}", "tier": rng.choice(TIERS)},
        "user": {"roles": rng.sample(ROLES, 2)},
        "project": {"environment": rng.choice(("production", "staging"))},
    }


def text(condition: Expression, words: Mapping[str, str]) -> str:
    """Write *condition* in a language like CEL; *words* are what it has for `and`, `or`, `in`, `contains` and the numbers."""
    match condition:
        case And(parts):
            return "(" + f" {words['and']} ".join(text(part, words) for part in parts) + ")"
        case Or(parts):
            return "(" + f" {words['or']} ".join(text(part, words) for part in parts) + ")"
        case Not(part):
            return f"{words['not']}({text(part, words)})"
        case Leaf():
            return compared(condition, words)
    raise AssertionError(condition)


def compared(leaf: Leaf, words: Mapping[str, str]) -> str:
    signs = {Operator.EQ: "==", Operator.GT: ">", Operator.GTE: ">="}
    field, value = words["field"].format(leaf.field), leaf.value
    if leaf.field == "llm.estimatedCost" and words.get("decimal"):
        return words["decimal"].format(field, f"{value:.4f}")
    if leaf.operator is Operator.IN:
        return words["in"].format(json.dumps(list(value)), field)  # type: ignore[arg-type]
    if leaf.operator is Operator.CONTAINS:
        return words["contains"].format(field, json.dumps(value))
    return f"{field} {signs[leaf.operator]} {words.get('true') if value is True else json.dumps(value)}"


CEL = {"true": "true", "and": "&&", "or": "||", "not": "!", "field": "{}", "in": "{1} in {0}", "contains": "{1} in {0}"}
CEDAR = {
    **CEL,
    "field": "context.{}",
    "in": "{0}.contains({1})",
    "contains": "{0}.contains({1})",
    "decimal": '{0}.greaterThan(decimal("{1}"))',
}
PYTHON = {**CEL, "true": "True", "and": "and", "or": "or", "not": "not "}


def yett(conditions: Sequence[Expression], _: Sequence[Facts]) -> Ask:
    clauses = [
        Clause("p", "1", f"r{n}", 0, Effect.WARN, each, frozenset({Stage.REQUEST}), definite=False)
        for n, each in enumerate(conditions)
    ]
    return Program(clauses, (), "r").knowing(Stage.REQUEST)


def walk(conditions: Sequence[Expression], _: Sequence[Facts]) -> Ask:
    return lambda facts: {n for n, each in enumerate(conditions) if truth(each, lambda name: lookup(facts, name))}


def cel_rust(conditions: Sequence[Expression], requests: Sequence[Facts]) -> Ask:
    import cel

    programs = [cel.compile(text(each, CEL)) for each in conditions]
    ready = {id(each): cel.Context(variables=dict(each)) for each in requests}
    return lambda facts: {n for n, each in enumerate(programs) if each.execute(ready[id(facts)])}


def cel_python(conditions: Sequence[Expression], requests: Sequence[Facts]) -> Ask:
    import celpy

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(text(each, CEL))) for each in conditions]
    ready = {id(each): celpy.json_to_cel(each) for each in requests}
    return lambda facts: {n for n, each in enumerate(programs) if each.evaluate(ready[id(facts)])}


def cedar(conditions: Sequence[Expression], requests: Sequence[Facts]) -> Ask:
    import cedarpy

    rules = "\n".join(f"permit(principal, action, resource) when {{ {text(each, CEDAR)} }};" for each in conditions)
    policies = cedarpy.PolicySet.from_str(rules)
    who = {"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"'}

    def asked(facts: Facts) -> dict[str, object]:
        cost = {"__extn": {"fn": "decimal", "arg": f"{facts['llm']['estimatedCost']:.4f}"}}
        return {**who, "context": {**facts, "llm": {**facts["llm"], "estimatedCost": cost}}}

    ready = {id(each): asked(each) for each in requests}
    return lambda facts: cedarpy.is_authorized(ready[id(facts)], policies, []).allowed


def rego(conditions: Sequence[Expression], _: Sequence[Facts]) -> Ask:
    from regopy import Interpreter

    lines = ["package p", *(line for n, each in enumerate(conditions) for line in rego_rules(n, each))]
    interpreter = Interpreter()
    interpreter.add_module("p", "\n".join(lines))
    bundle = interpreter.build("data.p.matched")

    def ask(facts: Facts) -> set[int]:
        interpreter.set_input(facts)
        return set(json.loads(str(interpreter.query_bundle(bundle)))["expressions"][0])

    return ask


def rego_rules(number: int, condition: Expression) -> Iterator[str]:
    words = {**CEL, "field": "input.{}", "in": "{1} in {0}", "contains": "{1} in {0}"}
    for conjunct in alternatives(condition):
        yield f"matched contains {number} if {{"
        for each in conjunct:
            yield f"  not {text(each.part, words)}" if isinstance(each, Not) else f"  {text(each, words)}"
        yield "}"


def alternatives(condition: Expression) -> list[list[Expression]]:
    if isinstance(condition, Or):
        return [each for part in condition.parts for each in alternatives(part)]
    if isinstance(condition, And):
        product: list[list[Expression]] = [[]]
        for part in condition.parts:
            product = [[*left, *right] for left in product for right in alternatives(part)]
        return product
    return [[condition]]


def casbin(conditions: Sequence[Expression], requests: Sequence[Facts]) -> Ask:
    import casbin as library

    model = library.Model()
    model.load_model_from_text(
        "[request_definition]\nr = llm, team, user, project\n[policy_definition]\np = rule\n"
        "[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = eval(p.rule)\n"
    )
    enforcer = library.Enforcer(model)
    for each in conditions:
        enforcer.add_policy(text(each, {**PYTHON, "field": "r.{}"}))
    ready = {id(each): [Fields(part) for part in each.values()] for each in requests}
    return lambda facts: enforcer.enforce(*ready[id(facts)])


class Fields:
    """Facts as attributes."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.__dict__.update(values)


def cerbos(conditions: Sequence[Expression], _: Sequence[Facts]) -> Ask:
    """Start Cerbos, a decision point of its own, and ask it over a kept connection; it ends when this program does."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    words = {**CEL, "field": "R.attr.{}"}
    rules = [
        {
            "actions": ["do"],
            "effect": "EFFECT_ALLOW",
            "roles": ["*"],
            "condition": {"match": {"expr": text(each, words)}},
        }
        for each in conditions
    ]
    policy = {
        "apiVersion": "api.cerbos.dev/v1",
        "resourcePolicy": {"resource": "r", "version": "default", "rules": rules},
    }
    (folder / "r.json").write_text(json.dumps(policy), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        web, other = one.getsockname()[1], two.getsockname()[1]
    told = {"storage.driver": "disk", "storage.disk.directory": folder, "telemetry.disabled": "true"}
    told |= {"server.httpListenAddr": f"127.0.0.1:{web}", "server.grpcListenAddr": f"127.0.0.1:{other}"}
    command = ["cerbos", "server", "--log-level=error", *(f"--set={name}={value}" for name, value in told.items())]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    surroundings = {**os.environ, "GOMAXPROCS": "1"}
    # What npm puts on the path is a program that starts another: they are ended together.
    running = subprocess.Popen(command, env=surroundings, start_new_session=True, **quiet)
    atexit.register(os.killpg, running.pid, signal.SIGTERM)
    connection = http.client.HTTPConnection("127.0.0.1", web)

    def ask(facts: Facts) -> bool:
        asked = {"principal": {"id": "u", "roles": ["user"]}}
        asked |= {"resources": [{"actions": ["do"], "resource": {"kind": "r", "id": "1", "attr": facts}}]}  # type: ignore[dict-item]
        connection.request("POST", "/api/check/resources", json.dumps(asked), {"content-type": "application/json"})
        results = json.loads(connection.getresponse().read())["results"]
        return bool(results[0]["actions"]["do"] == "EFFECT_ALLOW")

    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            ask({})
        except (OSError, KeyError, http.client.HTTPException):
            connection.close()
            time.sleep(0.1)
        else:
            break
    return ask


ENGINES = (
    Engine("yett", "yett", yett, lists=True),
    Engine("yett's specification", "yett", walk, lists=True),
    Engine("common-expression-language", "cel", cel_rust, lists=True),
    Engine("cel-python", "celpy", cel_python, lists=True),
    Engine("cedarpy", "cedarpy", cedar, lists=False),
    Engine("regopy", "regopy", rego, lists=True),
    Engine("casbin", "casbin", casbin, lists=False),
    Engine("cerbos, over HTTP", "cerbos", cerbos, lists=False, clock=time.perf_counter),
)


def told(answer: object) -> object:
    reasons = getattr(answer, "reasons", None)
    return answer if reasons is None else {int(reason.rule[1:]) for reason in reasons}


def measured(
    ask: Ask, requests: Sequence[Facts], seconds: float, clock: Callable[[], float]
) -> tuple[float, float, float]:
    took: list[int] = []
    begun = clock()
    while clock() - begun < seconds and len(took) < 100_000:
        each = requests[len(took) % len(requests)]
        start = time.perf_counter_ns()
        ask(each)
        took.append(time.perf_counter_ns() - start)
    rate = len(took) / (clock() - begun)
    took.sort()
    return rate, took[len(took) // 2] / 1000, took[len(took) * 99 // 100] / 1000


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measure the policy engine beside others.")
    arguments.add_argument("--seconds", type=float, default=0.5)
    arguments.add_argument("--rules", default="1,10,100,1000")
    options = arguments.parse_args()
    print(
        f"{'engine':<28} {'':>2} {'rules':>5} {'load ms':>8} {'decisions/s':>12} {'P50 µs':>10} {'P99 µs':>10} answers"
    )
    for name, workload in (("W1", w1), ("W2", w2)):
        slow: set[str] = set()
        for rules in map(int, options.rules.split(",")):
            rng = random.Random(rules)
            conditions = [workload(rng) for _ in range(rules)]
            requests = [request(rng) for _ in range(REQUESTS)]
            expected = [walk(conditions, ())(each) for each in requests[:CHECKED]]
            for engine in ENGINES:
                if engine.name in slow or not installed(engine):
                    continue
                begun = time.process_time()
                ask = engine.make(conditions, requests)
                loaded = (time.process_time() - begun) * 1000
                answers = [told(ask(each)) for each in requests[:CHECKED]]
                right = sum(
                    one == two if engine.lists else one is bool(two) for one, two in zip(answers, expected, strict=True)
                )
                rate, p50, p99 = measured(ask, requests, options.seconds, engine.clock)
                slow |= {engine.name} if rate < TOO_SLOW else set()
                print(
                    f"{engine.name:<28} {name:>2} {rules:>5} {loaded:>8.1f} {rate:>12,.0f} {p50:>10,.1f} {p99:>10,.1f} {right}/{CHECKED}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
