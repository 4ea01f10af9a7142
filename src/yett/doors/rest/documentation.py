"""Documentation: the OpenAPI document of the whole door, and a page that shows it without asking anybody else."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from yett.doors.rest import shapes

__all__ = ["openapi", "page"]

_TEMPLATE = "#/components/schemas/{model}"
_Route = tuple[str, str, str, str, type[BaseModel], type[BaseModel]]
_PLAIN: tuple[_Route, ...] = (
    ("/api/v1/evaluate", "evaluate", "Decide.", "decisions", shapes.Question, shapes.Answered),
    ("/api/v1/evaluate/batch", "batch", "Decide many at once.", "decisions", shapes.Batch, shapes.BatchAnswered),
    ("/api/v1/explain", "explain", "Say why.", "decisions", shapes.Question, shapes.Explained),
    ("/api/v1/plan", "plan", "Say what a caller may use.", "decisions", shapes.Wish, shapes.Planned),
    (
        "/access/v1/evaluation",
        "authzen",
        "Decide, by the Authorization API 1.0 (AuthZEN).",
        "other vocabularies",
        shapes.AuthZenQuestion,
        shapes.AuthZenAnswer,
    ),
    (
        "/access/v1/evaluations",
        "authzen_batch",
        "Decide many at once, by the Authorization API 1.0 (AuthZEN).",
        "other vocabularies",
        shapes.AuthZenQuestions,
        shapes.AuthZenAnswers,
    ),
    (
        "/v1/data/{path}",
        "opa",
        "Decide, as Open Policy Agent's data API would.",
        "other vocabularies",
        shapes.OpaQuestion,
        shapes.OpaAnswer,
    ),
)
"""What is served without FastAPI: path, name, summary, tag, body, answer."""


def openapi(app: FastAPI) -> Mapping[str, Any]:
    """Return the OpenAPI document: what *app* says of its routes, and those that are served without it."""
    document = app.openapi()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    models = {model for *_, asked, answered in _PLAIN for model in (asked, answered)} | {shapes.Problem}
    made = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda each: each.__name__)], ref_template=_TEMPLATE
    )[1]
    schemas |= {name: schema for name, schema in made.get("$defs", {}).items() if name not in schemas}
    for path, name, summary, tag, asked, answered in _PLAIN:
        document["paths"][path] = {"post": _operation(name, summary, tag, asked, answered)}
    opa = document["paths"]["/v1/data/{path}"]["post"]
    opa["parameters"] = [{"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}]
    for operations in document["paths"].values():
        for operation in operations.values():
            _finish(operation)
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    }
    document["security"] = [{"bearer": []}, {"key": []}]
    return document


def page() -> bytes:
    """Return the page that shows the document."""
    return files("yett").joinpath("doors", "rest", "data", "docs.html").read_bytes()


def _operation(name: str, summary: str, tag: str, asked: type[BaseModel], answered: type[BaseModel]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "requestBody": {"required": True, "content": _json(asked)},
        "responses": {"200": {"description": (answered.__doc__ or "").strip(), "content": _json(answered)}},
    }


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _TEMPLATE.format(model=model.__name__)}}}


def _finish(operation: dict[str, Any]) -> None:
    """Say which errors there are, in the shape that they have."""
    responses = operation["responses"]
    responses.pop("422", None)
    problem = {"application/problem+json": {"schema": {"$ref": _TEMPLATE.format(model="Problem")}}}
    for status, why in (("400", "It is not understood."), ("401", "The credential is not known.")):
        responses.setdefault(status, {"description": why, "content": problem})
