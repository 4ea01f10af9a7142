"""A request that was judged and may go to an upstream."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from yett.dialects.dialect import Texts
from yett.dialects.openai_chat import OPENAI_CHAT
from yett.limits.prices import Price, Prices
from yett.model.decision import Decision, Effect
from yett.model.obligation import Cap, Obligation, Redact, Route
from yett.model.principal import ANONYMOUS
from yett.model.record import Record
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.verdict import Verdict
from yett.services.asking import held, interaction_of, obliged, request_facts, too_much, upstream_for
from yett.services.calls import Call
from yett.services.estimating import Estimator
from yett.services.snapshots import Limits
from yett.services.upstreams import Route as Way
from yett.services.upstreams import Routes

PAYLOAD: dict[str, Any] = {"model": "gpt-4", "messages": [{"role": "user", "content": "hi"}]}
UPSTREAM = SimpleNamespace(name="up")


def snapshot(*caps: Cap, models: tuple[str, ...] = ("gpt-*",), limits: Limits | None = None) -> Any:
    return SimpleNamespace(routes=Routes([Way(UPSTREAM, models, caps=caps)]), limits=limits or Limits())  # type: ignore[arg-type]


def recorded() -> Any:
    return SimpleNamespace(record=Record("r", 0.0, "openai.chat"))


def verdict(*obligations: Obligation) -> Verdict:
    return Verdict(Decision(True, Effect.LIMIT, (), obligations), (), ())


def test_facts_tell_where_a_request_comes_from() -> None:
    call = Call("r", "openai.chat", b"", client="203.0.113.9", facts={"hour": 7})
    facts = request_facts(OPENAI_CHAT, PAYLOAD, call, 1_798_675_200.0)
    assert facts["request"] == {"ip": "203.0.113.9", "date": 20261231, "hour": 7}
    assert facts["llm"]["model"] == "gpt-4"


def test_what_a_request_will_take_is_estimated_when_policy_asks() -> None:
    texts = Texts((Segment("/a", Origin.USER, "word " * 1000),))
    facts = {"llm": {**OPENAI_CHAT.facts(PAYLOAD)["llm"], "model": "gpt-4"}}
    prices = Prices({"gpt-4": Price(Decimal(30), Decimal(60), longest=8192)})
    for caps, cost in (((), 0.52158), ((Cap("max_tokens", 100), Cap("characters", 5)), 0.03606)):
        house = SimpleNamespace(**vars(snapshot(*caps)), estimator=Estimator(prices))
        interaction = interaction_of(texts, facts, ANONYMOUS, house)  # type: ignore[arg-type]
        assert interaction.estimates["llm.estimatedTokens"]() == 1007
        assert interaction.estimates["llm.estimatedCost"]() == pytest.approx(cost, abs=0.001)


def test_a_served_model_is_noted() -> None:
    noted = recorded()
    assert upstream_for(OPENAI_CHAT.facts(PAYLOAD), snapshot(), noted) is UPSTREAM
    assert (noted.record.model, noted.record.upstream) == ("gpt-4", "up")


def test_a_model_that_nobody_serves_is_not_found() -> None:
    refusal = upstream_for(OPENAI_CHAT.facts(PAYLOAD), snapshot(models=("llama*",)), recorded())
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.code, refusal.param) == (404, "model_not_found", "model")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(prompt_characters=4), "request_too_large"),
        (Limits(messages=0), "request_too_large"),
        (Limits(prompt_characters=5, messages=1), None),
    ],
)
def test_a_request_may_bring_only_so_much(limits: Limits, code: str | None) -> None:
    texts = Texts((Segment("/a", Origin.USER, "abc"), Segment("/b", Origin.USER, "de")))
    refusal = too_much(texts, OPENAI_CHAT.facts(PAYLOAD), snapshot(limits=limits))
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("obligation", "changed"),
    [
        (Cap("max_tokens", 5), {"max_tokens": 5}),
        (Route(frozenset({"gpt-5", "gpt-4o"})), {"model": "gpt-4o"}),
        (Route(frozenset({"gpt-4", "gpt-5"})), {}),
        (Route(frozenset({"unserved", "gpt-9"})), {"model": "gpt-9"}),
        (Route(frozenset({"unserved"})), {"model": "unserved"}),
        (Redact("pii"), {}),
    ],
)
def test_obligations_that_concern_the_whole_request_are_carried_out(
    obligation: Obligation, changed: dict[str, Any]
) -> None:
    assert obliged(OPENAI_CHAT, PAYLOAD, verdict(obligation), snapshot()) == {**PAYLOAD, **changed}


def test_the_smaller_cap_holds_and_is_recorded() -> None:
    noted = recorded()
    noted.record.model = "gpt-4"
    payload = obliged(OPENAI_CHAT, PAYLOAD, verdict(Cap("max_tokens", 9)), snapshot())
    payload = held(OPENAI_CHAT, payload, (Cap("max_tokens", 9),), snapshot(Cap("max_tokens", 7)), noted)
    assert payload["max_tokens"] == 7
    assert noted.record.caps == {"max_tokens": 7}
