"""What is compared is found by its name."""

from pathlib import Path

import pytest

from tests.services.test_publishing import policy
from yett.compose.settings import Settings
from yett.compose.sides import program_named
from yett.model.errors import OperatorError


def unasked() -> Settings:
    raise AssertionError("nobody needs the configuration")


def test_files_and_folders_need_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, where in (("a", tmp_path), ("b", tmp_path / "in")):
        (where / f"{name}.yaml").write_text(policy(name))
    (tmp_path / "a_test.yaml").write_text("tests: []")
    assert {each.policy for each in program_named(str(tmp_path / "a.yaml"), unasked).clauses} == {"a"}
    assert {each.policy for each in program_named(str(tmp_path), unasked).clauses} == {"a", "b"}


@pytest.mark.parametrize("name", ["nothing", "empty", "default#9", "a@9"])
def test_what_is_not_there_is_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperatorError, match="there is no"):
        program_named(name, Settings)
