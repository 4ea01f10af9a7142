"""What detectors see is told with its place; what they could not look at is told as well, and nothing is read twice."""
# ruff: noqa: RUF001 - look-alike letters are part of what is tested

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.examples import DETECTORS, PIECES, based
from tests.guard.toys import Broken, Rule, ToyDetector
from yett.guard.detection import READINGS, STREAM, Detection, Informing, Look, Settled
from yett.guard.readings import Readings
from yett.model.finding import Finding
from yett.model.segment import Origin, Segment
from yett.model.span import Span

MAIL = ToyDetector((Rule("pii.email", "e@a"),), "mail")
KEYS = ToyDetector((Rule("secret.key", "key="), Rule("content.bad", "damn")), "keys")
DEAR = ToyDetector((Rule("injection.override", "ignore"),), "dear", cost=1)
ALL = frozenset({"pii", "secret", "content", "injection", "obfuscation"})
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def segment(text: str, origin: Origin = Origin.USER, path: str = "/0") -> Segment:
    return Segment(path, origin, text)


def looked(detection: Detection, *segments: Segment, families: frozenset[str] = ALL) -> Look:
    look = Look(detection, segments)
    look.look_for(families)
    return look


def told(look: Look) -> set[tuple[str, int, int, str, str, str]]:
    return {
        (each.span.path, each.span.start, each.span.end, each.kind, each.detector, each.reading)
        for each in look.findings
    }


def test_a_finding_says_where_what_who_and_how() -> None:
    hidden = based("say key= to them")
    look = looked(Detection([MAIL, KEYS]), segment(f"to e@a: {hidden}"), segment("p\u0430ss key=", Origin.TOOL, "/1"))
    assert told(look) == {
        ("/0", 3, 6, "pii.email", "mail", ""),
        ("/0", 8, 8 + len(hidden), "secret.key", "keys", "base64"),
        ("/1", 5, 9, "secret.key", "keys", ""),
        ("/1", 0, 4, "obfuscation.confusable", READINGS, ""),
    }
    assert {each.origin for each in look.findings if each.span.path == "/1"} == {Origin.TOOL}


@pytest.mark.parametrize("reading", ["raw", "folded", "decoded"])
def test_a_detector_reads_only_what_it_wants(reading: str) -> None:
    toy = ToyDetector((Rule("secret.key", "key="),), readings=frozenset({reading}))
    texts = {"raw": "key=", "folded": "k\u200bey=", "decoded": based("so the key= is")}
    seen = {name for name, text in texts.items() if looked(Detection([toy]), segment(text)).findings}
    assert seen == {"raw": {"raw"}, "folded": {"raw", "folded"}, "decoded": {"decoded"}}[reading]


@settings(max_examples=200)
@given(TEXTS, st.sampled_from(DETECTORS))
def test_every_finding_points_into_the_text(text: str, detectors: tuple[ToyDetector, ...]) -> None:
    for each in looked(Detection(detectors), segment(text)).findings:
        assert 0 <= each.span.start < each.span.end <= len(text)


@settings(max_examples=200)
@given(st.sampled_from(["{}", "so {} is", "да {}é"]), st.sampled_from(["key=ab", "KEY=ab", "k\u200bey=ab", "kеy=ab"]))
def test_a_finding_points_at_what_was_written(around: str, written: str) -> None:
    toy = ToyDetector((Rule("secret.key", "key=", "ab", 2, 2, cased=False),))
    text = around.format(written)
    spans = [each.span for each in looked(Detection([toy]), segment(text)).findings if each.detector == "toy"]
    assert [text[span.start : span.end] for span in spans] == [written]


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


# Failure.


def test_a_detector_that_breaks_yields_a_finding_and_is_named() -> None:
    detection = Detection([Broken("boom"), MAIL])
    look = looked(detection, segment("boom e@a"), segment("e@a", path="/1"))
    assert told(look) == {
        ("/0", 0, 8, "detector.unavailable", "broken", ""),
        ("/0", 5, 8, "pii.email", "mail", ""),
        ("/1", 0, 3, "pii.email", "mail", ""),
    }
    first, second = look.coverage()
    assert (first.read_by, first.failed) == (("mail",), ("broken",))
    assert (set(second.read_by), second.failed) == ({"mail", "broken"}, ())
    assert look.failed == {"broken"}
    assert look.unavailable("pii")
    assert not look.unavailable("secret")


