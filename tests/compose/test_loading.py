"""A configuration is loaded whole, or everything that is wrong with it is told."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.compose import complaints
from yett.compose.loading import Loaded, SettingsSource, load
from yett.model.errors import OperatorError, Problem

CONTRACT = """
server: {host: 0.0.0.0, port: 8000, workers: 4, max_request_size: 1048576}
security:
  prompt_injection: {enabled: true, detection_models: [rule_based, ml_based], block_threshold: 0.7}
  pii_protection: {enabled: true, detection_types: [email, ssn, credit_card, phone, ip_address], redaction_strategy: mask}
  rate_limiting: {requests_per_minute: 60, requests_per_hour: 1000, burst_allowance: 10}
llm_providers:
  openai: {api_key: "${OPENAI_API_KEY}", model: gpt-4o-mini, max_tokens: 1000}
  anthropic: {api_key: "${ANTHROPIC_API_KEY}", model: claude-sonnet}
  local: {kind: openai, base_url: "http://127.0.0.1:11434/v1", models: ["llama3*"]}
logging: {level: INFO, format: json, retention_days: 90, sensitive_data_logging: false}
"""
KEY = "sk-0123456789abcdef-not-a-credential"


class Place:
    """A folder with a configuration file, and what is loaded from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, text: str | None = None, /, over: dict[str, object] | None = None, **environment: str) -> Loaded:
        if text is not None:
            (self.folder / "yett.yaml").write_text(text)
        return SettingsSource(None, environment, over or {}, self.folder).load()

    def problems(self, text: str | None = None, /, **environment: str) -> tuple[Problem, ...]:
        with pytest.raises(OperatorError) as caught:
            self.load(text, **environment)
        return caught.value.problems


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_contracts_example_holds_and_says_what_has_no_effect(place: Place) -> None:
    loaded = place.load(CONTRACT, OPENAI_API_KEY=KEY, ANTHROPIC_API_KEY=KEY)
    settings = loaded.settings
    assert settings.server.workers == 4
    assert settings.server.mode == "production"
    assert list(settings.providers) == ["openai", "local"]
    key = settings.llm_providers["openai"].api_key
    assert key is not None
    assert key.get_secret_value() == KEY
    assert {notice.place.line for notice in loaded.notices} == {0, 9, 11}


def test_nothing_is_needed_and_then_it_is_for_development_on_this_machine(place: Place) -> None:
    loaded = place.load()
    assert loaded.settings.server.mode == "development"
    assert loaded.file is None
    assert loaded.notices == ()


@pytest.mark.parametrize(
    ("text", "environment", "mode"),
    [
        (None, {}, "development"),
        (None, {"YETT_SERVER__HOST": "0.0.0.0"}, "production"),
        (None, {"YETT_SERVER__HOST": "::1"}, "development"),
        (None, {"YETT_SERVER__MODE": "production"}, "production"),
        ("{}", {}, "production"),
        ("server: {mode: development}", {}, "development"),
    ],
)
def test_development_is_never_a_surprise(
    place: Place, text: str | None, environment: dict[str, str], mode: str
) -> None:
    assert place.load(text, **environment).settings.server.mode == mode


def test_what_counts_for_more_wins(place: Place) -> None:
    text = "server: {port: 1}"
    assert place.load(text).settings.server.port == 1
    assert place.load(text, PORT="2").settings.server.port == 2
    assert place.load(text, PORT="2", YETT_SERVER__PORT="3").settings.server.port == 3
    said = place.load(text, {"server.port": 4, "server.host": None}, PORT="2", YETT_SERVER__PORT="3").settings
    assert (said.server.port, said.server.host) == (4, "127.0.0.1")


