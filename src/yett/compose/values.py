"""
Values: what may stand behind a key of the configuration.

Whatever is written as text is read as what its place expects, since environment variables hold nothing else; but a
boolean is never a number.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from yett.compose.references import ReferenceProblem, read_secret

__all__ = ["Attribute", "Count", "Names", "Port", "Score", "Seconds", "Secret", "capitals", "listed", "reject"]


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
