"""The application's instructions are recognised in answers, however they are cut, and everyday answers are not."""
# ruff: noqa: RUF001 - Chinese punctuation

import re
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.toys import ToyPolicy, guard_of, pieces, streamed
from yett.detectors import leakage
from yett.detectors.leakage import Leakage, Recalled
from yett.guard.guard import Guard
from yett.model.finding import Match
from yett.model.interaction import Interaction
from yett.model.obligation import Redact, Transform
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage

PROMPT = (
    "You are Margot, the assistant of Acme Travel. Never tell anyone about the internal discount code, which only "
    "managers may give. Answer in the language of the customer, and be brief, friendly and precise at all times. If a "
    "customer asks for a refund, say that refunds take ten working days and offer to open a case."
)
CHINESE = "你是旅行社的助手，绝对不要告诉任何人内部折扣代码，只有经理才能给出这个代码。请始终礼貌、简洁地回答。"
MANY = " ".join(
    f"w{'abcdefghij'[number // 100]}{'abcdefghij'[number // 10 % 10]}{'abcdefghij'[number % 10]}"
    for number in range(200)
)


def asked(*texts: tuple[Origin, str]) -> tuple[Segment, ...]:
    return tuple(Segment(f"/messages/{place}/content", origin, text) for place, (origin, text) in enumerate(texts))


def recalled(prompt: str, *others: tuple[Origin, str]) -> Recalled:
    found = Leakage().about(asked((Origin.OPERATOR, prompt), *others), lambda text: text)
    assert found is not None
    return found


def surest(answer: str, prompt: str = PROMPT, *others: tuple[Origin, str]) -> float:
    return max((match.score for match in recalled(prompt, *others).detect(answer, Origin.MODEL)), default=0.0)


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (f"Sure, here it is: {PROMPT}", 0.95),
        (PROMPT.upper().replace(" ", "\n"), 0.95),
        (
            "It says: never tell anyone about the internal discount code, which only managers may give. Answer in the",
            0.8,
        ),
        ("I must never tell anyone about the internal discount code", 0.5),
        ("I must never tell anyone about the internal coupon code", 0.0),
        ("Refunds take ten working days.", 0.0),
        ("I am Margot. How can I help you with your travel plans today?", 0.0),
        ("", 0.0),
    ],
)
def test_how_sure_it_is_grows_with_what_is_repeated(answer: str, score: float) -> None:
    assert surest(answer) == score


@pytest.mark.parametrize(
    "written",
    [
        "{}".format,
        "__{}__".format,
        "_{}".format,
        "<li>{}</li>".format,
        "<br/>{}".format,
        "<b>{}</b><i>".format,
        '<span class="some words">{}</span>'.format,
        "\\n{}".format,
        "\\t{}\\r".format,
        '{}", "'.format,
    ],
)
def test_what_stands_between_words_does_not_count(written: Callable[[str], str]) -> None:
    answer = " ".join(map(written, PROMPT.split()))
    (first, *_) = recalled(PROMPT).detect(answer, Origin.MODEL)
    assert first.score == 0.95
    assert answer[first.start :].startswith("You")


def test_a_list_of_instructions_is_read_as_one_whatever_its_numbers() -> None:
    lines = PROMPT.split(". ")
    assert surest("\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))) == 0.95
    assert surest(PROMPT, "\n".join(f"{number}) {line}" for number, line in enumerate(lines, 1))) == 0.95


def test_what_only_looks_like_a_tag_is_read() -> None:
    assert surest(f"if a <b and c: {PROMPT} >") == 0.95
    assert surest(f"<{PROMPT}>") == 0.95
    assert surest("<you are margot, the assistant of acme travel. never>") == 0.0


def test_a_large_share_of_short_instructions_is_as_sure_as_a_long_stretch() -> None:
    stretch = "never tell anyone about the internal discount code which only managers may"
    assert surest(stretch, f"You should {stretch} give.") == 0.8
    assert surest(stretch, f"{stretch} {MANY}") == 0.5


def test_in_scripts_without_spaces_a_character_is_a_word() -> None:
    assert surest("内部折扣代码，只有经理才能给出这个代码", CHINESE) == 0.8
    assert surest("我们的折扣代码在网站上", CHINESE) == 0.0


def test_a_match_covers_what_was_repeated() -> None:
    answer = "Well: tell anyone about the internal discount code, WHICH only. Yes."
    first, *_ = recalled(PROMPT).detect(answer, Origin.MODEL)
    assert answer[first.start : first.end] == "tell anyone about the internal discount code, WHICH only"
    assert first == Match(6, first.end, "leakage.system_prompt", 0.5, "instructions")


@pytest.mark.parametrize("origin", [Origin.USER, Origin.DOCUMENT, Origin.TOOL])
def test_what_the_caller_or_a_document_said_may_be_repeated(origin: Origin) -> None:
    assert surest(PROMPT, PROMPT, (origin, f"quote: {PROMPT}")) == 0.0


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.DEFINITION])
def test_an_earlier_answer_is_no_excuse(origin: Origin) -> None:
    assert surest(PROMPT, PROMPT, (origin, PROMPT)) == 0.95


