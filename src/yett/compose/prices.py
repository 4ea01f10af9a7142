"""Prices: what models cost, as the configuration says, its files, and the list that is shipped."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from yett.compose.values import Count
from yett.limits.prices import Price, Prices
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["ModelPrice", "PriceList", "configured_prices", "shipped_prices"]

_Money = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=20)]


class ModelPrice(BaseModel):
    """What a model costs, in US dollars for a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: _Money
    """Of what it is asked."""
    output: _Money = Decimal(0)
    """Of what it answers."""
    cached: _Money | None = None
    """Of input that the provider had cached; as other input when it is not given."""
    longest: Count | None = None
    """The most tokens of one answer: what a request may cost that names no limit."""


class PriceList(BaseModel):
    """What models cost. What stands here comes first, then the files, then the list that is shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: dict[str, ModelPrice] = {}
    """By a model's name, or a pattern with `*` and `?`; of several that fit the longest counts."""
    files: tuple[Path, ...] = ()
    """YAML files in the same form: models and their prices."""


def configured_prices(settings: PriceList) -> Prices:
    """
    Return the prices that *settings* mean.

    Raises:
        OperatorError: a file is wrong.
    """
    return Prices(_plain(settings.models), *(_read(file) for file in settings.files), shipped_prices())


@cache
def shipped_prices() -> Mapping[str, Price]:
    """Return the list that is shipped."""
    text = files("yett").joinpath("limits", "data", "prices.yaml").read_text("utf-8")
    return _plain(_LIST.validate_python(yaml.safe_load(text)))


_LIST = TypeAdapter(dict[str, ModelPrice])


def _plain(models: Mapping[str, ModelPrice]) -> Mapping[str, Price]:
    return MappingProxyType(
        {name: Price(each.input, each.output, each.cached, each.longest) for name, each in models.items()}
    )


def _read(file: Path) -> Mapping[str, Price]:
    try:
        return _plain(_LIST.validate_python(yaml.safe_load(file.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read").lower()
        problem = Problem(Place(str(file)), "unreadable-file", f"`{file}` {why}", "name a readable YAML file")
        raise OperatorError(problem) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(str(file), mark.line + 1, mark.column + 1) if mark else Place(str(file))
        raise OperatorError(
            Problem(place, "bad-yaml", "this is not YAML", "check the line and the one above")
        ) from None
    except ValidationError as error:
        raise OperatorError(*(_problem(file, each["loc"], each["msg"]) for each in error.errors())) from None


def _problem(file: Path, where: tuple[int | str, ...], why: str) -> Problem:
    named = ".".join(map(str, where)) or "the list"
    hint = 'write such as `my-model: {input: "0.50", output: "1.50", longest: 8192}`'
    return Problem(Place(str(file)), "bad-value", f"`{named}`: {why[:1].lower()}{why[1:]}", hint)
