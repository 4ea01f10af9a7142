"""What models cost, as it is configured."""

from decimal import Decimal
from pathlib import Path

import pytest

from yett.compose.prices import ModelPrice, PriceList, configured_prices, shipped_prices
from yett.model.errors import OperatorError


def test_the_shipped_list_can_be_read_and_knows_what_an_answer_may_cost() -> None:
    prices = shipped_prices()
    assert prices["stub"].output == 0
    assert prices["gpt-4o-mini*"].input == Decimal("0.15")
    assert [name for name, price in prices.items() if price.output and not price.longest] == []
    assert [name for name, price in prices.items() if price.cached is not None and price.cached > price.input] == []


def test_the_configuration_comes_first_then_its_files_then_what_is_shipped(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("gpt-4o: {input: 7.1}\ngpt-5: {input: '8'}\n")
    models = {"gpt-4o": ModelPrice(input=Decimal(6), longest=9)}
    prices = configured_prices(PriceList(models=models, files=(file,)))
    found = [prices.find(model) for model in ("gpt-4o", "gpt-5", "gpt-5-nano", "mine")]
    assert [price and str(price.input) for price in found] == ["6", "8", "0.05", None]


def test_a_number_is_the_decimal_that_was_written() -> None:
    assert PriceList.model_validate({"models": {"m": {"input": 0.1}}}).models["m"].input == Decimal("0.1")


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"m: {input: -1}", "bad-value", "`m.input`: input should be greater"),
        (b"m: {inputs: 1}", "bad-value", "`m.inputs`"),
        (b"- m", "bad-value", "`the list`"),
        (b"m: {input: cheap}", "bad-value", "`m.input`"),
        (b"m: {input: .inf}", "bad-value", "`m.input`"),
        (b"m: {", "bad-yaml", "not YAML"),
        (b"\xff", "unreadable-file", "not UTF-8"),
        (None, "unreadable-file", "no such file"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, content: bytes | None, code: str, told: str) -> None:
    file = tmp_path / "prices.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        configured_prices(PriceList(files=(file,)))
    assert {problem.code for problem in caught.value.problems} == {code}
    assert told in str(caught.value)
    assert str(file) in str(caught.value)
