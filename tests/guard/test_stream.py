"""However an answer is cut, the same characters are released, and never one that policy takes out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.examples import (
    DETECTORS,
    PIECES,
    POLICIES,
    Example,
    complaint,
    contextual_example,
    found,
    lane,
    redacting,
    some_example,
)
from tests.guard.shipped import VALUES, VARIANTS, shipped, some_answer
from tests.guard.toys import Broken, Rule, ToyDetector, ToyPolicy, answered, asked, guard_of, pieces, streamed
from yett.guard import stream
from yett.guard.detection import Detection
from yett.guard.sight import Sight
from yett.guard.stream import Release, StreamGuard
from yett.model.decision import Decision
from yett.model.obligation import REVERSIBLE, Approve, Drop, Restore, Route, Transform
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin, Segment

CUTS = st.lists(st.integers(0, 120), min_size=1, max_size=5).map(tuple)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(text=TEXTS, detectors=st.sampled_from(DETECTORS), cuts=CUTS)
def test_chunking_does_not_matter(
    policy: ToyPolicy, text: str, detectors: tuple[ToyDetector, ...], cuts: tuple[int, ...]
) -> None:
    assert complaint(Example(text, detectors, policy, (cuts,))) == ""


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_stands_before_is_read_alike_however_it_is_cut(seed: int) -> None:
    assert complaint(contextual_example(Random(seed))) == ""


def early(example: Example) -> tuple[int, int]:
    """Return how many characters were released before the end, and how many altogether."""
    releases, _ = streamed(lane(example.guard()), list(example.text))
    return len("".join(releases[:-1])), len("".join(releases))


def test_most_characters_are_released_before_the_end() -> None:
    measured = [early(some_example(Random(seed))) for seed in range(400)]
    assert sum(1 for before, _ in measured if before) > len(measured) / 3
    long = [replace(some_example(Random(seed)), text=PROSE * 3, policy=POLICIES[0]) for seed in range(100)]
    before, altogether = map(sum, zip(*map(early, long), strict=True))
    assert before > altogether * 0.8


# Mutants: each is a guard that does one thing wrong. The property must notice.


def held_late(patch: pytest.MonkeyPatch) -> None:
    sound = Detection.hold
    patch.setattr(Detection, "hold", lambda self, text, *rest: min(len(text), sound(self, text, *rest) + 1))


def findings_cut(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stream, "_outside", lambda settled, _: settled)


def context_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Detection, "behind", lambda *_: "")


def context_in_raw_characters(patch: pytest.MonkeyPatch) -> None:
    def behind(self: Detection, text: str, position: int) -> str:
        return text[max(0, position - self._reach) : position]

    patch.setattr(Detection, "behind", behind)


def decided_after_release(patch: pytest.MonkeyPatch) -> None:
    sound = StreamGuard._add

    def add(self: StreamGuard, sights: list[Sight], base: int) -> Decision:
        before = self.decision
        after = sound(self, sights, base)
        return before if before and not after.allowed else after

    patch.setattr(StreamGuard, "_add", add)


def never_decided_again(patch: pytest.MonkeyPatch) -> None:
    sound = StreamGuard._decide
    patch.setattr(StreamGuard, "_decide", lambda self: self.decision or sound(self))


def folding_taken_for_settled(patch: pytest.MonkeyPatch) -> None:
    from yett.guard.folding import Folded

    patch.setattr(Folded, "settled", property(lambda self: len(self.text)))


def carriers_not_held(patch: pytest.MonkeyPatch) -> None:
    from yett.guard import readings

    patch.setattr(readings, "hold", len)


MUTANTS = (
    held_late,
    findings_cut,
    context_dropped,
    context_in_raw_characters,
    decided_after_release,
    never_decided_again,
    folding_taken_for_settled,
    carriers_not_held,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_guard_that_does_it_wrong_is_noticed(
    mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    examples = (make(Random(seed)) for seed in range(1200) for make in (some_example, contextual_example))
    assert any(map(complaint, examples))


def test_a_guard_that_forgets_that_policy_counts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamGuard, "_counts", property(lambda _: False, lambda *_: None), raising=False)
    counting = next(policy for policy in POLICIES if policy.fields)
    assert any(complaint(replace(some_example(Random(seed)), policy=counting)) for seed in range(1200))


@pytest.mark.parametrize("fault", [{"late": 1}, {"short": 1}, {"blind": True}], ids=str)
def test_a_detector_that_settles_too_early_is_noticed(fault: dict[str, object]) -> None:
    def broken(example: Example) -> Example:
        return replace(example, detectors=tuple(replace(each, **fault) for each in example.detectors))

    examples = (make(Random(seed)) for seed in range(1200) for make in (some_example, contextual_example))
    assert any(complaint(broken(example)) for example in examples)


# A lane that holds too much.


@dataclass
class Given:
    """What a guard released of a text, and where it told policy that it gave up."""

    text: str
    stopped: bool
    given_up: list[tuple[int, int]]


def given_up(text: str, cuts: Iterable[int], policy: ToyPolicy, *detectors: object) -> Given:
    one = lane(guard_of(policy, *detectors))
    releases, stopped = streamed(one, pieces(text, cuts))
    spans = [each.span for each in one.findings if each.kind == "detector.unavailable"]
    return Given("".join(releases), stopped, [(span.start, span.end) for span in spans])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after 24 characters, at every eighth."""
    monkeypatch.setattr(stream, "_CHECKPOINT", 8)
    monkeypatch.setattr(stream, "_MOST_HELD", 24)
    monkeypatch.setattr(stream, "_EAGER", 16)


