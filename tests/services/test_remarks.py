"""What lint calls a note is one, what it warns of is a warning, and what does not load is an error."""

import pytest

from yett.model.errors import Place, Problem
from yett.policy.lint import IDLE, NOTES
from yett.services.remarks import Severity, errors, oddities


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        *((code, Severity.NOTE) for code in sorted(NOTES)),
        *((code, Severity.WARNING) for code in (*sorted(IDLE), "unit", "asserted")),
    ],
)
def test_oddities_are_warnings_and_notes(code: str, severity: Severity) -> None:
    problem = Problem(Place("a.yaml", 1, 1), code, "x")
    assert [(each.problem, each.severity) for each in oddities([problem])] == [(problem, severity)]
    assert [each.severity for each in errors([problem])] == [Severity.ERROR]