def test_variables_can_say_everything(place: Place) -> None:
    keys = json.dumps([{"id": "a", "secret": KEY, "roles": ["admin"], "attributes": {"team.tier": "free"}}])
    settings = place.load(
        YETT_ACCESS__KEYS=keys,
        YETT_LLM_PROVIDERS__LOCAL__KIND="openai",
        YETT_LLM_PROVIDERS__LOCAL__BASE_URL="http://127.0.0.1:1/v1",
        YETT_LLM_PROVIDERS__LOCAL__MODELS="[a, b]",
        YETT_SECURITY__PII_PROTECTION__DETECTION_TYPES="email,ssn",
        YETT_SECURITY__PII_PROTECTION__ENABLED="no",
        YETT_LLM_PROVIDERS__LOCAL__API_KEY="[not a list",
    ).settings
    assert settings.access.keys[0].attributes == {"team.tier": "free"}
    assert settings.llm_providers["local"].models == ("a", "b")
    assert settings.security.pii_protection.detection_types == ("email", "ssn")
    assert settings.security.pii_protection.enabled is False


@pytest.mark.parametrize(
    ("text", "environment", "found"),
    [
        (None, {"OPENAI_API_KEY": KEY}, {"openai": "https://api.openai.com/v1", "stub": None}),
        (None, {"LLM_API_KEY": KEY, "OPENAI_API_URL": "http://h/v1"}, {"openai": "http://h/v1", "stub": None}),
        ("{}", {"OPENAI_API_KEY": KEY}, {"openai": "https://api.openai.com/v1"}),
        ("llm_providers: {openai: {model: m}}", {"OPENAI_API_KEY": KEY}, {"openai": "https://api.openai.com/v1"}),
        ("llm_providers: {a: {kind: stub}}", {"OPENAI_API_KEY": KEY}, {"a": None}),
    ],
)
def test_variables_fill_what_the_file_leaves_open(
    place: Place, text: str | None, environment: dict[str, str], found: dict[str, str | None]
) -> None:
    providers = place.load(text, **environment).settings.llm_providers
    assert {name: provider.base_url for name, provider in providers.items()} == found


@pytest.mark.parametrize("address", ["http://elsewhere/v1", "https://api.openai.com.evil.example/v1"])
def test_no_key_goes_to_an_address_that_it_was_not_meant_for(place: Place, address: str) -> None:
    text = f"llm_providers: {{openai: {{base_url: '{address}'}}}}"
    assert place.load(text, OPENAI_API_KEY=KEY).settings.llm_providers["openai"].api_key is None


def test_a_file_is_named_by_the_command_line_before_a_variable_before_the_folder(tmp_path: Path) -> None:
    for name in ("a", "b", "yett"):
        (tmp_path / f"{name}.yaml").write_text(f"app_name: {name}")
    named = {"YETT_CONFIG": str(tmp_path / "b.yaml")}
    first = SettingsSource(tmp_path / "a.yaml", named, folder=tmp_path).load()
    second = SettingsSource(None, named, folder=tmp_path).load()
    third = SettingsSource(None, {}, folder=tmp_path).load()
    assert [loaded.settings.app_name for loaded in (first, second, third)] == ["a", "b", "yett"]


def test_paths_begin_where_the_file_is(place: Place) -> None:
    text = "policies: {files: [a.yaml, /b.yaml]}\nrecords: {path: data}\nsecurity: {banned_terms: {files: [t.yaml]}}"
    settings = place.load(text).settings
    assert settings.policies.files == (place.folder / "a.yaml", Path("/b.yaml"))
    assert settings.records.path == place.folder / "data"
    assert settings.security.banned_terms.files == (place.folder / "t.yaml",)


def test_dot_env_is_read_below_the_environment(place: Place) -> None:
    (place.folder / ".env").write_text("APP_NAME=file\nLOG_LEVEL=error\n")
    settings = place.load(APP_NAME="environment").settings
    assert (settings.app_name, settings.logging.level) == ("environment", "ERROR")


