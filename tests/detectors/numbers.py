"""Numbers that fit the patterns and checks of rules, generated; and what becomes of them when one digit is wrong."""

from functools import cache

from hypothesis import assume
from hypothesis import strategies as st

from yett.detectors.rule import SEEN, Rule, Scanner
from yett.detectors.rules import PACKS, shipped
from yett.detectors.surroundings import Surroundings
from yett.detectors.syntax import parse, written
from yett.detectors.validators import VALIDATORS

PACKED: tuple[Rule, ...] = tuple(rule for pack in PACKS for rule in shipped(f"personal_{pack}"))


@cache
def scanner(rule: Rule) -> Scanner:
    return Scanner(rule)


def seen(rule: Rule, text: str) -> bool:
    """Say whether *rule* reports anything in *text*."""
    around, at_work = Surroundings(text.encode()), scanner(rule)
    return any(at_work.score(around, place) >= SEEN for place in at_work.places(around, 0).spans)


def fits(rule: Rule, number: str) -> bool:
    """Say whether the pattern of *rule* takes all of *number* and its check believes it."""
    whole = scanner(rule).places(Surroundings(number.encode()), 0).spans[:1] == [(0, len(number.encode()))]
    return whole and VALIDATORS[rule.validator](number)


def shaped(rule: Rule) -> st.SearchStrategy[str]:
    """Draw what the pattern of *rule* matches: ASCII digits and letters as it asks for them."""
    return st.from_regex(
        written(parse(rule.pattern), captures=False), fullmatch=True, alphabet=st.characters(codec="ascii")
    )


@st.composite
def valid(draw: st.DrawFn, rule: Rule) -> str:
    """Draw a number that *rule* believes: one of its shape, with two of its digits put right."""
    number = draw(shaped(rule) | st.sampled_from(rule.true).map(lambda text: value(rule, text)))
    digits = [place for place, character in enumerate(number) if character.isdigit()]
    start = draw(st.integers(0, 9999))
    tail = digits[-4:]
    for step in range(3000):
        tried = list(number)
        for place, digit in zip(tail, f"{(start + step * 7) % 10 ** len(tail):0{len(tail)}}", strict=True):
            tried[place] = digit
        if fits(rule, "".join(tried)):
            return "".join(tried)
    assume(fits(rule, number))
    return number


def value(rule: Rule, text: str) -> str:
    """Return what *rule* reports in *text*."""
    around, at_work = Surroundings(text.encode()), scanner(rule)
    places = at_work.places(around, 0).spans
    start, end = next(place for place in places if at_work.score(around, place) >= SEEN)
    return around.data[start:end].decode()


def slips(number: str) -> list[str]:
    """Return *number* with each of its digits replaced by each other one."""
    return [
        number[:place] + other + number[place + 1 :]
        for place, digit in enumerate(number)
        if digit.isdigit()
        for other in "0123456789"
        if other != digit
    ]


def judge_generated(rule: Rule, data: st.DataObject) -> None:
    """Hold that a generated number of *rule* is found and that a slip of one digit in it hardly ever is."""
    number = data.draw(valid(rule))
    word = rule.context.words[0]
    assert seen(rule, f"the {word}: {number}.")
    wrong = [slip for slip in slips(number) if fits(rule, slip)]
    # Checks modulo eleven that fold ten into a digit let up to two in eleven slips through; what is checked twice lets hardly any.
    assert len(wrong) <= len(slips(number)) * 0.2
    for slip in data.draw(st.lists(st.sampled_from(slips(number)), max_size=5)):
        assert slip in wrong or not seen(rule, f"the {word}: {slip}")
