"""A solver is asked where one is installed."""

import sys

import pytest

from yett.compose.analysis import proved, proved_difference
from yett.model.errors import OperatorError
from yett.policy.compiler import compile_documents
from yett.policy.difference import Kind
from yett.policy.parser import PolicyParser
from yett.policy.program import Program

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


def program(*rules: str) -> Program:
    return compile_documents([PolicyParser().parse_yaml(f"metadata: {{id: x}}\nrules: [{', '.join(rules)}]")])


LATE = "{id: a, when: request.hour > 20, action: {decision: deny}}"
LATER = "{id: a, when: request.hour > 21, action: {decision: deny}}"
EARLY = "{id: b, when: request.hour < 6, action: {decision: deny}}"
WARNED = "{id: a, when: request.hour > 20, action: {decision: warn, reason: late}}"


@pytest.mark.parametrize(
    ("one", "other", "proved_so", "kinds"),
    [
        ((LATE,), ("{id: a, when: '!(request.hour <= 20)', action: {decision: deny}}",), (True, True, True), []),
        ((LATE,), (LATER,), (False, False, True), [Kind.ALLOWED_ONLY_BY_OTHER]),
        ((LATER,), (LATE,), (False, True, False), [Kind.ALLOWED_ONLY_BY_ONE]),
        ((LATE,), (EARLY,), (False, False, False), [Kind.ALLOWED_ONLY_BY_OTHER, Kind.ALLOWED_ONLY_BY_ONE]),
        ((), (WARNED,), (False, True, True), [Kind.EFFECT]),
    ],
)
def test_a_difference_is_proved_or_shown(
    one: tuple[str, ...], other: tuple[str, ...], proved_so: tuple[bool, ...], kinds: list[Kind]
) -> None:
    found = proved_difference(program(*one), program(*other))
    assert found is not None
    assert (found.same, found.tightens, found.loosens) == proved_so
    assert [each.kind for each in found.examples] == kinds


def test_without_a_solver_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("yett.policy.proof.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    assert proved_difference(program(LATE), program(LATER)) is None
