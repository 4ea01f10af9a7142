"""Spelling: the gate lets through whatever the pattern matches."""

from collections.abc import Callable

import hyperscan
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detectors.generated import TEXTS, patterns
from yett.detectors import spelling
from yett.detectors.expression import Expression
from yett.detectors.rules import SHIPPED, shipped
from yett.detectors.spelling import demanded, gated


def passes(spelled: str, text: str) -> bool:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=[spelled.encode()], ids=[0], flags=[hyperscan.HS_FLAG_SINGLEMATCH])
    hits: list[int] = []
    database.scan(text.encode(), match_event_handler=lambda index, *_: hits.append(index))
    return bool(hits)


def shut_out(pattern: str, text: str, spelled: str | None) -> bool:
    matched = Expression(pattern).search(text.encode()) is not None
    return spelled is not None and matched and not passes(spelled, text)


@settings(max_examples=300)
@given(patterns(), TEXTS)
def test_whatever_matches_passes(pattern: str, text: str) -> None:
    assert not shut_out(pattern, text, gated(pattern))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"a\Sb", "a\x0bb"),
        ("(?i)é", "É"),
        ("(?i)привет", "ПРИВЕТ"),
        ("a[^x]{2}b", "aééb"),
        ("a.b", "aéb"),
        ("[a-é]b", "äb"),
        (r"[\x{e0}-\x{ff}]b", "äb"),
        (r"[^\s,]{3}b", "äöüb"),
        ("(?s:a.b)", "a\nb"),
        (r"[\w.]+@", "a.b@"),
        (r"x\pL{2}y", "xéжy"),
        (r"x[\pL-]{3}y", "xé-жy"),
        (r"x[^\pL]y", "x٣y"),
        (r"[.\]-]x", "]x"),
        (r"\x41\.", "A."),
        ("x(?:y|z){2,9}", "xyz"),
        ("a(?:1)?(?m:$)", "11111111111ééa1"),
        (r"a1?\z", "1111111111111111a1"),
        (r"a(?:1|$){1,2}", "a1"),
        (r"a[0-9]{3,9}\b", "a123"),
        (r"a[^b]{2,3}", "aéé"),
        (r"a(?:b*|cd)", "a"),
        (r"ab*(?:(?:cd)?)*", "a"),
        (r"a(?:[ -]?[0-9]){11}", "a1 2-34567 8 9 10"),
        (r"a(?:b(?:c|d){2}){1,4}", "abcd"),
        (r"(?:(?:ab)c|(?:d)c|(?:e)f|g)", "dc"),
        (r"[ab][0-9]{22,30}c", "b1234567890123456789012c"),
    ],
)
def test_bytes_and_characters_agree(pattern: str, text: str) -> None:
    spelled = gated(pattern)
    assert spelled is not None
    assert Expression(pattern).search(text.encode()) is not None
    assert passes(spelled, text)


@pytest.mark.parametrize("pattern", [r"\pN", r"[\pN]", "[[:alpha:]]", r"\Qa\E", "(?i)ა", r"[\S]", "$", "a?$", r"\b"])
def test_what_is_not_sure_is_not_gated(pattern: str) -> None:
    assert gated(pattern) is None


def test_every_shipped_rule_is_gated() -> None:
    assert [rule.id for name in SHIPPED for rule in shipped(name) if gated(rule.pattern) is None] == []


ASKED = st.lists(patterns(), min_size=2, max_size=3).map("[^x]{0,9}".join)