def test_only_answers_are_looked_at() -> None:
    assert list(recalled(PROMPT).detect(PROMPT, Origin.USER)) == []
    assert recalled(PROMPT).hold(PROMPT, Origin.USER) == len(PROMPT)


@pytest.mark.parametrize(
    "texts", [(), ((Origin.USER, PROMPT),), ((Origin.OPERATOR, ""),), ((Origin.OPERATOR, "Be brief."),)]
)
def test_without_instructions_worth_the_name_there_is_nothing_to_look_for(
    texts: tuple[tuple[Origin, str], ...],
) -> None:
    assert Leakage().about(asked(*texts), lambda text: text) is None


def test_instructions_are_learnt_once_and_forgotten_when_there_are_too_many() -> None:
    folded: list[str] = []

    def fold(text: str) -> str:
        folded.append(text)
        return text

    leakage = Leakage(most=300)
    for prompt in (MANY, MANY, PROMPT, PROMPT, MANY[::-1], MANY):
        leakage.about(asked((Origin.OPERATOR, prompt)), fold)
    assert [text[:6] for text in folded] == [MANY[:6], PROMPT[:6], MANY[::-1][:6], MANY[:6]]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("I think that ", 13),
        ("I thi", 2),
        ("I must never tell anyone about ", 7),
        ("I must never tell anyone about the inter", 7),
        ("so: never tell anyone else ", 27),
        ("a" * 90, 90),
        (f"{PROMPT} ", len(PROMPT) - len("working days and offer to open a case.")),
    ],
)
def test_a_stream_waits_only_for_words_that_follow_one_another_in_the_instructions(text: str, held: int) -> None:
    position = recalled(PROMPT).hold(text, Origin.MODEL)
    assert position <= held
    assert held - position < 60 or text.startswith(PROMPT[:9])


def test_a_character_of_a_script_without_spaces_is_complete_at_once() -> None:
    assert recalled(CHINESE).hold("猫", Origin.MODEL) == 1
    assert recalled(CHINESE).hold("说:内部", Origin.MODEL) == 2


WORDS = (*PROMPT.split()[:30], *PROMPT.split()[:30], "and", "then", "word", "é", "Never", "语", "-", "\n", "\u200b")
PROMPTS = (PROMPT, "語語語語語語語語語 " + PROMPT, "a b a b a b a b a b a b")
POLICY = ToyPolicy(owes=((lambda _: True, Redact("leakage", Transform.REPLACE, 0.5)),))


def some_answer(chance: Random) -> str:
    words = PROMPT.split()
    parts = []
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(words))
        parts += words[start : start + chance.randint(1, 40)]
        parts += chance.choices((*WORDS, "a", "b"), k=chance.randint(0, 6))
    glue = chance.choice(
        (" ", " ", "  ", ", ", " \u200b", "<br>", "</b> <i class='a b'>", "\\n", "_", " 1. ", " <", "<b ", "\\")
    )
    return glue.join(parts)


def differs(guard: Guard, seed: int) -> bool:
    chance = Random(seed)
    texts = asked((Origin.OPERATOR, chance.choice(PROMPTS)), (Origin.USER, chance.choice(("hi", PROMPT[:90]))))
    answer = some_answer(chance)
    whole = guard.inspect(Interaction(Stage.RESPONSE, (Segment("", Origin.MODEL, answer),), asked=texts)).sanitized
    ways: Sequence[Sequence[int]] = ([], chance.choices(range(len(answer) + 1), k=9), range(0, len(answer), 3))
    return any("".join(streamed(guard.lane(ANONYMOUS, {}, texts), pieces(answer, way))[0]) != whole for way in ways)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 1 << 32))
def test_however_an_answer_is_cut_the_same_instructions_are_taken_out(seed: int) -> None:
    assert not differs(Guard((), POLICY, informed=(Leakage(),)), seed)


def held_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Recalled, "hold", lambda self, text, *_: len(text))


def words_taken_for_complete(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("yett.detectors.leakage._alone", lambda _: True)


def tags_taken_for_finished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("yett.detectors.leakage._UNFINISHED", re.compile(r"(?!)"))


def pairs_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Recalled, "_goes_on", lambda self, words: len(words) == 1)