def give_up_differs() -> bool:
    """Say whether some text is given up at different places when it is cut differently."""
    for seed in range(250):
        chance = Random(seed)
        text = "".join(chance.choices(("aaaaaaaa", "key=", " ", "0101", "\u0430", "\u200b", "so it is "), k=20))
        detectors = chance.choice(DETECTORS)
        policy = chance.choice(POLICIES)
        ways = [(), range(len(text)), chance.choices(range(len(text)), k=5), chance.choices(range(len(text)), k=40)]
        results = [given_up(text, way, policy, *detectors) for way in ways]
        if any(result != results[0] for result in results):
            return True
    return False


@pytest.mark.usefixtures("impatient")
def test_a_lane_gives_up_at_the_same_place_however_it_is_cut() -> None:
    assert not give_up_differs()


@pytest.mark.usefixtures("impatient")
def test_checkpoints_that_follow_the_chunks_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def feed(self: StreamGuard, delta: str) -> Release:
        self._begin()
        self._window.text += delta
        self._window.position += len(delta)
        return Release("" if self.stopped else self._checkpoint(), self.stopped)

    monkeypatch.setattr(StreamGuard, "feed", feed)
    assert give_up_differs()


RUN = "a" * 300_000


def test_a_lane_that_holds_too_much_is_stopped_where_policy_wants_all_to_be_read() -> None:
    one = lane(guard_of(ToyPolicy("strict", found("detector.found"))))
    releases, stopped = streamed(one, [RUN])
    assert stopped
    assert "".join(releases) == ""


def test_a_lane_that_holds_too_much_is_stopped_where_policy_wants_something_taken_out() -> None:
    detector = ToyDetector((Rule("pii.email", "e@"),))
    releases, stopped = streamed(lane(guard_of(ToyPolicy(owes=redacting(("pii", Transform.MASK))), detector)), [RUN])
    assert stopped
    assert "".join(releases) == ""


def test_a_lane_that_holds_too_much_goes_on_where_policy_lets_it() -> None:
    one = lane(guard_of(ToyPolicy()))
    releases, stopped = streamed(one, [RUN])
    assert not stopped
    assert "".join(releases) == RUN
    assert len(releases[0]) >= len(RUN) - 70_000
    assert {each.detector for each in one.findings} == {"stream"}


# Cost, counted in characters that detectors are handed, never in time.


PROSE = "The gate shows everything, and lets in nothing that was not invited. "


@pytest.mark.parametrize(
    ("name", "piece", "length", "most"),
    [
        ("prose", PROSE, 200_000, 60),
        ("one unbroken run", "a", 200_000, 250),
        ("one unbroken word of another script", "\u0436", 80_000, 250),
        ("nothing that anybody sees", "\u200b", 40_000, 60),
        ("letters and nothing in turn", "a\u200b", 80_000, 250),
        ("words that mix letters", "p\u0430ss ", 40_000, 60),
    ],
)
def test_the_work_is_linear_in_the_text(name: str, piece: str, length: int, most: int) -> None:
    text = (piece * length)[:length]
    detector = ToyDetector((Rule("secret.key", "key=", "ab01", 2, 5, after=" ", near=8),), handed=[])
    one = lane(guard_of(ToyPolicy(), detector))
    released = 0
    widest = 0
    for start in range(0, len(text), 5):
        released += len(one.feed(text[start : start + 5]).text)
        widest = max(widest, len(one._window.text))
    assert released + len(one.finish().text) == len(text)
    assert sum(detector.handed or ()) <= most * len(text)
    assert widest <= 80_000