def lost(pattern: str, text: str, spell: Callable[[str], tuple[str, ...]]) -> bool:
    """Say whether *pattern*, taken for a large one, is in *text*, but not all that is demanded of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spelling, "_LARGE", 0)
        return any(shut_out(pattern, text, spelled) for spelled in spell(pattern))


@settings(max_examples=200)
@given(ASKED, TEXTS)
def test_all_that_is_demanded_of_a_large_pattern_is_wherever_it_matches(pattern: str, text: str) -> None:
    assert not lost(pattern, text, demanded)


def test_a_demand_too_many_is_noticed() -> None:
    case = ("(?i)ab(?:1|2)[^x]{0,9}cd[^x]{0,9}ef?", "AB1 cd, E")
    assert not lost(*case, demanded)
    assert lost(*case, lambda pattern: (*demanded(pattern), "(?i:ef)"))


def test_only_what_is_large_is_asked_for_in_parts() -> None:
    several = "|".join(f"words{number}" for number in range(150))
    gap = "[^x]{0,9}"
    assert demanded(f"(?i)(?:{several}|a){gap}cd{gap}(?:{several}|b)") == (
        gated(f"(?i)(?:{several}|a){gap}cd{gap}(?:{several}|b)"),
    )
    first, second = demanded(f"(?i)(?:{several}|ab){gap}[0-9]{gap}(?:{several}|cd)")
    assert (first, second) == (f"(?i:(?:{several}|ab))", f"(?i:(?:{several}|cd))")
    assert demanded(r"\pN") == ()


@pytest.mark.parametrize(
    "mutant",
    [
        lambda pattern: (gated(pattern) or "a").replace("[^b]+", "[^b]").replace("{1,}", "{1}"),
        lambda pattern: f"{gated(pattern)}z",
        lambda pattern: (gated(pattern) or "a").replace("{3}", "{4}"),
        lambda pattern: (gated(pattern) or "a").replace("(?:ab)|(?:d)", "(?:ab)"),
    ],
    ids=["one byte for a character", "something more asked for", "once more", "an option lost"],
)
def test_a_gate_that_shuts_out_is_noticed(mutant: Callable[[str], str]) -> None:
    cases = [("a[^b]b", "aéb"), ("ab", "ab"), ("a[0-9]{3,9}", "a123"), ("(?:ab)c|(?:d)c", "dc")]
    assert not any(shut_out(*case, gated(case[0])) for case in cases)
    assert any(shut_out(*case, mutant(case[0])) for case in cases)


def test_of_a_long_row_of_sets_only_the_beginning_is_spelled() -> None:
    assert gated(r"x[a-f]{20}\d{7}[A-Z]\b") == "x[a-f]{20}"
    assert gated(r"x[a-f]{4}\d{7}[A-Z]y") == "x[a-f]{4,}[0-9]{7,}[A-Z]y"


def test_what_a_match_ends_with_is_spelled_as_short_as_may_be() -> None:
    assert gated(r"x[0-9]{3,9}(?:ab?)?\b") == "x[0-9]{3}"
    assert gated(r"x(?:[ -]?[0-9]){11,29}") == r"x(?:(?:[ \x2d]{0,1}[0-9])){8}"
    assert gated(r"x(?:a[0-9]{4}|b\d{2,}\b)") == "x(?:a[0-9]{4}|b[0-9]{2})"


def test_of_two_long_rows_the_second_is_spelled_with_what_parts_them() -> None:
    assert gated(r"\b[A-Z][a-z]{20}\.[a-z]{22}") == r"\x2e[a-z]{22}"
    assert gated(r"\b[A-Z][a-z]{20}(?:x|y)[a-z]{22}") == "[A-Za-z]{21,}(?:x|y)[a-z]{22}"
    assert gated(r"\b[A-Z][a-z]{20}\.[a-z]{2}") == r"[A-Za-z]{21,}\x2e[a-z]{2}"


def test_options_that_go_on_alike_are_spelled_as_one() -> None:
    assert gated("(?:(?:a)[0-9]|(?:b)[0-9]|(?:c)x)y") == "(?:(?:(?:a)|(?:b))[0-9]|(?:c)x)y"


def test_a_long_row_is_not_spelled_as_one_where_its_beginning_tells() -> None:
    assert gated(r"\b[13][a-z]{25,34}x") == "[13][a-z]{25,}x"
