"""`python -m yett` is the command `yett`."""

import runpy
import sys

import pytest


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["yett", "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("yett", run_name="__main__")
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: yett ")


def test_importing_it_does_nothing() -> None:
    assert "main" in runpy.run_module("yett.__main__", run_name="imported")
