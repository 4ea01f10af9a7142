"""Rego in a process of its own: only a plain `false` lets pass, and nothing that happens there harms what is here."""

import asyncio
import os
import signal
import sys

import pytest

from yett.adapters.deciders.denier import Questions
from yett.adapters.deciders.rego import Rego

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

RULES = """package gateway

default deny := false

deny if input.model == "bad"
deny if regex.match("^(a+)+$", input.model)
deny if 1 / input.zero == 1
deny := "yes" if input.model == "word"
secret := opa.runtime().env

ready := true
"""
SLOW = "a" * 40 + "b"


def embedded(text: str = RULES, **changes: object) -> Rego:
    return Rego({"gateway.rego": text}, Questions(timeout=60)._replace(**changes))  # type: ignore[arg-type]


async def told(rego: Rego, *asked: dict[str, object]) -> list[tuple[bool, tuple[str, ...]]]:
    decisions = [await rego.decide(facts) for facts in asked]
    return [(decision.allowed, decision.reasons[0].unknown) for decision in decisions]


async def test_what_it_denies_is_denied_and_what_fails_is_too() -> None:
    rego = embedded(sentinel="gateway/ready")
    await rego.look()
    assert (rego.trouble, rego.mode) == ("", "LOCAL")
    asked = [{"model": "good"}, {"model": "bad"}, {"model": "x", "zero": 0}, {"model": "word"}, {"n": 2**70}, {}]
    assert await told(rego, *asked) == [
        (True, ()),
        (False, ()),
        (False, ("rego.failed",)),
        (False, ("rego.not-boolean",)),
        (False, ("rego.unwritable",)),
        (True, ()),
    ]
    await rego.aclose()


@pytest.mark.parametrize(
    ("path", "why"), [("gateway/nothing", "undefined"), ("gateway", "not-boolean"), ("other/deny", "undefined")]
)
async def test_a_path_that_is_no_boolean_is_not_relied_on(path: str, why: str) -> None:
    rego = embedded(RULES.replace("secret := opa.runtime().env", ""), path=path)
    assert await told(rego, {}) == [(False, (f"rego.{why}",))]
    await rego.aclose()


async def test_a_sentinel_that_is_not_true_holds_everything_back() -> None:
    rego = embedded(RULES.replace("ready := true", "ready := false"), sentinel="gateway/ready")
    assert await told(rego, {"model": "good"}) == [(False, ("rego.not-true",))]
    assert rego.trouble == "its sentinel is not true"
    await rego.aclose()


async def test_what_takes_too_long_is_denied_and_ended_and_the_next_question_is_answered() -> None:
    rego = embedded()
    assert await told(rego, {}) == [(True, ())]
    before = rego._process
    rego.questions = rego.questions._replace(timeout=0.2)
    assert await told(rego, {"model": SLOW}) == [(False, ("rego.timeout",))]
    assert before is not None
    assert before.returncode == -signal.SIGKILL
    rego.questions = rego.questions._replace(timeout=60)
    assert await told(rego, {"model": "bad"}, {"model": "good"}) == [(False, ()), (True, ())]
    await rego.aclose()


async def test_who_waits_too_long_for_a_turn_is_denied() -> None:
    rego = embedded()
    await rego.look()
    rego.questions = rego.questions._replace(timeout=0.3)
    first, second = await asyncio.gather(rego.decide({"model": SLOW}), rego.decide({"model": SLOW}))
    assert {first.allowed, second.allowed} == {False}
    await rego.aclose()


async def test_many_at_once_are_answered_each_its_own() -> None:
    rego = embedded()
    models = ["bad", "good"] * 20
    decisions = await asyncio.gather(*(rego.decide({"model": model}) for model in models))
    assert [decision.allowed for decision in decisions] == [model == "good" for model in models]
    await rego.aclose()


async def test_an_answer_that_nobody_waited_for_is_nobody_elses() -> None:
    rego = embedded()
    await rego.look()
    for _ in range(20):
        asking = asyncio.create_task(rego.decide({"model": "good"}))
        await asyncio.sleep(0)
        asking.cancel()
        assert not (await rego.decide({"model": "bad"})).allowed
    await rego.aclose()


async def test_a_process_that_ended_is_started_again() -> None:
    rego = embedded()
    for _ in range(2):
        assert await told(rego, {"model": "good"}, {"model": "bad"}) == [(True, ()), (False, ())]
        assert rego._process is not None
        os.kill(rego._process.pid, signal.SIGKILL)
    await rego.aclose()


@pytest.mark.parametrize("program", ["import sys; sys.exit(1)", "print('no JSON')", "print('{}')", "print('[')"])
async def test_a_process_that_does_not_do_its_part_denies(program: str) -> None:
    rego = Rego({"a.rego": RULES}, Questions(timeout=60), (sys.executable, "-I", "-c", program))
    assert await told(rego, {}) == [(False, ("rego.ended",))]
    await rego.aclose()


async def test_it_has_no_environment_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOT_A_CREDENTIAL", "told")
    rules = (
        'package a\n\ndefault deny := false\n\ndeny if object.get(opa.runtime().env, "NOT_A_CREDENTIAL", "") != ""\n'
    )
    rego = embedded(rules, path="a/deny")
    assert await told(rego, {}) == [(True, ())]
    await rego.aclose()
