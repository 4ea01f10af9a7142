"""From files of texts to a folder with a model and a report, and from a model and texts to figures."""

from pathlib import Path

import orjson
import pytest

from tests.compose.training import trained
from tests.learning.lessons import corpus
from yett.compose import lessons
from yett.compose.artefact import write_artefact
from yett.compose.lessons import Lesson, examined, held_out_scores, taught
from yett.learning.example import Example
from yett.model.errors import OperatorError


def texts(folder: Path, examples: list[Example]) -> Path:
    file = folder / "texts.jsonl"
    rows = [{"text": each.text, "label": int(each.attack), "source": each.source} for each in examples]
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return file


def test_a_lesson_is_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "written_by_rule", lambda seed: [])
    file = texts(tmp_path, corpus(20))
    told = taught(Lesson([file], folds=2, surroundings=0), tmp_path / "model", plots=True)
    assert "Mean over the sources of attacks" in told
    written = {each.name for each in (tmp_path / "model").iterdir()}
    assert written >= {
        "model.npz",
        "lexicon.yaml",
        "manifest.json",
        "report.json",
        "report.md",
        "roc.png",
        "learning.png",
    }


def test_a_lesson_has_what_rules_write_and_the_machine_has(tmp_path: Path) -> None:
    sources = {each.source for each in Lesson([texts(tmp_path, corpus(10))], surroundings=3).examples()}
    assert sources >= {"north", "authored_assaults", "authored_innocents", "machine_library"}


def test_too_few_texts_are_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="holds 4 attacks and 4 innocent texts"):
        Lesson([texts(tmp_path, corpus(1))]).examples()


def test_a_model_is_examined(tmp_path: Path) -> None:
    write_artefact(tmp_path / "model", trained(), {})
    file = texts(tmp_path, corpus(5, seed=9))
    report, told = examined([file], tmp_path / "model", disguises=4, out=tmp_path / "out")
    assert report["area"] > 0.95
    assert "| base64 |" in told
    assert orjson.loads((tmp_path / "out" / "report.json").read_bytes())["texts"] == 40
    assert (tmp_path / "out" / "precision-recall.png").exists()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    write_artefact(tmp_path / "model", trained(), {})
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="unusable-folder"):
        examined([texts(tmp_path, corpus(5))], tmp_path / "model", out=tmp_path / "file" / "out")


def test_where_nothing_can_be_written_nothing_is_learnt(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []
    lesson = Lesson((texts(tmp_path, corpus(20)),), surroundings=0)
    with pytest.raises(OperatorError, match="unusable-folder"):
        taught(lesson, tmp_path / "file", tell=told.append)
    assert told == []


def test_scores_of_what_was_held_out_follow_the_scale() -> None:
    scores = held_out_scores(trained())
    assert scores.min() >= 0.0
    assert scores[trained().held_out.argmax()] == scores.max()
