"""The answer to `GET /v1/models`."""

import json

from openai.types import Model

from yett.dialects.models_list import model_entry, models_list


def test_models_are_listed_in_order_with_their_providers() -> None:
    told = json.loads(models_list({"gpt-4o-mini": "openai", "llama3": "local"}))
    assert told["object"] == "list"
    assert [(Model(**entry).id, entry["owned_by"]) for entry in told["data"]] == [
        ("gpt-4o-mini", "openai"),
        ("llama3", "local"),
    ]


def test_one_model_is_told_alone() -> None:
    assert Model(**json.loads(model_entry("m", "stub"))).object == "model"
