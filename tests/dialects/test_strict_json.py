"""One body, one meaning."""

import json
from collections.abc import Callable
from unittest import mock

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.samples import counterexample
from yett.dialects import strict_json
from yett.dialects.strict_json import MAX_DEPTH, MAX_DIGITS, MAX_NODES, dump, parse
from yett.model.errors import CallerError

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
payloads = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), below, max_size=4)
    ),
    max_leaves=20,
)
objects_with_twins = st.recursive(
    st.sampled_from(["1", "2", '"x"']),
    lambda below: st.lists(st.tuples(st.sampled_from(['"a"', '"\\u0061"', '"b"', '"A"']), below), max_size=4).map(
        lambda pairs: "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"
    ),
    max_leaves=8,
)


@given(payloads)
def test_what_was_written_is_read_back(payload: object) -> None:
    assert parse(dump(payload)) == payload


def first_wins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(pairs))


def means_one_thing(read: Callable[[str], object], text: str) -> bool:
    """Say whether every parser understands *text* as *read* does, if *read* takes it at all."""
    try:
        understood = read(text)
    except CallerError:
        return True
    return understood == json.loads(text, object_pairs_hook=first_wins) == json.loads(text)


@given(payloads)
def test_the_quick_way_reads_as_the_thorough_one_does(payload: object) -> None:
    body = dump(payload)
    assert repr(parse(body)) == repr(parse(body.decode()))


@given(objects_with_twins)
def test_the_quick_way_refuses_what_is_ambiguous_too(text: str) -> None:
    assert means_one_thing(lambda body: parse(body.encode()), text)


def test_a_quick_way_that_does_not_compare_is_caught() -> None:
    with mock.patch.object(strict_json, "_plain", lambda body, _nodes: orjson.loads(body)):
        counterexample(objects_with_twins, lambda text: not means_one_thing(lambda told: parse(told.encode()), text))


def test_the_quick_way_knows_how_deep_is_too_deep() -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        for depth, fits in ((MAX_DEPTH, True), (MAX_DEPTH + 1, False), (300, False), (5000, False)):
            body = (opening * depth + "1" + closing * depth).encode()
            try:
                parse(body)
                read = True
            except CallerError:
                read = False
            assert read is fits
    wide = b"[" + b",".join([b'{"a":["]]]"]}'] * 100) + b"]"
    assert parse(wide) == [{"a": ["]]]"]}] * 100


@given(objects_with_twins)
def test_what_is_accepted_means_the_same_to_every_parser(text: str) -> None:
    assert means_one_thing(parse, text)


def test_a_parser_that_lets_the_last_twin_win_is_caught() -> None:
    counterexample(objects_with_twins, lambda text: not means_one_thing(json.loads, text))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"a":1,"a":2}', "`a` occurs twice"),
        (b'{"a":1,"\\u0061":2}', "`a` occurs twice"),
        (b'{"tools":[{"x":{"b":1,"b":1}}]}', "`b` occurs twice"),
        (b"[NaN]", "`NaN` is not JSON"),
        (b"[Infinity]", "`Infinity` is not JSON"),
        (b"[-Infinity]", "`-Infinity` is not JSON"),
        (b"[1e999]", "larger than any double"),
        (b"[-1e999]", "larger than any double"),
        (b'["\\ud800"]', "surrogate"),
        (b'["\\uDC00x"]', "surrogate"),
        (b'{"\\ud83d":1}', "surrogate"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "not UTF-8"),
        ('{"a":1}'.encode("utf-16-le"), "malformed"),
        (b'["\xff"]', "not UTF-8"),
        (b'["\xc0\xaf"]', "not UTF-8"),
        (b'["\xed\xa0\x80"]', "not UTF-8"),
        (b"[" * 65 + b"]" * 65, "deeper than 64"),
        (b"[" * 99_000, "deeper than 64"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "deeper than 64"),
        (b"[" + b"1," * MAX_NODES + b"1]", "more than 100000 values"),
        (b"[" * 1_000_000, "more than 100000 values"),
        (b'["' + b'\\",' * 300_000, "malformed"),
        (b"[" + b"9" * (MAX_DIGITS + 1) + b"]", "more than 300 digits"),
        (b"[" + b"9" * 5_000 + b"]", "more than 300 digits"),
        (b"", "malformed"),
        (b"{}{}", "malformed"),
        (b"{'a':1}", "malformed"),
        (b"[1,]", "malformed"),
        (b'["\n"]', "malformed"),
        (b"[01]", "malformed"),
        (b"// no\n{}", "malformed"),
    ],
)
def test_what_could_be_misunderstood_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(CallerError, match=complaint) as refused:
        parse(body)
    assert (refused.value.status, refused.value.code) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"[-0]", [0]),
        (b"[1.0]", [1.0]),
        (b"[18446744073709551616]", [2**64]),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
        (b'["[[[[{{{{"]', ["[[[[{{{{"]),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b"[" + b"1," * (MAX_NODES - 2) + b"1]", None),
        (b"[" + b"9" * MAX_DIGITS + b"]", None),
        (b'["' + b"[{," * 200 + b'"]', None),
        (b'["' + b'\\",[' * 100_000 + b'"]', None),
    ],
)
def test_what_is_clear_is_accepted(body: bytes, payload: object) -> None:
    parsed = parse(body)
    assert payload is None or parsed == payload


def test_the_limit_of_values_is_the_callers_of_parse_to_set() -> None:
    body = b"[" + b"1," * MAX_NODES + b"1]"
    assert parse(body, MAX_NODES * 2) == [1] * (MAX_NODES + 1)


def test_what_is_dumped_is_compact_utf8() -> None:
    assert dump({"a": ["é", 2**70]}) == '{"a":["é",1180591620717411303424]}'.encode()
