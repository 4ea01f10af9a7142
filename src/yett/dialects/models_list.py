"""The answer to `GET /v1/models`."""

from collections.abc import Mapping

from yett.dialects.strict_json import dump

__all__ = ["model_entry", "models_list"]


def models_list(owners: Mapping[str, str]) -> bytes:
    """List the models that are the keys of *owners*, each with the provider that serves it."""
    return dump({"object": "list", "data": [_entry(model, owner) for model, owner in owners.items()]})


def model_entry(model: str, owner: str) -> bytes:
    """Describe one *model*, for `GET /v1/models/{model}`."""
    return dump(_entry(model, owner))


def _entry(model: str, owner: str) -> dict[str, object]:
    # nobody tells us when a model was made; the protocol wants a number
    return {"id": model, "object": "model", "created": 0, "owned_by": owner}
