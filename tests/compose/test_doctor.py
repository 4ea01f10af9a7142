"""The doctor looks at everything, and leaves nothing behind."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from yett.compose import doctor
from yett.compose.doctor import Check, State, examine
from yett.compose.loading import SettingsSource
from yett.model.errors import OperatorError, Place, Problem


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let policies hold without compiling every pattern."""
    monkeypatch.setattr(doctor, "open_guard", lambda config: None)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as open_socket:
        yield open_socket


def examined(folder: Path, text: str = "", **environment: str) -> dict[str, Check]:
    file = folder / "yett.yaml"
    file.write_text(text or "server: {mode: development, port: 0}")
    checks = examine(SettingsSource(file, environment, folder=folder))
    return {check.name: check for check in sorted(checks, key=lambda check: list(State).index(check.state))}


def test_a_sound_house_is_sound(tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert {check.state for check in found.values()} == {State.OK}
    assert set(found) == {
        "python", "google-re2", "hyperscan", "configuration", "policies", "journal", "port", "upstream stub",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["yett.yaml"]


def test_a_wrong_configuration_is_told_whole(tmp_path: Path) -> None:
    (tmp_path / "yett.yaml").write_text("a: 1\nb: 2\n")
    checks = list(examine(SettingsSource(None, {}, folder=tmp_path)))
    assert [check.state for check in checks if check.name == "configuration"] == [State.WRONG, State.WRONG]


def test_what_has_no_effect_is_a_note(tmp_path: Path) -> None:
    assert examined(tmp_path, "server: {port: 0}")["configuration"].state is State.NOTE


def test_a_policy_that_does_not_hold_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(config: Path) -> None:
        raise OperatorError(Problem(Place("p.yaml", 3), "failed-test", "it failed"))

    monkeypatch.setattr(doctor, "open_guard", failing)
    assert examined(tmp_path)["policies"] == Check("policies", State.WRONG, "p.yaml:3: it failed [failed-test]")


def test_an_old_python_is_wrong() -> None:
    assert doctor._python((3, 10)).state is State.WRONG
    assert doctor._python((3, 14)).state is State.OK


@pytest.mark.parametrize(("name", "state"), [("google-re2", State.WRONG), ("hyperscan", State.NOTE)])
def test_a_library_that_is_not_there_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, state: State
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda module: None)
    assert examined(tmp_path)[name].state is state


def test_a_port_that_is_taken_is_wrong(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_PATIENCE", 0.05)
    port = listener.getsockname()[1]
    assert examined(tmp_path, f"server: {{mode: development, port: {port}}}")["port"].state is State.WRONG


def test_a_port_on_which_a_gateway_serves_already_is_a_note(tmp_path: Path) -> None:
    class Alive(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Alive) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            found = examined(tmp_path, f"server: {{mode: development, port: {server.server_port}}}")
        finally:
            server.shutdown()
            thread.join()
    assert found["port"].state is State.NOTE


def test_a_host_that_is_not_here_is_wrong(tmp_path: Path) -> None:
    assert examined(tmp_path, "server: {host: 192.0.2.1, port: 0}")["port"].state is State.WRONG


def test_a_folder_that_cannot_be_written_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = examined(tmp_path, "records: {path: file/below}\nserver: {mode: development, port: 0}")
    assert found["journal"].state is State.WRONG


def test_an_upstream_is_there_or_is_not(tmp_path: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))  # nobody listens, and nobody else can begin to
        text = f"""
server: {{mode: development, port: 0}}
llm_providers:
  there: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1"}}
  gone: {{kind: openai, base_url: "http://127.0.0.1:{gone.getsockname()[1]}/v1"}}
"""
        found = examined(tmp_path, text)
    assert found["upstream there"].state is State.OK
    assert found["upstream gone"].state is State.WRONG
    assert "llm_providers.gone.base_url" in found["upstream gone"].cure
