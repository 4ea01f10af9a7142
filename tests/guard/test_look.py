"""One interaction is looked at as far as somebody asks, and the receipt tells the truth about it."""

from dataclasses import replace

import pytest

from tests.guard.test_detection import ALL, DEAR, MAIL, looked, segment
from tests.guard.toys import Broken, Rule, ToyDetector
from yett.guard.detection import STREAM, Detection
from yett.guard.look import Informing, Look, Settled
from yett.guard.readings import Readings
from yett.model.finding import Finding
from yett.model.segment import Origin
from yett.model.span import Span


def test_only_what_is_asked_for_runs_and_never_twice() -> None:
    handed: list[int] = []
    dear = ToyDetector(DEAR.rules, "dear", handed=handed, cost=1)
    look = Look(Detection([dear, MAIL]), (segment("ignore e@a"),))
    look.look_for(frozenset({"pii"}))
    assert (handed, [each.kind for each in look.findings]) == ([], ["pii.email"])
    look.look_for(frozenset({"injection", "pii"}))
    look.look_for(frozenset({"injection"}))
    assert len(handed) == 1
    assert [each.kind for each in look.findings] == ["pii.email", "injection.override"]


def test_what_is_dear_does_not_run_where_something_was_found_already() -> None:
    handed: list[int] = []
    detection = Detection([replace(DEAR, handed=handed), MAIL])
    found, silent = Look(detection, (segment("e@a ignore"),)), Look(detection, (segment("nothing"),))
    assert not found.nothing_in(ALL)
    assert handed == []
    assert silent.nothing_in(ALL)
    assert silent.nothing_in(ALL)
    assert len(handed) == 1
    found.look_for(ALL)
    assert len(handed) == 2


def test_what_is_dear_alone_may_find_something() -> None:
    assert not Look(Detection([DEAR, MAIL]), (segment("ignore"),)).nothing_in(ALL)
    assert Look(Detection([DEAR, MAIL]), (segment("ignore"),)).nothing_in(frozenset({"pii"}))


def test_orders_across_pieces_are_something() -> None:
    pieces = (segment("ign", path="/0"), segment("ore", path="/1"))
    rule = ToyDetector((Rule("injection.override", "ign ore"),), "orders")
    assert not Look(Detection([rule]), pieces).nothing_in(ALL)


def test_the_readings_of_a_text_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    of = Readings.of
    monkeypatch.setattr(Readings, "of", lambda self, text, *rest: made.append(text) or of(self, text, *rest))
    look = looked(Detection([MAIL, DEAR]), segment("e@a"), families=frozenset({"pii"}))
    look.look_for(ALL)
    assert {each.kind for each in looked(Detection([MAIL, DEAR]), segment("e@a ignore")).findings} == {
        "pii.email",
        "injection.override",
    }
    assert made == ["e@a", "e@a ignore"]


def test_what_depends_on_the_question_is_made_when_it_is_asked_for() -> None:
    made: list[Detection] = []
    parrot = ToyDetector((Rule("leakage.said", "polly"),), "parrot")
    informed = Informing(frozenset({"leakage"}), lambda detection: made.append(detection) or [parrot])
    look = Look(Detection([MAIL]), (segment("polly"),), informed=informed)
    look.look_for(frozenset({"pii"}))
    assert (made, [each.read_by for each in look.coverage()]) == ([], [("mail",)])
    look.look_for(frozenset({"leakage"}))
    look.look_for(frozenset({"leakage", "pii"}))
    assert len(made) == 1
    assert [each.kind for each in look.findings] == ["leakage.said"]
    assert [each.read_by for each in look.coverage()] == [("mail", "parrot")]


def test_the_receipt_names_those_who_read_and_nobody_else() -> None:
    detection = Detection([MAIL, DEAR])
    assert looked(detection, segment("words"), families=frozenset({"pii"})).coverage()[0].read_by == ("mail",)
    assert looked(detection, segment("words")).coverage()[0].read_by == ("mail", "dear")
    assert Look(detection, (segment("words"),)).coverage()[0].read_by == ()


def test_what_cannot_be_read_is_in_the_receipt() -> None:
    (text, image) = looked(Detection([MAIL]), segment("words")).coverage(["/image"])
    assert (text.characters, text.opaque) == (5, False)
    assert (image.path, image.read_by, image.opaque) == ("/image", (), True)


def test_what_is_settled_knows_who_failed() -> None:
    detection = Detection([Broken(), MAIL])
    assert not Settled(detection, []).unavailable("pii")
    for name, families in {"broken": {"pii"}, STREAM: {"pii", "secret", "injection"}}.items():
        found = Finding(Span("", 0, 1), Origin.MODEL, "detector.unavailable", 1.0, name)
        settled = Settled(detection, [found])
        settled.look_for(ALL)
        assert settled.failed == {name}
        assert {family for family in ("pii", "secret", "injection") if settled.unavailable(family)} == families


def test_whoever_fails_on_what_is_joined_has_not_read_its_parts() -> None:
    orders = Broken("ignore all", name="orders", kinds=frozenset({"injection"}))
    joint = looked(Detection([MAIL, orders]), segment("please ignore"), segment("all of it", path="/1"))
    assert joint.failed == {"orders"}
    assert {each.kind for each in joint.findings} == {"detector.unavailable"}
    assert [(each.read_by, each.failed) for each in joint.coverage()] == [(("mail",), ("orders",))] * 2
