"""What detectors see is told with its place; what they could not look at is told as well, and nothing is read twice."""
# ruff: noqa: RUF001 - look-alike letters are part of what is tested

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.examples import DETECTORS, PIECES, based
from tests.guard.toys import Broken, Rule, ToyDetector
from yett.guard.detection import READINGS, STREAM, Detection
from yett.guard.look import Look
from yett.model.finding import Match
from yett.model.segment import Origin, Segment

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


@settings(max_examples=100)
@given(TEXTS, st.sampled_from(DETECTORS), st.sampled_from(["", "k", "e"]))
def test_whoever_breaks_changes_nothing_of_what_the_others_find(
    text: str, detectors: tuple[ToyDetector, ...], trigger: str
) -> None:
    beside = looked(Detection([*detectors, Broken(trigger)]), segment(text)).findings
    alone = looked(Detection(detectors), segment(text)).findings
    assert [each for each in beside if each.detector != "broken"] == alone
    assert [(each.kind, each.rule) for each in beside if each.detector == "broken"] in (
        [],
        [("detector.unavailable", "raised")],
    )


@pytest.mark.parametrize(
    "error", [RuntimeError, SystemExit, GeneratorExit, StopIteration, type("Panic", (BaseException,), {})]
)
def test_a_detector_may_break_in_every_way_but_who_interrupts_is_heard(error: type[BaseException]) -> None:
    class Raising(Broken):
        def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
            raise error

        def hold(self, text: str, origin: Origin, start: int = 0) -> int:
            raise error

    detection = Detection([Raising(), MAIL])
    assert [(each.kind, each.rule) for each in detection.window("e@a", Origin.MODEL, 0)] == [
        ("detector.unavailable", "raised"),
        ("pii.email", MAIL.rules[0].name),
    ]
    assert detection.hold("words", Origin.MODEL, 2) == 2
    error = KeyboardInterrupt
    for look in (detection.window, detection.hold):
        with pytest.raises(KeyboardInterrupt):
            look("e@a", Origin.MODEL, 0)


@pytest.mark.parametrize("position", [-5, 99])
def test_what_is_held_lies_in_what_is_looked_at(position: int) -> None:
    class Wild(Broken):
        def hold(self, text: str, origin: Origin, start: int = 0) -> int:
            return position

    assert Detection([Wild()]).hold("words", Origin.MODEL, 2) == (
        2 if position < 0 else Detection([]).hold("words", Origin.MODEL, 2)
    )


class Watched:
    """Bars whom it is told to bar, and calls late who is late."""

    def __init__(self, barred: str = "", late: str = "") -> None:
        self.barred, self.late = barred, late
        self.seen: list[tuple[str, str]] = []

    def begins(self, name: str) -> str:
        self.seen.append(("begins", name))
        return "hangs" if name == self.barred else ""

    def ends(self, name: str) -> str:
        self.seen.append(("ends", name))
        return "deadline" if name == self.late else ""


def test_whoever_is_late_has_seen_what_it_saw_but_is_not_called_a_reader() -> None:
    watch = Watched(late="mail")
    look = Look(Detection([MAIL, KEYS]), (segment("e@a key="),), watch=watch)
    look.look_for(ALL)
    assert [(each.kind, each.rule) for each in look.findings if each.detector == "mail"] == [
        ("pii.email", MAIL.rules[0].name),
        ("detector.unavailable", "deadline"),
    ]
    assert (look.coverage()[0].read_by, look.coverage()[0].failed) == (("keys",), ("mail",))
    assert watch.seen == [(what, name) for name in ("mail", "keys") for what in ("begins", "ends")]


def test_whoever_is_barred_is_asked_nothing() -> None:
    handed: list[int] = []
    detection = Detection([ToyDetector(MAIL.rules, "mail", handed=handed), KEYS])
    watch = Watched(barred="mail")
    told = [(each.kind, each.detector) for each in detection.window("e@a key=", Origin.MODEL, 0, watch)]
    assert told == [("detector.unavailable", "mail"), ("secret.key", "keys")]
    assert detection.hold("e@a ke", Origin.MODEL, 0, watch) == 4
    assert handed == []


def test_nobody_is_handed_what_it_does_not_read_nor_named_for_it() -> None:
    handed: list[int] = []
    user = ToyDetector(MAIL.rules, "mail", origins=frozenset({Origin.USER}), handed=handed)
    look = looked(Detection([user, KEYS]), segment("e@a"), segment("e@a", Origin.TOOL, "/1"))
    assert [each.span.path for each in look.findings] == ["/0"]
    assert [each.read_by for each in look.coverage()] == [("mail", "keys"), ("keys",)]
    assert Detection([user]).hold("e@a", Origin.MODEL, 1) == Detection([]).hold("e@a", Origin.MODEL, 1)
    assert len(handed) == 1


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
