"""Policy files are looked at as a start would."""

from pathlib import Path
from typing import Never

import pytest

from yett.compose.validation import validate_policies
from yett.model.errors import OperatorError

POLICY = """
metadata: {id: ID}
rules:
  - {id: r, condition: {operator: eq, field: llm.model, value: m}, action: {decision: deny}}
tests:
  - {given: {llm.model: m}, expect: {effect: EFFECT}}
"""
TEXT = """
metadata: {id: mail}
rules:
  - {id: r, condition: {operator: contains, field: pii.types, value: email}, action: {decision: deny}}
tests:
  - {given: {text: write to jane.doe@mail.example.org, origin: user}, expect: {effect: deny}}
  - {given: {text: write to nobody, origin: user}, expect: {effect: allow}}
"""


def policy(folder: Path, name: str, effect: str = "deny", id: str = "own") -> Path:
    file = folder / name
    file.write_text(POLICY.replace("EFFECT", effect).replace("ID", id))
    return file


def test_policies_that_hold_have_no_failures(tmp_path: Path) -> None:
    found = validate_policies((policy(tmp_path, "a.yaml"),))
    assert [document.id for document in found.documents] == ["own"]
    assert found.failures == ()


def test_a_failed_test_is_told_with_its_place(tmp_path: Path) -> None:
    found = validate_policies((policy(tmp_path, "a.yaml", effect="allow"),))
    assert [(problem.place.line, problem.code) for problem in found.failures] == [(6, "failed-test")]


def test_each_file_stands_on_its_own(tmp_path: Path) -> None:
    found = validate_policies((policy(tmp_path, "a.yaml"), policy(tmp_path, "b.yaml")))
    assert len(found.documents) == 2


def test_two_policies_of_one_name_cannot_be_in_one_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(POLICY + "---" + POLICY)
    with pytest.raises(OperatorError):
        validate_policies((file,))


def test_texts_are_looked_at_by_detectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    (tmp_path / "a.yaml").write_text(TEXT)
    found = validate_policies((tmp_path / "a.yaml",))
    assert [outcome.result.value for outcome in found.outcomes] == ["passed", "passed"]


def test_detectors_are_made_only_where_a_test_has_a_text(tmp_path: Path) -> None:
    def facts() -> Never:
        raise AssertionError

    assert validate_policies((policy(tmp_path, "a.yaml"),), facts=facts).failures == ()
