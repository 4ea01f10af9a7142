"""What a request will take, as facts that are computed when a rule asks for them."""

from collections.abc import Mapping
from decimal import Decimal
from unittest import mock

import pytest

from yett.limits.prices import Price, Prices
from yett.model.segment import Origin, Segment
from yett.model.unknown import Unknown
from yett.model.usage import Usage
from yett.services import estimating
from yett.services.estimating import Estimator

PRICES = Prices(
    {
        "known": Price(Decimal(10), Decimal(20), Decimal(1), longest=1000),
        "endless": Price(Decimal(10), Decimal(20)),
        "embedding": Price(Decimal(10)),
    },
)
HELLO = (Segment("/a", Origin.USER, "hello world"),)  # 2 tokens, and 6 around them


def facts(llm: object, segments: tuple[Segment, ...] = HELLO, cap: int | None = None) -> dict[str, object] | None:
    estimates = Estimator(PRICES).of({"llm": llm}, segments, cap)
    return {field.partition(".")[2]: estimate() for field, estimate in estimates.items()} if estimates else None


@pytest.mark.parametrize(
    ("llm", "cap", "tokens", "cost"),
    [
        ({"model": "known", "maxTokens": 100}, None, 8, 0.00208),
        ({"model": "known", "maxTokens": 100, "n": 3}, None, 8, 0.00608),
        ({"model": "known", "maxTokens": 100}, 50, 8, 0.00108),
        ({"model": "known", "maxTokens": 100}, 500, 8, 0.00208),
        ({"model": "known"}, 50, 8, 0.00108),
        ({"model": "known"}, None, 8, 0.02008),
        ({"model": "known", "maxTokens": 0}, None, 8, 0.00008),
        ({"model": "known", "maxTokens": "100"}, None, 8, 0.02008),
        ({"model": "known", "maxTokens": True}, None, 8, 0.02008),
        ({"model": "known", "maxTokens": 100, "estimatedTokens": 1_000_000}, None, 1_000_000, 10.002),
        ({"model": "known", "messageCount": 10, "maxTokens": 0}, None, 35, 0.00035),
        ({"model": "embedding"}, None, 8, 0.00008),
        ({"model": "endless"}, None, 8, Unknown.MISSING),
        ({"model": "endless"}, 100, 8, 0.00208),
        ({"model": "unheard-of", "maxTokens": 1}, None, 8, Unknown.MISSING),
        ({"model": "known", "n": "many"}, None, 8, Unknown.MISSING),
        ({"model": ["known"]}, None, 8, Unknown.MISSING),
        ({}, None, 8, Unknown.MISSING),
        ("what is no mapping", None, 8, Unknown.MISSING),
    ],
)
def test_tokens_and_cost_are_estimated(llm: object, cap: int | None, tokens: int, cost: object) -> None:
    assert facts(llm, cap=cap) == {"estimatedTokens": tokens, "estimatedCost": cost}


@pytest.mark.parametrize(
    ("llm", "cost"),
    [
        ({"model": "known", "estimatedTokens": 500_000, "maxTokens": 0}, 5.0),
        ({"model": "known", "estimatedTokens": "many"}, None),
        ({"model": "known"}, None),
    ],
)
def test_where_there_is_no_text_the_stated_tokens_count(llm: Mapping[str, object], cost: object) -> None:
    found = facts(llm, ())
    assert (found and found["estimatedCost"]) == cost


def test_tokens_are_counted_when_asked_and_once() -> None:
    with mock.patch.object(estimating, "tokens_in", return_value=7) as counting:
        estimates = Estimator(PRICES).of({"llm": {"model": "known"}}, HELLO)
        assert estimates
        assert not counting.called
        assert {name: each() for name, each in estimates.items()}
        assert counting.call_count == 1


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        ("known", Usage(1_000_000, 500_000, 400_000), "16.4"),
        ("known", Usage(1, 0), "0.00001"),
        ("known", Usage(), ""),
        ("unheard-of", Usage(5, 5), ""),
        ("embedding", Usage(100_000, 0), "1"),
        ("known", Usage(0, 5_000_000), "100"),
    ],
)
def test_what_was_spent_is_an_exact_decimal(model: str, usage: Usage, cost: str) -> None:
    assert Estimator(PRICES).spent(model, usage) == cost
