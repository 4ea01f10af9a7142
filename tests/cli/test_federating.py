"""`yett detectors federate` hands on what it is told, and says what it lacks."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.compose.test_lessons import texts
from tests.learning.lessons import corpus
from yett.compose import federating
from yett.compose.federating import Bounds, Following, Leading
from yett.compose.lessons import Lesson
from yett.learning.federation import Terms


@pytest.fixture
def data(tmp_path: Path) -> str:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("not a credential")
    return str(texts(tmp_path, corpus(5)))


def test_a_server_is_told_its_terms(yett: Run, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Leading] = []
    monkeypatch.setattr(federating, "led", lambda leading, out, **_: seen.append(leading) or "a report\n")
    said = "--out out --sites 3 --rounds 2 --noise 1 --ca ca.pem --certificate cert.pem --key key.pem".split()
    told = yett("detectors", "federate", "serve", data, *said)
    assert (told.code, told.out) == (0, "a report\n")
    assert "ε = 7.79" in told.err
    assert seen[0].terms == Terms(2, 3, 10.0, 1.0)
    assert seen[0].certificates == (Path("ca.pem"), Path("cert.pem"), Path("key.pem"))


def test_a_site_is_told_its_bounds(yett: Run, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Lesson, Following]] = []
    monkeypatch.setattr(
        federating, "participated", lambda lesson, following, tell: seen.append((lesson, following)) or 4
    )
    told = yett("detectors", "federate", "join", data, *"--server lead:1 --insecure --noise 0.5 --seed 7".split())
    assert (told.code, told.out) == (0, "took part in 4 rounds\n")
    ((lesson, following),) = seen
    assert (lesson.seed, following) == (7, Following("lead:1", Bounds(10.0, 0.5, 20), None, 60.0))


@pytest.mark.parametrize(
    "said",
    [
        "serve {} --out out --sites 3",
        "serve {} --out out --sites 3 --insecure --ca ca.pem",
        "serve {} --out out --sites 3 --insecure --ca ca.pem --certificate cert.pem --key key.pem",
        "serve {} --out out --sites 3 --ca ca.pem",
        "serve {} --out out --sites 0 --insecure",
        "join {} --server lead:1",
        "join {} --server lead:1 --insecure --ca ca.pem",
    ],
)
def test_nothing_goes_unencrypted_unless_that_is_said(yett: Run, data: str, said: str) -> None:
    told = yett("detectors", "federate", *said.format(data).split())
    assert told.code == 2
    assert "--" in told.err


def test_the_extra_that_is_missing_is_named(yett: Run, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "flwr", None)
    told = yett("detectors", "federate", "serve", data, *"--out out --sites 1 --insecure".split())
    assert told.code == 2
    assert "yett[federated]" in told.err
