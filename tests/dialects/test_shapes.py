"""The vocabulary in which a dialect says where text cannot be."""

import pytest

from yett.dialects import shapes
from yett.dialects.shapes import Shape, Sieve
from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment

STRICT = shapes.fields({"a": shapes.text, "b": shapes.integer})
CHOSEN = shapes.choice("kind", {"x": shapes.fields({"kind": shapes.word("x"), "n": shapes.number})}, shapes.untyped)
REFUSED = shapes.refused("no", "/here")


def kept(shape: Shape, value: object, *, asking: bool = True) -> list[tuple[str, str]]:
    sieve = Sieve(asking)
    shape(value, "", Origin.USER, sieve)
    return [(segment.path, segment.text) for segment in sieve.segments]


@pytest.mark.parametrize(
    ("shape", "value", "texts"),
    [
        (shapes.free, {"k/": ["v", None, True, 1.5]}, [("/k~1~key", "k/"), ("/k~1/0", "v")]),
        (shapes.free, ["", {}], []),
        (shapes.free, [1234567, 12345678, -12345678], [("/1", "12345678"), ("/2", "-12345678")]),
        (shapes.free, [4111111111111111.0, 1e3, 12345678.5], [("/0", "4111111111111111"), ("/2", "12345678.5")]),
        (shapes.text, "t", [("", "t")]),
        (shapes.text, None, []),
        (shapes.word("a", "b"), "a", []),
        (shapes.word("a", "b"), "A", [("", "A")]),
        (shapes.word("a"), ["a"], [("/0", "a")]),
        (shapes.form("[a-z]+"), "abc", []),
        (shapes.form("[a-z]+"), "abc\n", [("", "abc\n")]),
        (shapes.form("[a-z]+"), {"k": 1}, [("/k~key", "k")]),
        (shapes.integer, 12345678901, []),
        (shapes.number, 0.5, []),
        (shapes.flag, False, []),
        (shapes.items(shapes.text), ["a", "b"], [("/0", "a"), ("/1", "b")]),
        (shapes.items(shapes.text), "a", [("", "a")]),
        (shapes.mapping(shapes.number), {"k": 1}, [("/k~key", "k")]),
        (shapes.mapping(shapes.number), "k", [("", "k")]),
        (STRICT, {"a": "t", "b": 1, "c": "u"}, [("/a", "t"), ("/c~key", "c"), ("/c", "u")]),
        (STRICT, "t", [("", "t")]),
        (CHOSEN, {"kind": "x", "n": 1}, []),
        (CHOSEN, {"kind": "y", "n": 1}, [("/kind~key", "kind"), ("/kind", "y"), ("/n~key", "n")]),
        (CHOSEN, {"kind": ["x"]}, [("/kind~key", "kind"), ("/kind/0", "x")]),
        (shapes.any_of(shapes.word("a"), shapes.free), ["a"], [("/0", "a")]),
        (shapes.any_of(shapes.word("a"), shapes.free), "a", []),
        (shapes.one_or_many(STRICT), {"a": "t"}, [("/a", "t")]),
        (shapes.one_or_many(STRICT), [{"a": "t"}], [("/0/a", "t")]),
        (shapes.nested, '{"a":["b"]}', [("#/a~key", "a"), ("#/a/0", "b")]),
        (shapes.nested, '"b"', [("#", "b")]),
        (shapes.nested, "12345678", [("#", "12345678")]),
        (shapes.nested, '{"a":1,"a":2}', [("", '{"a":1,"a":2}')]),
        (shapes.nested, "no JSON", [("", "no JSON")]),
        (shapes.nested, None, []),
        (shapes.lump("a"), [{"a": "x"}, {"b": "x"}], [("", "x\nb")]),
        (shapes.lump("a"), [{"a": 1}], []),
        (shapes.required(("a",), STRICT), {"a": "t"}, [("/a", "t")]),
        (shapes.a_list(shapes.items(shapes.text)), ["a"], [("/0", "a")]),
        (shapes.an_object(STRICT), None, []),
    ],
)
def test_what_is_not_structure_is_text(shape: Shape, value: object, texts: list[tuple[str, str]]) -> None:
    assert kept(shape, value) == texts


@pytest.mark.parametrize(
    ("shape", "value", "param"),
    [
        (shapes.text, 1, ""),
        (shapes.text, {"a": "b"}, ""),
        (shapes.integer, "1", ""),
        (shapes.integer, 1.0, ""),
        (shapes.integer, True, ""),
        (shapes.number, True, ""),
        (shapes.number, "1", ""),
        (shapes.flag, "true", ""),
        (shapes.flag, 1, ""),
        (shapes.nested, {"a": "b"}, ""),
        (shapes.a_list(shapes.free), "ab", ""),
        (shapes.an_object(shapes.free), ["ab"], ""),
        (STRICT, {"b": "x"}, "/b"),
        (STRICT, {"A": "x"}, "/A"),
        (shapes.fields({"kids": shapes.free}), {"\u212aids": "x"}, "/\u212aids"),
        (shapes.fields({"messages": shapes.free}), {"me\u017fsages": "x"}, "/me\u017fsages"),
        (shapes.required(("a",), STRICT), {"b": 1}, "/a"),
        (shapes.required(("a",), STRICT), {"a": None}, "/a"),
        (REFUSED, "x", "/here"),
    ],
)
def test_what_is_wrong_is_refused_in_a_request_and_text_in_an_answer(shape: Shape, value: object, param: str) -> None:
    with pytest.raises(CallerError) as refused:
        kept(shape, value)
    assert refused.value.param == param
    said = " ".join(text for _, text in kept(shape, value, asking=False))
    assert all(word in said for word in _strings(value))


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_a_deeper_shape_may_say_who_writes() -> None:
    sieve = Sieve()
    shape = shapes.fields({"a": shapes.by(Origin.TOOL, shapes.text), "b": shapes.text})
    shape({"a": "x", "b": "y", "c": "z"}, "", Origin.USER, sieve)
    assert [segment.origin for segment in sieve.segments] == [Origin.TOOL, Origin.USER, Origin.UNKNOWN, Origin.UNKNOWN]


def test_opaque_parts_are_told_with_the_texts_around_them() -> None:
    sieve = Sieve()
    shapes.items(shapes.opaque(shapes.free))(["a", None], "/x", Origin.USER, sieve)
    assert sieve.opaque == ["/x/0"]
    assert sieve.segments == [Segment("/x/0", Origin.USER, "a")]
