"""Showing: settings as others may see them, without their secrets."""

import yaml

from yett.compose.settings import Settings

__all__ = ["settings_schema", "settings_shape", "settings_text"]


def settings_shape(settings: Settings) -> dict[str, object]:
    """Return *settings* as plain values; secrets are stars."""
    return settings.model_dump(mode="json")


def settings_text(settings: Settings) -> str:
    """Return *settings* as a configuration file would say them."""
    return yaml.safe_dump(settings_shape(settings), sort_keys=False, allow_unicode=True, default_flow_style=None)


def settings_schema() -> dict[str, object]:
    """Return the JSON Schema of a configuration file."""
    return Settings.model_json_schema()
