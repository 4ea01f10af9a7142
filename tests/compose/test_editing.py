"""An editor hears of a file what the command line would say of it, as it is in the editor."""

import sys
from datetime import date
from pathlib import Path
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house.test_problems import FOLDER, OF_POLICIES, TESTED, TODAY, blocks, found
from tests.policy.test_cursor import TEXTS
from yett.compose import editing
from yett.compose.editing import remarks, serve_editor
from yett.doors.lsp.positions import spotted
from yett.model.errors import OperatorError
from yett.services.remarks import Severity

OF_THE_SOLVER = {"idle", "loosens"}
POLICY = """\
metadata: {id: house}
rules:
  - {id: night, when: request.hour >= 22, action: {decision: deny}}
  - {id: all, condition: {operator: eq, field: team.tier, value: "é🚪"}, action: {decision: allow}}
tests:
  - {given: {request.hour: 23, team: {tier: x}}, expect: {effect: allow}}
"""


@pytest.mark.parametrize("code", sorted(set(OF_POLICIES) - OF_THE_SOLVER))
@pytest.mark.parametrize("side", ["wrong", "right"])
def test_the_pages_of_problems_are_told_as_the_commands_tell_them(
    code: str, side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong, _, right = blocks((FOLDER / f"{code}.md").read_text("utf-8"))
    suite = wrong.file == "wrong suite"
    text = (wrong if side == "wrong" else right).text
    expected = [problem for problem in found(text, tmp_path, suite=suite) if problem.code not in OF_THE_SOLVER]
    name = Path("policy_test.yaml" if suite else "policy.yaml")
    name.write_text("as: it was saved before", "utf-8")
    told = remarks(name, {name: text}, TODAY)
    assert [each.problem for each in told] == expected
    assert not told or side == "right" or code in {each.problem.code for each in told}


def test_how_much_a_problem_matters_is_told() -> None:
    told = remarks(Path("p.yaml"), {Path("p.yaml"): POLICY}, date(2026, 1, 1))
    assert {(each.problem.code, each.severity) for each in told} == {
        ("failed-test", Severity.ERROR),
        ("dead", Severity.WARNING),
        ("no-end", Severity.NOTE),
    }


def test_what_day_it_is_matters() -> None:
    text = POLICY.replace("{id: all,", "{id: all, expires: 2026-06-01,")
    for today, expired in ((date(2026, 5, 31), False), (date(2026, 6, 1), True)):
        told = remarks(Path("p.yaml"), {Path("p.yaml"): text}, today)
        assert ("expired" in {each.problem.code for each in told}) is expired


def test_a_suite_is_tried_with_the_policy_as_it_is_in_the_editor(tmp_path: Path) -> None:
    policy, suite = tmp_path / "policy.yaml", tmp_path / "policy_test.yaml"
    policy.write_text("no policy", "utf-8")
    suite.write_text("tests: [{given: {request.hour: 23}, expect: {effect: deny}}]", "utf-8")
    (broken,) = remarks(suite, {}, TODAY)
    assert broken.problem.place.file == str(policy)
    assert remarks(suite, {policy: TESTED}, TODAY) == ()
    (failed,) = remarks(suite, {policy: TESTED.replace("deny", "warn")}, TODAY)
    assert (failed.problem.code, failed.severity) == ("failed-test", Severity.ERROR)


def test_a_byte_order_mark_and_a_file_that_is_nowhere_are_no_riddles(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    assert remarks(file, {file: f"\ufeff{TESTED}"}, TODAY) == ()
    assert [each.problem.code for each in remarks(file, {}, TODAY)] == ["unreadable-file"]


def test_detectors_are_made_once_and_only_where_a_test_has_a_text() -> None:
    asked = []

    def facts() -> Never:
        asked.append(True)
        raise LookupError

    path = Path("p.yaml")
    remarks(path, {path: POLICY}, TODAY, facts)
    assert asked == []
    with pytest.raises(LookupError):
        remarks(path, {path: POLICY.replace("request.hour: 23", "text: hello")}, TODAY, facts)
    assert asked == [True]


@given(st.one_of(TEXTS, st.integers(0, len(POLICY)).map(lambda end: POLICY[:end])), st.sampled_from(["p", "p_test"]))
def test_what_is_half_written_is_a_remark_and_no_error(text: str, name: str) -> None:
    answered(text, name)


def answered(text: str, name: str) -> None:
    path = Path(f"{name}.yaml")
    for each in remarks(path, {path: text}, TODAY):
        assert each.problem.code
        start, end = spotted(text, each.problem.place)
        assert 0 <= start <= end <= len(text)


def test_an_error_that_passes_through_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "OperatorError", LookupError)
    with pytest.raises(OperatorError):
        answered(POLICY[:9], "p")


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "yett.doors.lsp.server", raising=False)
    monkeypatch.setitem(sys.modules, "pygls.exceptions", None)
    with pytest.raises(OperatorError, match=r"needs `pygls.exceptions`.*yett\[lsp\].*not-installed"):
        serve_editor("1", "", lambda: TODAY)