# Failure.


def test_a_detector_that_breaks_is_told_to_policy() -> None:
    one = lane(guard_of(ToyPolicy("strict", found("detector.found")), Broken("boom")))
    assert one.feed("all is well, ").text == "all is well, "
    releases, stopped = streamed(one, ["and then boom", ", it went on"])
    assert stopped
    assert "".join(releases) == ""
    assert [each.detector for each in one.findings] == ["broken"]


def test_a_detector_that_breaks_releases_nothing_where_policy_wants_its_findings_taken_out() -> None:
    releases, stopped = streamed(
        lane(guard_of(ToyPolicy(owes=redacting(("pii", Transform.MASK))), Broken("boom"))), ["boom, it went on"]
    )
    assert stopped
    assert "".join(releases) == ""


def test_a_detector_that_cannot_say_what_is_settled_settles_nothing() -> None:
    releases, _ = streamed(lane(guard_of(ToyPolicy(), Broken("never", holds=False))), ["some ", "words ", "of prose"])
    assert releases == ["", "", "", "some words of prose"]


def test_an_empty_answer_is_read_too() -> None:
    releases, stopped = streamed(lane(guard_of(ToyPolicy("strict", found("detector.found")), Broken(""))), [])
    assert (releases, stopped) == ([""], True)


@pytest.mark.parametrize(
    "owed",
    [Route(frozenset()), Approve(), Drop("content")],
    ids=["a route to nowhere", "an approval", "an answer that is dropped"],
)
def test_what_cannot_be_carried_out_stops_the_lane(owed: Route | Approve | Drop) -> None:
    policy = ToyPolicy(owes=((found("content.found"), owed),))
    guard = guard_of(policy, ToyDetector((Rule("content.bad", "damn"),)))
    assert streamed(lane(guard), ["so it is damn late"]) == (["so it is ", ""], True)
    assert not guard.inspect(answered("so it is damn late")).allowed


def test_nothing_follows_a_stop() -> None:
    one = lane(guard_of(ToyPolicy("deny", found("content.found")), ToyDetector((Rule("content.bad", "damn"),))))
    assert one.feed("well damn, ") == Release("well ", stopped=True)
    assert one.feed("I said") == Release("", stopped=True)
    assert one.finish() == Release("", stopped=True)


def test_a_policy_that_always_denies_lets_not_a_character_out() -> None:
    assert lane(guard_of(ToyPolicy("never", lambda _: True))).feed("words ") == Release("", stopped=True)


def test_positions_count_in_the_whole_answer() -> None:
    one = lane(guard_of(ToyPolicy(), ToyDetector((Rule("pii.email", "e@a"),))))
    streamed(one, ["words and words " * 20, "and e@a", " and e@a", " words"])
    starts = [each.span.start for each in one.findings]
    assert starts == [324, 332]
    assert one.characters == 341


def test_policy_is_asked_again_only_when_there_is_something_new() -> None:
    asked = []

    def denies(ask: object) -> bool:
        asked.append(1)
        return False

    detector = ToyDetector((Rule("pii.email", "e@a"),))
    streamed(lane(guard_of(ToyPolicy(denies=denies), detector)), ["e@a " * 50])
    assert len(asked) == 2
    asked.clear()
    counting = ToyPolicy(denies=denies, fields=frozenset({"pii.count"}))
    streamed(lane(guard_of(counting, detector)), ["e@a " * 50])
    assert len(asked) == 51


# What is shipped.


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 1 << 32))
def test_chunking_does_not_matter_to_what_is_shipped(seed: int) -> None:
    assert complaint(some_answer(Random(seed))) == ""


def test_a_shipped_policy_that_forgets_the_context_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    context_dropped(monkeypatch)
    assert any(complaint(some_answer(Random(seed))) for seed in range(300))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:16])
def test_no_value_comes_through_wherever_it_is_cut(variant: str, value: str) -> None:
    text = f"It is this: {value} and no other."
    guard = shipped(variant)
    whole = guard.inspect(answered(text))
    seen = any(finding.kind.startswith(("pii.", "secret.", "exfiltration.")) for finding in whole.findings)
    assert seen
    for cut in range(len(text)):
        releases, stopped = streamed(lane(guard), [text[:cut], text[cut:]])
        assert stopped is not whole.allowed
        assert stopped or "".join(releases) == whole.sanitized
        assert not stopped or value not in "".join(releases)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_shipped_streams(variant: str) -> None:
    assert shipped(variant).streams()


