"""`yett audit verify` proves the trail, or says where it breaks."""

import json

import pytest

from tests.cli.conftest import Run
from yett.cli import audit
from yett.compose.trail import BrokenChain, TrailReport


def test_a_trail_that_is_not_there_is_a_problem(yett: Run) -> None:
    code, out, err = yett("audit", "verify")
    assert (code, out) == (2, "")
    assert ".yett/records.db: there is no trail here" in err


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        (TrailReport(1, 5), 0, ["the trail holds: 5 entries in 1 chain\n"]),
        (TrailReport(2, 5), 0, ["in 2 chains"]),
        (
            TrailReport(2, 5, (BrokenChain("c\x1b", 3, "the entry is altered"),)),
            1,
            ["chain c\\x1b breaks at 3: the entry is altered", "does not hold"],
        ),
    ],
)
def test_the_report_is_told(
    yett: Run, monkeypatch: pytest.MonkeyPatch, report: TrailReport, code: int, words: list[str]
) -> None:
    monkeypatch.setattr(audit, "verify_trail", lambda settings, told: told(5) or report)
    ran = yett("audit", "verify")
    assert ran.code == code
    assert [word for word in words if word not in ran.out] == []


def test_machines_get_json(yett: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    report = TrailReport(1, 5, (BrokenChain("c", 3, "w"),))
    monkeypatch.setattr(audit, "verify_trail", lambda settings, told: report)
    code, out, _ = yett("audit", "verify", "--json")
    assert code == 1
    assert json.loads(out) == {
        "holds": False, "chains": 1, "entries": 5, "broken": [{"chain": "c", "sequence": 3, "why": "w"}],
    }  # fmt: skip
