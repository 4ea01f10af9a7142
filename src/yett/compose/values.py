"""
Values: what may stand behind a key of the configuration.

Whatever is written as text is read as what its place expects, since environment variables hold nothing else; but a
boolean is never a number.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from yett.compose.references import ReferenceProblem, read_secret
from yett.detectors.expression import BadPattern, compiled
from yett.detectors.rules import PACKS
from yett.model.kinds import KINDS, family

__all__ = [
    "ALL",
    "COUNTRIES",
    "NAMED",
    "PERSONAL",
    "Attribute",
    "Count",
    "Country",
    "DetectorName",
    "Names",
    "Pattern",
    "PersonalKind",
    "Port",
    "Score",
    "Seconds",
    "Secret",
    "capitals",
    "listed",
    "reject",
]

ALL = "all"
"""Stands for every choice there is."""
COUNTRIES = PACKS
"""The countries whose numbers are known."""
PERSONAL = tuple(kind.partition(".")[2] for kind in KINDS if family(kind) == "pii" and not kind.endswith("."))
"""The registered kinds of personal data, without their family."""
NAMED = ("person", "organisation", "location", "address")
"""Those of them that have no form and take a language model to be found."""


def reject(code: str, message: str, hint: str = "", key: str = "") -> PydanticCustomError:
    """Return the error that becomes a Problem with this *code*, *message* and *hint*, about *key* below its place."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint, "key": key})


def capitals(value: object) -> object:
    """Read a word in capitals, however it was written."""
    return value.upper() if isinstance(value, str) else value


def listed(value: object) -> object:
    """Read one text with commas as a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise reject("wrong-type", f"must be a number, not `{str(value).lower()}`")
    return value


def _attribute(value: object) -> object:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    if not isinstance(value, str | int | float):
        raise reject("wrong-type", "must be text, a number, true, false or a list of texts")
    return value


def _secret(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read_secret(value)
    except ReferenceProblem as problem:
        raise reject(problem.code, problem.message, problem.hint) from None


def _kind(name: str) -> str:
    return _one_of((ALL, *PERSONAL), name.removeprefix("pii."))


def _country(name: str) -> str:
    return _one_of((ALL, *COUNTRIES), name.lower())


def _one_of(choices: Sequence[str], name: str) -> str:
    """Return *name*, which must be among *choices*."""
    if name not in choices:
        close = get_close_matches(name.lower(), choices, 1)
        hint = f"did you mean `{close[0]}`?" if close else f"write `{ALL}`, or some of {', '.join(choices[1:])}"
        raise reject("unknown-value", "is none of those that are known", hint)
    return name


def _pattern(text: str) -> str:
    try:
        compiled(text)
    except BadPattern:
        raise reject("pattern", "is no RE2 pattern", "RE2 has no look-around and no back-references") from None
    return text


Count = Annotated[int, BeforeValidator(_number), Field(ge=1)]
"""A whole number from one."""

Port = Annotated[int, BeforeValidator(_number), Field(ge=0, le=65535)]
"""A TCP port; 0 takes any that is free."""

Seconds = Annotated[float, BeforeValidator(_number), Field(gt=0, allow_inf_nan=False)]
"""A stretch of time."""

Score = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1, allow_inf_nan=False)]
"""How sure, from 0 to 1."""

Attribute = Annotated[object, BeforeValidator(_attribute)]
"""A fact that policies may ask for."""

Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
"""A list of texts, or one text with commas."""

Secret = Annotated[SecretStr, BeforeValidator(_secret)]
"""A secret: itself, or `file:` and the absolute path of a file that holds it."""

PersonalKind = Annotated[str, AfterValidator(_kind)]
"""A registered kind of personal data, with or without its family; or `all`."""

Country = Annotated[str, AfterValidator(_country)]
"""A country whose numbers are known (ISO 3166); or `all`."""

DetectorName = Literal[
    "canaries", "classifier", "hidden_text", "leakage", "links", "names", "patterns", "shots", "size", "text"
]
"""A detector, built in or of an extra."""

Pattern = Annotated[str, AfterValidator(_pattern)]
"""A pattern in RE2's syntax."""
