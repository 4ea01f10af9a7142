"""The command `yett`: every command is listed, and mistakes are told without tracebacks."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Run
from yett.cli import app
from yett.cli.app import COMMANDS, LazyGroup
from yett.cli.app import yett as command
from yett.model.errors import NotReady, OperatorError, Place, Problem

HERE = {**os.environ, "PYTHONPATH": str(Path(app.__file__).parents[2])}


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_help_lists_every_command_with_one_line_each(yett: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = yett(*arguments)
    assert (code, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    for name, entry in COMMANDS.items():
        assert [line for line in lines if line.startswith(f"{name} ") and line.endswith(entry.help)], name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(yett: Run, name: str) -> None:
    entry = COMMANDS[name]
    itself = getattr(import_module(entry.module), entry.name)
    assert isinstance(itself, click.Command)
    assert itself.short_help == entry.help
    assert yett(*name.split(), "--help").code == 0


def test_a_group_lists_its_own(yett: Run) -> None:
    code, out, _ = yett("policy", "--help")
    assert code == 0
    assert "evaluate" in out
    assert "doctor" not in out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("chek",), "did you mean `check`?"),
        (("policy", "validat"), "did you mean `validate`?"),
        (("zzz",), "there are `serve`"),
        (("--nonsense",), "nonsense"),
        (("serve", "--port", "many"), "many"),
        (("serve", "--port", "70000"), "70000"),
        (("check", "--file", "nowhere"), "nowhere"),
        (("config", "check", "--config", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_a_mistake_is_told_with_its_cure(yett: Run, arguments: tuple[str, ...], word: str) -> None:
    code, out, err = yett(*arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert "Traceback" not in err


def test_the_version_is_told(yett: Run) -> None:
    code, out, _ = yett("--version")
    assert code == 0
    assert out.startswith("yett, version ")


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (OperatorError(Problem(Place("f.yaml", 1, 2), "code", "wrong", "cure")), 2, "f.yaml:1:2: wrong; cure [code]"),
        (NotReady("the disk is full"), 2, "yett: the disk is full"),
        (click.UsageError("no"), 2, "no"),
        (click.Abort(), 130, ""),
    ],
)
def test_errors_become_exit_codes(
    yett: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, word: str
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: failing)
    ran = yett("doctor")
    assert ran.code == code
    assert word in ran.err


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_a_command_returns_is_the_exit_code(
    yett: Run, monkeypatch: pytest.MonkeyPatch, returned: int | None, code: int
) -> None:
    monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: click.Command("x", callback=lambda: returned))
    assert yett("doctor").code == code


def test_our_own_mistakes_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: click.Command("x", callback=failing))
    with pytest.raises(ZeroDivisionError):
        app.main(["doctor"])


def test_problems_are_json_where_json_is_asked_for(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "yett.yaml").write_text("sever: {}")
    code, out, err = yett("config", "check", "--json")
    assert (code, err) == (2, "")
    assert '"code": "unknown-key"' in out


def test_help_is_there_without_the_machinery(tmp_path: Path) -> None:
    code = "import sys; from yett.cli.app import yett; print([n for n in ('pydantic', 'rich', 'aiohttp') if n in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=HERE
    )
    assert ran.stdout.strip() == "[]"


def test_whoever_reads_only_the_beginning_sees_no_traceback(tmp_path: Path) -> None:
    shell = f"'{sys.executable}' -m yett config schema | head -1"
    ran = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True, cwd=tmp_path, env=HERE)
    assert (ran.stdout, ran.stderr) == ("{\n", "")


def test_the_command_is_a_group_of_commands() -> None:
    assert isinstance(command, LazyGroup)
    assert command.get_command(click.Context(command), "nothing") is None


@pytest.mark.parametrize(
    ("said", "code", "out", "err"),
    [
        ("--version >/dev/full", 2, "", "yett: no space left on device: standard output\n"),
        ("--version >&-", 0, "", ""),
        ("check <&- 2>&1", 0, "allow\n\n\n", ""),
        ("doctr 2>&-", 2, "", ""),
        ("check 'Gr\u00fc\u00dfe \u5ffd'", 0, "allow\n\nGr\u00fc\u00dfe \\u5ffd\n", ""),
    ],
    ids=["a full disk", "no output", "no input", "no errors", "an encoding that lacks a character"],
)
def test_streams_may_be_full_closed_or_narrow(tmp_path: Path, said: str, code: int, out: str, err: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m yett {said}",
        shell=True,
        check=False,
        cwd=tmp_path,
        env={**HERE, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "1"},
        capture_output=True,
    )
    told = (done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1"))
    assert told == (code, out, err)
