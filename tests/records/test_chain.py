"""A broken link breaks the chain, whatever was changed."""

from collections.abc import Callable, Sequence

import orjson
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from yett.model.record import Entry
from yett.records import chain
from yett.records.chain import GENESIS, Break, Flaw, link, verify

SOUND = link


def chained(bodies: Sequence[str], name: str = "one") -> list[Entry]:
    entries, previous = [], GENESIS
    for sequence, text in enumerate(bodies, 1):
        body = orjson.dumps({"id": f"r{sequence}", "at": float(sequence), "outcome": text})
        previous = link(previous, sequence, body)
        entries.append(Entry(name, sequence, f"r{sequence}", float(sequence), body, previous))
    return entries


def flip(entry: Entry, bit: int) -> Entry:
    body = bytearray(entry.body)
    body[bit // 8 % len(body)] ^= 1 << bit % 8
    return entry._replace(body=bytes(body))


Change = Callable[[list[Entry], int, int], list[Entry]]


def without(entries: list[Entry], at: int, _: int) -> list[Entry]:
    return entries[:at] + entries[at + 1 :]


def renumbered(entries: list[Entry]) -> list[Entry]:
    return [entry._replace(sequence=sequence) for sequence, entry in enumerate(entries, 1)]


def swapped(entries: list[Entry], at: int, _: int) -> list[Entry]:
    return [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]


def replaced(entries: list[Entry], index: int, **change: object) -> list[Entry]:
    return [*entries[:index], entries[index]._replace(**change), *entries[index + 1 :]]


CHANGES: dict[str, Change] = {
    "a bit flipped": lambda e, at, bit: [*e[:at], flip(e[at], bit), *e[at + 1 :]],
    "an entry deleted": without,
    "an entry deleted and the rest renumbered": lambda e, at, bit: renumbered(without(e, at, bit)),
    "two entries swapped": swapped,
    "two entries swapped and renumbered": lambda e, at, bit: renumbered(swapped(e, at, bit)),
    "an entry doubled": lambda e, at, _: [*e[: at + 1], *e[at:]],
    "another number": lambda e, at, bit: replaced(e, at, sequence=e[at].sequence + 1 + bit),
    "another link": lambda e, at, _: replaced(e, at, link=e[at + 1].link),
    "another identifier": lambda e, at, _: replaced(e, at, id="r0"),
    "another time": lambda e, at, bit: replaced(e, at, at=e[at].at + 1 + bit),
    "another chain": lambda e, at, _: replaced(e, at + 1, chain="two"),
    "another entry's body": lambda e, at, _: replaced(e, at, body=e[at + 1].body),
    "an entry of another chain": lambda e, at, _: replaced(
        e, at, link=(o := chained(["x"] * 9, "two")[at]).link, body=o.body
    ),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Entry], str, int, int]:
    entries = chained(draw(st.lists(st.text(max_size=5), min_size=3, max_size=8)))
    at = draw(st.integers(0, len(entries) - 2))
    return entries, draw(st.sampled_from(sorted(CHANGES))), at, draw(st.integers(0, 2000))


def any_change_breaks(case: tuple[list[Entry], str, int, int]) -> None:
    entries, change, at, bit = case
    assert chain.verify(entries) is None
    assert chain.verify(CHANGES[change](entries, at, bit)) is not None, change


def test_any_single_change_breaks_the_chain() -> None:
    settings(max_examples=400, deadline=None)(given(cases())(any_change_breaks))()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("link", lambda previous, sequence, body: SOUND(GENESIS, sequence, body)),
        ("link", lambda previous, sequence, body: SOUND(previous, sequence, b"")),
        ("link", lambda previous, sequence, body: SOUND(previous, sequence, body[:9])),
        ("_indexed", lambda entry: True),
        ("_indexed", lambda entry: orjson.loads(entry.body)["id"] == entry.id),
        ("verify", lambda entries: None),
        ("verify", lambda entries: next((b for b in [verify(renumbered(entries))] if b), None)),
    ],
)
def test_a_fault_in_the_chain_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str, fault: object) -> None:
    monkeypatch.setattr(chain, name, fault)
    if name == "link":  # entries are sealed and checked by the same fault
        monkeypatch.setitem(globals(), "link", fault)
    with pytest.raises(AssertionError):
        settings(max_examples=600, deadline=None, phases=[Phase.generate])(given(cases())(any_change_breaks))()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("a bit flipped", Break(2, Flaw.ALTERED)),
        ("an entry deleted", Break(2, Flaw.MISSING)),
        ("two entries swapped", Break(2, Flaw.OUT_OF_ORDER)),
        ("an entry doubled", Break(3, Flaw.OUT_OF_ORDER)),
        ("another chain", Break(3, Flaw.ALTERED)),
    ],
)
def test_the_first_break_is_named(change: str, expected: Break) -> None:
    assert verify(CHANGES[change](chained(["a", "b", "c", "d"]), 1, 7)) == expected


def test_a_chain_is_verified_in_parts() -> None:
    entries = chained(["a", "b", "c", "d"])
    assert verify(entries[2:], after=(2, entries[1].link)) is None
    assert verify(entries[2:], after=(2, entries[0].link)) == Break(3, Flaw.ALTERED)
    assert verify(entries[3:], after=(2, entries[1].link)) == Break(3, Flaw.MISSING)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_record_counts_as_altered(body: bytes) -> None:
    assert verify([Entry("one", 1, "r1", 1.0, body, link(GENESIS, 1, body))]) == Break(1, Flaw.ALTERED)


def test_the_form_of_a_link_does_not_change() -> None:
    assert (
        link(GENESIS, 1, b"{}") == "e6233b6096d6b78eb60a3eef3850f8071e77fc505eee9e1483a3fa5ffd5927ec"
    )  # not a credential
