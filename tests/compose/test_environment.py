"""Variables say what they may say, and no more."""

from pathlib import Path

import pytest

from yett.compose.environment import assignments, notices, place_of, problems, provider_gaps, variables
from yett.model.errors import OperatorError


def said(environment: dict[str, str]) -> dict[str, str]:
    return {".".join(path): text for path, text, _ in assignments(environment)}


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("YETT_SERVER__PORT", "9000", "server.port"),
        ("YETT_SECURITY__PII_PROTECTION__ENABLED", "no", "security.pii_protection.enabled"),
        ("YETT_APP_NAME", "x", "app_name"),
        ("YETT_SERVER__PROT", "1", "server.prot"),
        ("PORT", "9000", "server.port"),
        ("LOG_LEVEL", "debug", "logging.level"),
        ("APP_NAME", "x", "app_name"),
        ("ALLOWED_MODELS", "a,b", "allowed_models"),
        ("MAX_PROMPT_LENGTH", "5", "server.max_prompt_length"),
        ("DATABASE_URL", "sqlite:///x", "records.database_url"),
        ("OPA_URL", "http://opa:8181", "policies.opa.url"),
    ],
)
def test_a_variable_sets_a_key(name: str, text: str, key: str) -> None:
    assert said({name: text}) == {key: text}


def test_our_own_variables_have_the_last_word() -> None:
    ours = [text for _, text, _ in assignments({"YETT_SERVER__PORT": "2", "PORT": "1"})]
    assert ours == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HOME", "x"),
        ("XYETT_A", "x"),
        ("YETT_CONFIG", "x"),
        ("YETT_SERVICE_HOST", "10.0.0.1"),
        ("YETT_SERVICE_PORT", "8000"),
        ("YETT_SERVER_SERVICE_PORT_HTTP", "8000"),
        ("YETT_PORT", "tcp://10.0.0.1:8000"),
        ("YETT_PORT_8000_TCP", "tcp://10.0.0.1:8000"),
        ("YETT_PORT_8000_TCP_ADDR", "10.0.0.1"),
    ],
)
def test_what_is_not_meant_for_the_configuration_is_left_alone(name: str, text: str) -> None:
    assert said({name: text}) == {}


def test_a_slip_of_the_pen_is_not_taken_for_a_service_of_kubernetes() -> None:
    assert said({"YETT_SERVER_PORT": "9000"}) == {"server_port": "9000"}


@pytest.mark.parametrize(("text", "key"), [("true", "strict"), ("1", "strict"), ("FALSE", None), ("0", None)])
def test_strict_sanitizing_chooses_the_strict_policies(text: str, key: str | None) -> None:
    assert said({"SANITIZE_STRICT": text}) == ({"policies.default": key} if key else {})
    assert list(problems({"SANITIZE_STRICT": text})) == []


def test_a_switch_is_true_or_false() -> None:
    assert [problem.code for problem in problems({"SANITIZE_STRICT": "maybe"})] == ["wrong-type"]


@pytest.mark.parametrize("name", ["ALLOWED_CONTEXT_ORIGINS", "CONTEXT_FIREWALL_RISK_THRESHOLD"])
def test_a_restriction_that_cannot_be_kept_stops_the_start(name: str) -> None:
    found = list(problems({name: "x"}))
    assert [(problem.place, problem.code) for problem in found] == [(place_of(name), "not-available")]


@pytest.mark.parametrize("name", ["JWT_SECRET", "REDIS_URL", "MODEL_PATH", "METRICS_PORT", "VAULT_ADDR"])
def test_what_has_no_effect_is_said(name: str) -> None:
    assert [(notice.place, notice.code) for notice in notices({name: "s3cret"})] == [(place_of(name), "no-effect")]
    assert "s3cret" not in str(next(notices({name: "s3cret"})))
    assert list(problems({name: "x"})) == []


@pytest.mark.parametrize(
    ("environment", "gaps"),
    [
        ({}, {}),
        ({"OPENAI_API_KEY": "a", "LLM_API_KEY": "b"}, {"api_key": "a"}),
        ({"LLM_API_KEY": "b", "OPENAI_API_URL": "http://h"}, {"api_key": "b", "base_url": "http://h"}),
    ],
)
def test_variables_know_the_provider_openai(environment: dict[str, str], gaps: dict[str, str]) -> None:
    assert {path[-1]: text for path, text, _ in provider_gaps(environment)} == gaps


def test_a_file_beside_is_read_below_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB='quoted ${A}'\nexport C=3\nD=\n# E=5\n")
    found = variables({"A": "environment", "F": ""}, tmp_path)
    assert found == {"A": "environment", "B": "quoted ${A}", "C": "3"}


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert variables({"A": "1"}, tmp_path) == {"A": "1"}


def test_an_unreadable_file_of_variables_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(OperatorError) as caught:
        variables({}, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / '.env'}: cannot be read: is not UTF-8; ")