def test_prose_is_released_word_by_word() -> None:
    one = lane(shipped("default"))
    held = []
    fed = 0
    for word in (PROSE * 20).split(" "):
        fed += len(word) + 1
        fed -= len(one.feed(word + " ").text)
        held.append(fed)
    assert max(held) <= 24
    assert sum(held) / len(held) < 4


def unlike(chance: Random) -> str:
    """Say in what streams that name stand-ins of their request differ from the whole answer; empty where they do not."""
    how = chance.choice(sorted(REVERSIBLE))
    owes = (*redacting(("*", how)), (lambda _: True, Restore("*")))
    guard = guard_of(ToyPolicy(owes=owes), *chance.choice(DETECTORS))
    said = "".join(chance.choices(PIECES, k=6))
    shared = guard.inspected(asked(Segment("/0", Origin.USER, said))).shared
    assert shared is not None
    names = [*shared.pseudonyms.given(["*"])] or ["<EMAIL_000000>"]
    parts = [*names, *(name[: len(name) // 2] for name in names), *(name.replace("_", "\\_") for name in names)]
    text = "".join(chance.choices([*parts, *parts, "https://x.example/", "//", " ", *chance.choices(PIECES, k=6)], k=7))
    whole = guard.inspected(answered(text), shared).verdict
    for cuts in (range(len(text)), chance.choices(range(99), k=3)):
        one = guard.lane(ANONYMOUS, {}, (), shared)
        got = "".join(streamed(one, pieces(text, cuts))[0])
        if got != whole.sanitized or one.shared.told != whole.rewritten:
            return f"{text!r} gave {got!r}, {one.shared.told}, for {whole.sanitized!r}, {whole.rewritten}"
    return ""


@pytest.mark.parametrize("part", range(4))
def test_what_returns_does_so_however_it_is_cut(part: int) -> None:
    assert [told for seed in range(250) if (told := unlike(Random(f"{part}/{seed}")))] == []


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (StreamGuard, "_addressed", property(lambda _: False, lambda *_: None)),
        (stream, "unreturned", lambda sights, _: sights),
    ],
)
def test_a_stream_that_puts_back_something_else_is_noticed(
    where: object, name: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, broken, raising=False)  # type: ignore[arg-type]
    assert any(unlike(Random(f"0/{seed}")) for seed in range(250))


# Forks.


def forked(example: Example, cuts: tuple[int, ...]) -> bool:
    """Say whether a lane whose every step is taken by a fork, beside one that is given up, does as one that goes on."""
    plain, one = lane(example.guard()), lane(example.guard())
    for piece in pieces(example.text, cuts):
        lost, after = one.fork(), one.fork()
        lost.feed(f"{piece} and more")
        if after.feed(piece) != plain.feed(piece):
            return False
        one = after
    return (one.finish(), one.findings, one.shared.told) == (plain.finish(), plain.findings, plain.shared.told)


@settings(max_examples=150)
@given(seed=st.integers(0, 1 << 32), cuts=CUTS)
def test_a_fork_goes_on_as_the_lane_would(seed: int, cuts: tuple[int, ...]) -> None:
    assert forked(some_example(Random(seed)), cuts)


@pytest.mark.parametrize("shares", ["findings", "_window", "_told", "shared"])
def test_a_fork_that_shares_what_changes_is_noticed(shares: str, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = StreamGuard.fork

    def sharing(self: StreamGuard) -> StreamGuard:
        other = honest(self)
        setattr(other, shares, getattr(self, shares))
        return other

    monkeypatch.setattr(StreamGuard, "fork", sharing)
    assert not all(forked(some_example(Random(seed)), (3, 9, 20)) for seed in range(600))


# No time.


def test_what_there_was_no_time_for_passes_only_where_policy_lets_it() -> None:
    strict = lane(guard_of(ToyPolicy("strict", found("detector.found")), ToyDetector((Rule("pii.email", "e@a"),))))
    assert strict.feed("all is well, e@").text == "all is well, "
    assert strict.unread("a it said") == Release("", stopped=True)
    assert strict.unread("more") == Release("", stopped=True)
    lenient = lane(guard_of(ToyPolicy(), ToyDetector((Rule("pii.email", "e@a"),))))
    lenient.feed("all is well, e@")
    assert lenient.unread("a it said") == Release("e@a it said")
    assert [(each.span.start, each.span.end, each.rule) for each in lenient.findings] == [(13, 24, "deadline")]
    assert lenient.feed(" e@a. ").text + lenient.finish().text == " e@a. "
    assert lenient.characters == 30