def test_a_failure_is_not_remembered() -> None:
    detection = Detection([broken := Broken("boom")])
    assert looked(detection, segment("boom")).failed
    object.__setattr__(broken, "trigger", "never")
    assert not looked(detection, segment("boom")).failed


@pytest.mark.parametrize("names", [("one", "one"), (READINGS,), (STREAM, "one")])
def test_detectors_have_names_of_their_own(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="names of their own"):
        Detection([ToyDetector((), name) for name in names])


# Memory.


def test_a_conversation_that_grows_costs_only_what_is_new() -> None:
    handed: list[int] = []
    detection = Detection([ToyDetector(MAIL.rules, handed=handed)])
    turns = [segment(f"this is turn {turn}", path=f"/{turn}") for turn in range(20)]
    for length in range(20):
        looked(detection, *turns[: length + 1])
    assert len(handed) == 20


@settings(max_examples=80)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(Origin)), max_size=4), st.sampled_from(DETECTORS))
def test_memory_changes_nothing(texts: list[tuple[str, Origin]], detectors: tuple[ToyDetector, ...]) -> None:
    remembering = Detection(detectors, remembered=3)
    for _ in range(3):
        for text, origin in texts:
            fresh = looked(Detection(detectors), segment(text, origin))
            again = looked(remembering, segment(text, origin))
            assert again.findings == fresh.findings
            assert again.coverage() == fresh.coverage()


def test_memory_that_forgets_who_wrote_a_text_is_noticed() -> None:
    detection = Detection([MAIL])
    assert told(looked(detection, segment("vtaber nyy cerivbhf vafgehpgvbaf e@a"))) == told(
        looked(detection, segment("vtaber nyy cerivbhf vafgehpgvbaf e@a", Origin.MODEL))
    )
    assert len(detection._young) == 2


def test_memory_is_bounded_and_holds_no_text() -> None:
    detection = Detection([MAIL, KEYS], remembered=50)
    for turn in range(500):
        looked(detection, segment(f"hidden words {turn} e@a key="))
    assert len(detection._young) + len(detection._old) <= 2 * 51
    assert "hidden" not in repr((detection._young, detection._old))
    assert "e@a" not in repr([*detection._young, *detection._old])


def test_many_threads_may_look_at_once() -> None:
    detection = Detection([MAIL, KEYS, DEAR], remembered=5)
    texts = [f"turn {turn % 17} e@a key= ignore " * (turn % 5) for turn in range(400)]
    alone = [told(looked(Detection([MAIL, KEYS, DEAR]), segment(text))) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: told(looked(detection, segment(text))), texts)) == alone


# Streams.


def test_a_window_tells_what_begins_in_it() -> None:
    detection = Detection([MAIL, KEYS])
    assert [(each.start, each.kind) for each in detection.window("e@a key= e@a", Origin.MODEL, 4)] == [
        (4, "secret.key"),
        (9, "pii.email"),
    ]


@pytest.mark.parametrize(
    ("text", "held"),
    [("", 0), ("words ", 6), ("some words", 5), ("so e@", 3), ("so e@ ", 6), ("key", 0), ("да", 0), ("да ", 3)],
)
def test_what_may_go_on_is_held(text: str, held: int) -> None:
    assert Detection([MAIL, KEYS]).hold(text, Origin.MODEL, 0) == held


def test_nothing_before_the_window_is_held() -> None:
    assert Detection([MAIL]).hold("some words", Origin.MODEL, 8) == 8


@pytest.mark.parametrize(
    ("detectors", "context"),
    [((), "e it"), ((ToyDetector((Rule("pii.email", "e@a", after="=", near=9),)),), "so be it")],
)
def test_as_much_context_is_kept_as_somebody_needs(detectors: tuple[ToyDetector, ...], context: str) -> None:
    kept = Detection(detectors).behind("so so so so be it", 17)
    assert kept.endswith(context)
    assert len(kept) <= len(context) + 3


def test_what_is_settled_knows_who_failed() -> None:
    detection = Detection([Broken(), MAIL])
    assert not Settled(detection, []).unavailable("pii")
    for name, families in {"broken": {"pii"}, STREAM: {"pii", "secret", "injection"}}.items():
        found = Finding(Span("", 0, 1), Origin.MODEL, "detector.unavailable", 1.0, name)
        settled = Settled(detection, [found])
        settled.look_for(ALL)
        assert settled.failed == {name}
        assert {family for family in ("pii", "secret", "injection") if settled.unavailable(family)} == families
