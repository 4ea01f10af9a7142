"""Settings: what may be written, and what it means."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from yett.compose.settings import RateLimiting, Settings
from yett.detectors.topics import CATEGORIES

LONG = "0123456789abcdef-not-a-credential"


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def test_nothing_need_be_written() -> None:
    nothing = settings()
    assert nothing.server.mode == "production"
    assert nothing.server.host == "127.0.0.1"
    assert nothing.logging.sensitive_data_logging is False
    assert [provider.kind for provider in nothing.providers.values()] == ["stub"]


@pytest.mark.parametrize(
    "given",
    [
        {"serve": {}},
        {"server": {"prot": 1}},
        {"security": {"prompt_injection": {"threshold": 1}}},
        {"logging": {"sensitive_data_logging": True}},
        {"logging": {"level": "LOUD"}},
        {"records": {"database_url": "mysql://h/db"}},
        {"security": {"prompt_injection": {"block_threshold": 1.5}}},
        {"policies": {"default": "lenient"}},
        {"access": {"keys": [{"id": "a", "secret": "short"}]}},
        {"access": {"keys": [{"id": "a", "secret": LONG}, {"id": "a", "secret": LONG + "2"}]}},
        {"access": {"keys": [{"id": "a", "secret": LONG}, {"id": "b", "secret": LONG}]}},
        {"server": {"host": ""}},
        {"security": {"banned_terms": {"categories": ["horror"]}}},
        {"security": {"pii_protection": {"detection_types": ["shoe_size"]}}},
        {"security": {"pii_protection": {"countries": ["atlantis"]}}},
        {"security": {"pii_protection": {"thresholds": {"phone": 2}}}},
        {"security": {"pii_protection": {"thresholds": {"telephone": 0.5}}}},
        {"security": {"pii_protection": {"allow": {"hashes": ["abc"]}}}},
        {"security": {"pii_protection": {"allow": {"patterns": ["("]}}}},
        {"security": {"canaries": ["heron"]}},
    ],
)
def test_what_is_not_understood_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**given)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        settings().server.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "bursts"),
    [
        ({"requests_per_minute": 5}, [(5, 5), (100_000, 100_000)]),
        ({"requests_per_minute": 60, "requests_per_hour": 1000, "burst_allowance": 10}, [(60, 10), (1000, 1000)]),
        ({"requests_per_minute": 5, "burst_allowance": 50}, [(5, 5), (100_000, 100_000)]),
        ({"requests_per_minute": 60, "requests_per_hour": 10}, [(60, 10), (10, 10)]),
        ({"enabled": False}, []),
    ],
)
def test_limits_never_grant_more_at_once_than_in_all(given: dict[str, object], bursts: list[tuple[int, int]]) -> None:
    rates = RateLimiting.model_validate(given).rates
    assert [(rate.amount, rate.burst) for rate in rates] == bursts


def test_providers_that_are_not_spoken_are_left_out_and_nothing_takes_their_place() -> None:
    both = settings(llm_providers={"anthropic": {"model": "c"}, "l": {"kind": "openai", "base_url": "http://h"}})
    assert list(both.providers) == ["l"]
    assert settings(llm_providers={"anthropic": {"model": "c"}}).providers == {}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "sqlite:///.yett/records.db"),
        ({"path": "/var/lib/yett"}, "sqlite:////var/lib/yett/records.db"),
        ({"database_url": "sqlite:///x.db"}, "sqlite:///x.db"),
        ({"database_url": "postgresql://h/db"}, "postgresql://h/db"),
        ({"database_url": "postgres://h/db"}, "postgres://h/db"),
    ],
)
def test_records_have_a_database(given: dict[str, object], address: str) -> None:
    assert settings(records=given).records.database == address


def test_words_are_read_in_any_case_where_case_means_nothing() -> None:
    assert settings(logging={"level": "debug"}).logging.level == "DEBUG"


def test_every_category_that_is_shipped_can_be_banned() -> None:
    banned = settings(security={"banned_terms": {"categories": list(CATEGORIES)}}).security.banned_terms
    assert banned.categories == CATEGORIES


def test_paths_are_paths() -> None:
    assert settings(policies={"files": ["a.yaml"]}).policies.files == (Path("a.yaml"),)


def test_no_secret_is_shown() -> None:
    whole = settings(
        llm_providers={"openai": {"api_key": LONG}},
        access={"keys": [{"id": "a", "secret": LONG}]},
        records={"database_url": f"sqlite:///{LONG}"},
        security={"canaries": [LONG]},
    )
    assert LONG not in f"{whole!r} {whole} {whole.model_dump_json()} {whole.model_dump()}"
