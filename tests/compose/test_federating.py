"""Sites that keep their texts make a classifier together, by terms to which each agrees, or refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.compose.test_lessons import texts
from tests.compose.training import trained
from tests.learning.lessons import corpus
from yett.adapters.federation.flower import Meeting, Teach
from yett.compose import federating, lessons
from yett.compose.artefact import write_artefact
from yett.compose.classifier import loaded_judge
from yett.compose.federating import (
    Bounds,
    Following,
    Leading,
    begun,
    finished,
    led,
    participated,
    site,
    sites_share,
)
from yett.compose.lessons import Lesson
from yett.learning.federation import Terms, Vector, federated
from yett.learning.metrics import area
from yett.model.errors import OperatorError
from yett.model.segment import Origin

TERMS = Terms(2, 3, 30.0, 0.001)
BOUNDS = Bounds(30.0, 0.001, 2)
SOURCES = ("north", "south", "east")


def together(terms: Terms, begin: Vector) -> Vector:
    """Let three sites with a source each learn together, in one place."""
    shares = []
    for number, source in enumerate(SOURCES):
        mine = site([each for each in corpus(12) if each.source == source])
        share = sites_share(mine, BOUNDS, np.random.default_rng(number))
        shares.append(lambda model, share=share: share(model, terms))
    return federated(shares, terms, begin)


@pytest.fixture(scope="module")
def model() -> Vector:
    return together(TERMS, begun(None))


def held() -> list:
    return [each for each in corpus(12, seed=4) if each.source == "west"]


def test_what_sites_make_together_judges_a_source_that_none_has(model: Vector) -> None:
    made = finished(model, held())
    assert area(made.held_out, np.array([each.attack for each in held()])) > 0.95


def test_a_federation_ends_with_an_artefact_that_names_no_texts(
    model: Vector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[Meeting] = []

    def lead(meeting: Meeting, terms: Terms, begin: Vector, tell: object) -> Vector:
        met.append(meeting)
        assert (terms, begin.any()) == (TERMS, False)
        return model

    monkeypatch.setattr(federating, "lead", lead)
    told = led(Leading("127.0.0.1:1", TERMS, [texts(tmp_path, held())]), tmp_path / "out")
    assert "24 texts, 12 of them attacks" in told
    judge, manifest = loaded_judge(tmp_path / "out")
    assert manifest.about["data"] == []
    assert manifest.about["judged_on"] == ["west"]
    assert manifest.about["federation"]["noise"] == 0.001
    assert json.loads((tmp_path / "out" / "report.json").read_bytes())["texts"] == 24
    assert judge.suspects("launch the missiles", trusted=False)
    assert met == [Meeting("127.0.0.1:1", None, 600.0)]


class Idle:
    """A site that learns nothing, so that what it sends is noise."""

    def update(self, model: Vector) -> Vector:
        return model


def test_a_site_takes_part_with_its_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "written_by_rule", lambda seed: [])
    sent: list[np.ndarray] = []
    (tmp_path / "ca.pem").write_bytes(b"an authority")

    def follow(address: str, authority: bytes | None, teach: Teach, *, wait: float) -> int:
        assert (address, authority, wait) == ("server:1", b"an authority", 60.0)
        sent.append(teach(begun(None), TERMS))
        return 1

    monkeypatch.setattr(federating, "follow", follow)
    monkeypatch.setattr(federating, "site", lambda examples, seed: Idle())
    lesson = Lesson([texts(tmp_path, corpus(10))], surroundings=0)
    following = Following("server:1", BOUNDS, tmp_path / "ca.pem")
    told: list[str] = []
    assert participated(lesson, following, told.append) == 1
    assert participated(lesson, following) == 1
    assert told[0] == "an update of length 0.0, clipped to 30"
    assert not np.array_equal(sent[0], sent[1]), "noise is never the same twice"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(2, 3, 31.0, 0.001), "updates may be 31 long"),
        (Terms(2, 3, 30.0, 0.0), "the noise is 0"),
        (Terms(3, 3, 30.0, 0.001), "3 rounds"),
        (Terms(2, 0, 30.0, 0.001), "make no sense"),
        (Terms(2, 3, float("nan"), 0.001), "make no sense"),
        (Terms(2, 3, -1.0, 0.001), "make no sense"),
        (TERMS, ""),
    ],
)
def test_a_site_agrees_to_no_looser_terms_than_its_own(terms: Terms, said: str) -> None:
    assert said in BOUNDS.refusal(terms)
    assert bool(said) == bool(BOUNDS.refusal(terms))


def test_a_site_that_does_not_agree_shares_nothing() -> None:
    share = sites_share(site(corpus(5)), BOUNDS, np.random.default_rng(0))
    with pytest.raises(OperatorError, match="loose-terms"):
        share(begun(None), Terms(2, 3, 99.0, 1.0))


def test_a_federation_begins_from_an_artefact(tmp_path: Path) -> None:
    write_artefact(tmp_path / "model", trained(), {})
    again = finished(begun(tmp_path / "model"), held()).model
    was = trained().model
    assert np.count_nonzero(again.weights) == np.count_nonzero(was.weights)
    assert np.allclose(again.weights * again.step, was.weights * was.step, atol=was.step)


@pytest.mark.parametrize("change", ["no file", "one label", "no key"])
def test_what_cannot_be_led_is_told_before_anybody_waits(tmp_path: Path, change: str) -> None:
    examples = [each for each in held() if change != "one label" or each.attack]
    file = texts(tmp_path, examples)
    missing = (tmp_path / "none",) * 3
    leading = Leading("127.0.0.1:1", TERMS, [file], missing if change == "no file" else None)
    with pytest.raises(
        OperatorError, match={"no file": "unreadable", "one label": "too-few", "no key": "bad-key"}[change]
    ):
        led(leading, tmp_path / "out", sign=tmp_path / "none" if change == "no key" else None)


def test_texts_are_judged_as_who_wrote_them(model: Vector) -> None:
    assert {each.origin for each in held()} == {Origin.USER}
    assert finished(model, held()).model.scales.shape == (2, 2, 5)
