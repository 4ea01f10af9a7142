"""A stand-in stands for one value, wherever and whenever it occurs, and never for one that somebody else named."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.pseudonyms import Pseudonyms, StandIn, word_of
from yett.model.obligation import REVERSIBLE, Transform

Values = Sequence[tuple[str, str, Transform]]
KINDS = st.sampled_from(
    ["pii.email", "pii.phone", "pii.ssn", "pii.date_of_birth", "secret.aws_key2", "pii.us.passport"]
)
TEXTS = st.one_of(st.text(max_size=12), st.dates().map(str), st.from_regex(r"[2-9]\d\d-\d\d-\d{4}", fullmatch=True))
VALUES = st.lists(st.tuples(KINDS, TEXTS, st.sampled_from(sorted(REVERSIBLE))), max_size=12)


def conversation(key: bytes = b"key", whose: str = "acme\0alice", texts: Sequence[str] = ()) -> Pseudonyms:
    return Pseudonyms(texts, key, whose)


def ambiguous(begin: Callable[[], Pseudonyms], values: Values) -> bool:
    """Say whether a value gets two stand-ins, or two values get one; what stands for itself aside."""
    pseudonyms = begin()
    given_out: dict[tuple[Transform, str, str], str] = {}
    behind: dict[str, str] = {}
    for kind, value, how in values:
        text = pseudonyms.of(kind, value, how).text
        if given_out.setdefault((how, word_of(kind), value.casefold()), text) != text:
            return True
        if text != value and behind.setdefault(text, f"{kind}{value.casefold()}") != f"{kind}{value.casefold()}":
            return True
    return False


@given(VALUES)
def test_a_value_keeps_its_stand_in_and_shares_it_with_no_other(values: Values) -> None:
    assert not ambiguous(conversation, values)


def test_stand_ins_that_are_shared_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pseudonyms, "_number", lambda *_: 7)
    values = [("pii.ssn", f"078-05-11{last}", Transform.SYNTHETIC) for last in (20, 21)]
    assert not ambiguous(conversation, values)
    monkeypatch.setattr(Pseudonyms, "_free", lambda *_: True)
    assert ambiguous(conversation, values)


@pytest.mark.parametrize(
    ("kind", "how", "form"),
    [
        ("pii.email", Transform.SURROGATE, r"<EMAIL_\d{6}>"),
        ("secret.aws_key2", Transform.SURROGATE, r"<AWS_KEY2_\d{6}>"),
        ("custom", Transform.SURROGATE, r"<CUSTOM_\d{6}>"),
        ("pii.email", Transform.SYNTHETIC, r"user\d{6}@example\.com"),
        ("secret.aws_key2", Transform.SYNTHETIC, r"<AWS_KEY2_\d{6}>"),
        ("pii.email", Transform.DATE_SHIFT, r"<EMAIL_\d{6}>"),
    ],
)
def test_they_are_typed(kind: str, how: Transform, form: str) -> None:
    import re

    assert re.fullmatch(form, conversation().of(kind, "value", how).text)


@given(VALUES, st.randoms())
def test_a_conversation_gets_the_same_whatever_was_said_before(values: Values, chance: object) -> None:
    turn = {value: conversation().of(*value).text for value in values}
    later = conversation()
    chance.shuffle(values)  # type: ignore[attr-defined]
    known = [later.of(*value) for value in values]
    alike = sum(turn[value] == stand_in.text for value, stand_in in zip(values, known, strict=True))
    assert (
        alike >= len(values) - 2
    )  # two that collide, or that are each other's stand-ins, are told apart by their order


def test_nobody_can_tell_whose_value_it_is_without_the_key() -> None:
    one = conversation().of("pii.email", "jane@doe").text
    assert one == conversation().of("pii.email", "JANE@doe").text
    assert one != conversation(key=b"other").of("pii.email", "jane@doe").text
    assert one != conversation(whose="acme\0bob").of("pii.email", "jane@doe").text


@pytest.mark.parametrize("how", [Transform.SURROGATE, Transform.SYNTHETIC])
def test_a_stand_in_that_a_text_holds_already_is_never_given_out(how: Transform) -> None:
    first = conversation().of("pii.email", "value", how).text
    text = f"what stands behind {first}?"
    assert conversation(texts=["hello", text]).of("pii.email", "value", how).text not in text


@given(VALUES)
def test_a_stand_in_stands_for_itself(values: Values) -> None:
    pseudonyms = conversation()
    for kind, value, how in values:
        stand_in = pseudonyms.of(kind, value, how)
        assert pseudonyms.of(kind, stand_in.text, how).text == stand_in.text


def test_dates_of_one_caller_move_by_the_same_days() -> None:
    from datetime import date

    moved = [conversation().of("pii.x", day, Transform.DATE_SHIFT).text for day in ("1984-03-17", "1984-04-17")]
    first, second = map(date.fromisoformat, moved)
    assert (second - first).days == 31
    assert 0 < abs((first - date(1984, 3, 17)).days) <= 180
    shifts = {conversation(whose=str(each)).of("pii.x", "1984-03-17", Transform.DATE_SHIFT).text for each in range(50)}
    assert len(shifts) > 30


def test_a_birthday_is_made_up_by_moving_it() -> None:
    made = conversation().of("pii.date_of_birth", "17.03.1984", Transform.SYNTHETIC)
    assert made == conversation().of("pii.date_of_birth", "17.03.1984", Transform.DATE_SHIFT)
    assert made.how is Transform.DATE_SHIFT


def test_names_are_made_up_by_whoever_can() -> None:
    pseudonyms = Pseudonyms(inventor=lambda kind, number: f"Name {number % 2}" if kind == "pii.person" else None)
    first, second = (pseudonyms.of("pii.person", name, Transform.SYNTHETIC).text for name in ("Ann", "Bob"))
    assert {first, second} == {"Name 0", "Name 1"}
    assert pseudonyms.of("pii.person", "Cem", Transform.SYNTHETIC).text.startswith("<PERSON_")
    assert pseudonyms.of("pii.address", "Here 1", Transform.SYNTHETIC).text.startswith("<ADDRESS_")


def test_when_a_range_is_exhausted_placeholders_follow() -> None:
    pseudonyms = conversation()
    made = [pseudonyms.of("pii.ssn", f"078-05-{last:04}", Transform.SYNTHETIC) for last in range(1000, 1110)]
    assert len({each.text for each in made}) == 110
    assert {each.how for each in made} == {Transform.SYNTHETIC, Transform.SURROGATE}


def test_what_is_given_is_told_by_kind() -> None:
    pseudonyms = conversation()
    mail, key = pseudonyms.of("pii.email", "jane@doe"), pseudonyms.of("secret.key", "k")
    pseudonyms.of("pii.email", "user000000@example.com", Transform.SYNTHETIC)
    assert pseudonyms.given(["pii"]) == {mail.text: mail}
    assert pseudonyms.given(["secret", "pii.email"]) == {mail.text: mail, key.text: key}
    assert pseudonyms.given([]) == {}


def test_a_fork_goes_on_by_itself() -> None:
    pseudonyms = conversation()
    first = pseudonyms.of("pii.email", "jane@doe")
    fork = pseudonyms.fork()
    assert fork.of("pii.email", "Jane@doe") == first
    other: StandIn = fork.of("pii.email", "joe@doe")
    assert other.text not in pseudonyms.given(["pii"])