@pytest.mark.parametrize(
    "mutant",
    [held_late, words_taken_for_complete, tags_taken_for_finished, pairs_forgotten],
    ids=lambda each: each.__name__,
)
def test_a_detector_that_settles_too_early_is_noticed(mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant(monkeypatch)  # type: ignore[operator]
    guard = Guard((), POLICY, informed=(Leakage(),))
    assert any(differs(guard, seed) for seed in range(60))


def depends_on_what_is_far(seed: int, behind: int) -> bool:
    """Say whether what is found after some place depends on more than the *behind* characters before it."""
    chance = Random(seed)
    answer = some_answer(chance)
    detector = recalled(PROMPT)
    start = chance.randrange(len(answer) + 1)
    first = max(0, start - behind)
    near = detector.detect(answer[first:], Origin.MODEL, start - first)
    found = [match for match in detector.detect(answer, Origin.MODEL) if match.start >= start]
    return [(match.start + first, match.end + first) for match in near] != [match[:2] for match in found]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_is_found_depends_on_no_more_than_a_tag_before_it(seed: int) -> None:
    assert not depends_on_what_is_far(seed, recalled(PROMPT).look_behind)


def test_a_context_that_cuts_tags_is_noticed() -> None:
    assert any(depends_on_what_is_far(seed, 1) for seed in range(200))


def test_a_guard_of_toys_is_told_what_was_asked() -> None:
    guard = guard_of(ToyPolicy("deny", lambda ask: ask("leakage.found")))
    assert guard.inspect(Interaction(Stage.RESPONSE, (Segment("", Origin.MODEL, PROMPT),))).allowed


def _plainly(prompt: str, answer: str) -> list[tuple[int, int]]:
    """Return where *answer* repeats eight words of *prompt* or more, looking at every word."""
    prompt, answer = (re.sub("<[^<>]+>", lambda tag: "." * len(tag[0]), text) for text in (prompt, answer))
    words = [word.casefold() for word in re.findall(r"[a-z]+", prompt, re.IGNORECASE)]
    known = {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
    found = [*re.finditer(r"[a-z]+", answer, re.IGNORECASE)]
    said = [word[0].casefold() for word in found]
    leaks = [tuple(said[at : at + 8]) in known for at in range(len(said) - 7)]
    ends = [
        at + next((n for n in range(25) if not leaks[at + n : at + n + 1] or not leaks[at + n]), 25)
        for at in range(len(leaks))
    ]
    return [(found[at].start(), found[min(ends[at] + 6, at + 31)].end()) for at in range(len(leaks)) if leaks[at]]


_SOME = st.lists(st.sampled_from("ab cd EF g_1 ab. -cd, ef <ab> 7".split()), min_size=0, max_size=60).map(" ".join)


@given(_SOME, st.lists(st.tuples(_SOME, st.integers(0, 40), st.integers(0, 40)), max_size=3))
def test_every_word_is_looked_at_that_may_begin_a_stretch(prompt: str, parts: list[tuple[str, int, int]]) -> None:
    cut = prompt.split()
    answer = " ".join(f"{other} {' '.join(cut[start : start + count])}" for other, start, count in parts)
    detector = Leakage().about(asked((Origin.OPERATOR, prompt)), lambda text: text)
    if detector:
        assert [match[:2] for match in detector.detect(answer, Origin.MODEL)] == _plainly(prompt, answer)


@given(st.text("aZ_é9 ,", max_size=20), st.integers(0, 20))
def test_words_are_the_same_however_they_are_parted(text: str, start: int) -> None:
    found = [word.casefold() for word in leakage._WORD.findall(text, start)]
    assert leakage._spoken(text, start) == found


def test_an_answer_of_nothing_but_instructions_is_told_in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = f"{PROMPT} " * 500
    assert len(answer) > 131_072
    matches = list(recalled(PROMPT).detect(answer, Origin.MODEL))
    *apart, rest = matches
    assert len(apart) == 4_096
    assert rest == Match(rest.start, len(answer), "leakage.system_prompt", 0.95, "instructions")
    monkeypatch.setattr(leakage, "_MOST_PLACES", len(answer))
    every = list(recalled(PROMPT).detect(answer, Origin.MODEL))
    assert every[:4_096] == apart
    assert every[4_096].start == rest.start


@pytest.mark.parametrize("before", range(16))
def test_eight_words_are_enough_wherever_they_stand(before: int) -> None:
    stretch = " ".join(MANY.split()[20:28])
    answer = " ".join([*["other"] * before, stretch, *["words"] * 16])
    assert [answer[match.start : match.end] for match in recalled(MANY).detect(answer, Origin.MODEL)] == [stretch]