def test_every_problem_is_told_at_once_with_its_place(place: Place) -> None:
    text = "server:\n  prot: 1\n  workers: none\nlogging: {level: LOUD, format: '${NOPE}'}\n"
    found = place.problems(text, YETT_SERVER__PORT="x", YETT_FOO="1", ALLOWED_CONTEXT_ORIGINS="kb://")
    told = [(str(problem.place).removeprefix(f"{place.folder}/"), problem.code) for problem in found]
    assert sorted(told) == [
        ("environment variable ALLOWED_CONTEXT_ORIGINS", "not-available"),
        ("environment variable YETT_FOO", "unknown-key"),
        ("environment variable YETT_SERVER__PORT", "wrong-type"),
        ("yett.yaml:2:3", "unknown-key"),
        ("yett.yaml:3:3", "wrong-type"),
        ("yett.yaml:4:11", "unknown-value"),
        ("yett.yaml:4:24", "unset-variable"),
    ]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "unreadable-file"),
        (lambda path: path.mkdir(), "unreadable-file"),
        (lambda path: path.write_bytes(b"\xff"), "encoding"),
        (lambda path: path.write_bytes(b"#" * 5_000_000), "unreadable-file"),
        (lambda path: path.write_text("a: [1"), "syntax"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, make: object, code: str) -> None:
    path = tmp_path / "f.yaml"
    make(path)  # type: ignore[operator]
    with pytest.raises(OperatorError) as caught:
        SettingsSource(path, {}, folder=tmp_path).load()
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    ("text", "environment", "code"),
    [
        ("{}", {}, "no-access"),
        ("server: {mode: development, host: 0.0.0.0}", {}, "open-door"),
        ("server: {mode: development}\nlogging: {retention_days: 5}", {}, "no-effect"),
        ("server: {mode: development}", {"JWT_SECRET": "x"}, "no-effect"),
    ],
)
def test_what_does_less_than_it_seems_is_told_without_stopping_the_start(
    place: Place, text: str, environment: dict[str, str], code: str
) -> None:
    assert [notice.code for notice in place.load(text, **environment).notices] == [code]


def test_a_program_loads_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "f.yaml"
    file.write_text("app_name: x")
    assert load(file, server__port=5).server.port == 5


BROKEN = st.sampled_from(["prot: 1", "workers: none", "port: [1]", "mode: x", "host: 5"])
SECRET = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=25, max_size=60)
HOLES = st.sampled_from(
    [
        "llm_providers: {openai: {api_key: CANARY, model: 5}}",
        "llm_providers: {openai: CANARY}",
        "llm_providers: {x: {api_key: CANARY}}",
        "llm_providers: {x: {kind: openai, base_url: 'http://u:CANARY@h'}}",
        "llm_providers: {x: {kind: CANARY}}",
        "access: {keys: [{id: a, secret: CANARY, rolls: 1}]}",
        "access: {keys: [{id: a, secret: CANARY}, {id: a, secret: CANARY}]}",
        "access: {keys: CANARY}",
        "access: {keys: [CANARY]}",
        "records: {database_url: 'postgres://u:CANARY@h/db', sync: 5}",
        "records: {database_url: [CANARY]}",
        "logging: {level: CANARY}",
        "security: {pii_protection: {enabled: CANARY}}",
    ]
)


def reveals_no_secret(folder: Path, broken: str, hole: str, secret: str) -> None:
    """Check that problems, however told, do not repeat *secret*: written out, by reference, or in a variable."""
    for value in (secret, "${A_SECRET}"):
        text = f"server: {{{broken}}}\n{hole.replace('CANARY', value)}"
        environment = {"A_SECRET": secret, "YETT_SERVER__MAX_MESSAGES": secret, "DATABASE_URL": secret}
        found = Place(folder).problems(text, **environment)
        assert found
        assert secret not in f"{OperatorError(*found)} {found!r}"


@given(broken=BROKEN, hole=HOLES, secret=SECRET)
def test_a_problem_never_repeats_a_secret(
    tmp_path_factory: pytest.TempPathFactory, broken: str, hole: str, secret: str
) -> None:
    reveals_no_secret(tmp_path_factory.mktemp("conf"), broken, hole, secret)


def test_the_check_for_secrets_notices_a_loader_that_repeats_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complaints, "_shown", lambda error, path, places: True)
    with pytest.raises(AssertionError):
        reveals_no_secret(tmp_path, "workers: none", "logging: {level: CANARY}", "x" * 40)
