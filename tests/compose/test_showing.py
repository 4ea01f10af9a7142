"""Settings are shown without their secrets."""

import json

import yaml

from yett.compose.settings import Settings
from yett.compose.showing import settings_schema, settings_shape, settings_text

KEY = "sk-0123456789abcdef-not-a-credential"


def test_what_is_shown_is_what_holds_but_for_secrets() -> None:
    settings = Settings.model_validate({"server": {"port": 5}, "llm_providers": {"openai": {"api_key": KEY}}})
    shape = settings_shape(settings)
    assert shape["server"]["port"] == 5  # type: ignore[index]
    assert KEY not in json.dumps(shape)
    assert yaml.safe_load(settings_text(settings)) == shape
    assert KEY not in settings_text(settings)


def test_the_text_of_settings_without_secrets_is_a_configuration() -> None:
    settings = Settings.model_validate({"app_name": "x", "policies": {"files": ["a"]}})
    assert Settings.model_validate(yaml.safe_load(settings_text(settings))) == settings


def test_the_schema_knows_every_section() -> None:
    schema = settings_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)  # type: ignore[call-overload]
    assert schema["additionalProperties"] is False
