"""What a model costs, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.limits.prices import Price, Prices, as_fact
from yett.model.usage import Usage

GPT = Price(Decimal("2.50"), Decimal(10), Decimal("1.25"))


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(), "0"),
        (Usage(1, 0), "0.0000025"),
        (Usage(1_000_000, 1_000_000), "12.5"),
        (Usage(1_000_000, 0, 1_000_000), "1.25"),
        (Usage(1_000, 100, 400), "0.003"),
        (Usage(100, 0, 400), "0.000125"),
    ],
)
def test_tokens_have_an_exact_cost(usage: Usage, cost: str) -> None:
    assert GPT.of(usage) == Decimal(cost)


def test_what_was_cached_costs_as_much_as_the_rest_where_no_price_is_given_for_it() -> None:
    assert Price(Decimal(2)).of(Usage(1_000_000, 5, 1_000_000)) == 2


@given(
    st.integers(0, 10**9), st.integers(0, 10**9), st.decimals("0", "1000", places=4), st.decimals("0", "1000", places=4)
)
def test_nothing_is_rounded(asked: int, answered: int, input: Decimal, output: Decimal) -> None:
    cost = Price(input, output).of(Usage(asked, answered))
    exact = asked * int(input * 10_000) + answered * int(output * 10_000)
    assert int(cost * 10**10) == cost * 10**10 == exact


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gpt-4o", 1), ("gpt-4o-2024-08-06", 2), ("gpt-4o-mini", 3), ("gpt-4o-mini-2024", 3), ("gpt-5", 4), ("own", 5),
        ("GPT-4o", None), ("gpt-4", None), ("", None), ("gpt-4o*", 2),
    ],
)  # fmt: skip
def test_the_most_specific_entry_of_the_first_list_that_knows_a_model_counts(model: str, found: int | None) -> None:
    own = {"gpt-4o": 1, "own": 5}
    shipped = {"gpt-4o": 7, "gpt-4o*": 2, "gpt-4o-mini*": 3, "gpt-?": 8, "gpt-5": 4, "own": 9}
    lists = [{name: Price(Decimal(price)) for name, price in each.items()} for each in (own, shipped)]
    price = Prices(*lists).find(model)
    assert (price and int(price.input)) == (8 if model == "gpt-4" else found)


def test_names_that_callers_make_up_are_not_kept_without_end() -> None:
    prices = Prices({"a*": GPT})
    assert all(prices.find(f"a{number}") is GPT for number in range(2_000))
    assert len(prices._known) <= 256


@given(st.decimals("0", "100000", places=6))
def test_a_cost_compares_as_the_decimals_that_people_write(money: Decimal) -> None:
    fact, written = as_fact(money), float(str(money))
    assert fact == written
    assert not fact < written
    assert not fact > written


@pytest.mark.parametrize(("money", "fact"), [("1.0", 1.0), ("0.1", 0.1), ("0.30", 0.3), ("0", 0.0), ("1e-10", 1e-10)])
def test_a_cost_is_the_number_that_a_policy_would_write(money: str, fact: float) -> None:
    assert as_fact(Decimal(money)) == fact
    assert type(as_fact(Decimal(money))) is float


def test_an_amount_that_no_float_tells_stays_a_decimal() -> None:
    long = Decimal("12345678901.1234567891")
    assert as_fact(long) is long
