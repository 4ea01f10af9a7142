"""`yett doctor` tells what it looked at."""

import json

import pytest

from tests.cli.conftest import Run
from yett.cli import doctor
from yett.compose.doctor import Check, State

OK = Check("python", State.OK, "3.11")
NOTE = Check("hyperscan", State.NOTE, "not installed", "install it")
WRONG = Check("port", State.WRONG, "in use", "free it")


@pytest.mark.parametrize(("checks", "code"), [([OK], 0), ([OK, NOTE], 0), ([OK, WRONG, NOTE], 1)])
def test_only_what_is_wrong_counts(yett: Run, monkeypatch: pytest.MonkeyPatch, checks: list[Check], code: int) -> None:
    monkeypatch.setattr(doctor, "examine", lambda source: iter(checks))
    ran = yett("doctor")
    assert ran.code == code
    assert [line.split()[0] for line in ran.out.splitlines()] == ["CHECK", *(check.name for check in checks)]


def test_machines_get_json(yett: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda source: iter([WRONG]))
    assert json.loads(yett("doctor", "--json").out) == {
        "well": False,
        "checks": [{"name": "port", "state": "wrong", "detail": "in use", "cure": "free it"}],
    }
