"""`yett serve` hands over what it was told."""

import pytest

from tests.cli.conftest import Run
from yett.cli import serve
from yett.compose.loading import SettingsSource


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[SettingsSource]:
    seen: list[SettingsSource] = []
    monkeypatch.setattr(serve, "serve_gateway", seen.append)
    return seen


def test_options_override_everything_else(
    yett: Run, served: list[SettingsSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YETT_SERVER__PORT", "1")
    assert yett("serve", "--host", "::1", "--port", "0", "--grpc-port", "50051", "--workers", "2") == (0, "", "")
    server = served[0].load().settings.server
    assert (server.host, server.port, server.grpc_port, server.workers) == ("::1", 0, 50051, 2)


def test_without_options_the_configuration_counts(
    yett: Run, served: list[SettingsSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YETT_SERVER__PORT", "1")
    yett("serve")
    assert served[0].load().settings.server.port == 1
