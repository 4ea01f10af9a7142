"""A solver is asked where one is installed."""

import sys

import pytest

from yett.compose.analysis import proved
from yett.model.errors import OperatorError
from yett.policy.parser import PolicyParser

RULES = "[{id: a, when: request.hour > 3, action: {decision: deny}}, {id: b, when: request.hour > 3 || request.hour > 4, action: {decision: deny}}]"
DOCUMENT = PolicyParser().parse_yaml(f"metadata: {{id: x}}\nrules: {RULES}")


def test_rules_that_do_nothing_are_told() -> None:
    assert [problem.code for problem in proved([DOCUMENT])] == ["idle"]


def test_without_a_solver_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("yett.policy.proof.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(OperatorError, match=r"needs `z3`.*yett\[analysis\].*not-installed"):
        proved([DOCUMENT])
