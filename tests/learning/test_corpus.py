"""Labelled texts are read line by line; what is wrong is named by file and line."""

import pytest

from yett.learning.corpus import origin_of, read_examples
from yett.learning.example import Example
from yett.model.errors import OperatorError, Place
from yett.model.segment import Origin


@pytest.mark.parametrize(
    ("line", "example"),
    [
        (b'{"text": "hi", "label": "benign"}', Example("hi", attack=False, source="a.jsonl")),
        (b'{"text": "hi", "label": 1, "source": "s"}', Example("hi", attack=True, source="s")),
        (b'{"text": "hi", "label": true, "source": null}', Example("hi", attack=True, source="a.jsonl")),
        (b'{"text": "hi", "label": 0}', Example("hi", attack=False, source="a.jsonl")),
        (
            b'{"text": "x", "label": "injection", "source": "s", "kind": "indirect_tool", "lang": "de", "licence": "MIT"}',
            Example("x", True, "s", Origin.TOOL, "indirect_tool", "de", "MIT"),
        ),
        (
            b'{"text": "x", "label": "jailbreak", "kind": "indirect_tool", "origin": "document"}',
            Example("x", True, "a.jsonl", Origin.DOCUMENT, "indirect_tool"),
        ),
    ],
)
def test_an_example_is_read(line: bytes, example: Example) -> None:
    assert list(read_examples([b"\n", line], "a.jsonl")) == [example]


@pytest.mark.parametrize(
    ("kind", "origin"),
    [
        ("indirect_tool", Origin.TOOL),
        ("tool_output", Origin.TOOL),
        ("contrast_doc", Origin.DOCUMENT),
        ("table:Persuasion", Origin.DOCUMENT),
        ("email_clean", Origin.DOCUMENT),
        ("rag_poisoning", Origin.DOCUMENT),
        ("tool_definition", Origin.USER),
        ("persuasion", Origin.USER),
        ("", Origin.USER),
    ],
)
def test_a_kind_says_who_wrote_it(kind: str, origin: Origin) -> None:
    assert origin_of(kind) is origin


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not an object"),
        (b'{"label": "benign"}', "has no `text`"),
        (b'{"text": " ", "label": "benign"}', "has no `text`"),
        (b'{"text": "x"}', "has no `label`"),
        (b'{"text": "caf\xe9", "label": "benign"}', "is not UTF-8"),
        (b'{"text": "x", "label": "evil"}', "has the label `evil`, not one of `benign`, `injection`, `jailbreak`"),
        (b'{"text": "x", "label": 1, "kind": 3}', "has a `kind` that is no text"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(line: bytes, message: str) -> None:
    with pytest.raises(OperatorError) as raised:
        list(read_examples([b'{"text": "x", "label": 0}', line], "a.jsonl"))
    (problem,) = raised.value.problems
    assert (problem.place, problem.code, problem.message) == (Place("a.jsonl", 2), "bad-example", message)


def test_a_strange_origin_is_named() -> None:
    with pytest.raises(OperatorError, match="has the origin `moon`, not one of `operator`"):
        list(read_examples([b'{"text": "x", "label": 0, "origin": "moon"}'], "a.jsonl"))


def test_a_file_full_of_errors_is_not_told_to_its_end() -> None:
    with pytest.raises(OperatorError) as raised:
        list(read_examples([b"{"] * 100, "a.jsonl"))
    assert len(raised.value.problems) == 20


def test_the_mark_that_some_editors_begin_a_file_with_is_passed_over() -> None:
    line = b'\xef\xbb\xbf{"text": "x", "label": "benign"}'
    assert [example.text for example in read_examples([line], "f")] == ["x"]
