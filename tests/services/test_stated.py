"""What a caller states, and what can be found out from it."""

from collections.abc import Mapping

import pytest

from tests.services.policies import deciding_by
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.expression import Operator
from yett.policy.lifting import lifted
from yett.services.stated import Sources, StatedFacts, tells, texts_in, without_texts

GUARD = deciding_by().guard
SECRET = "key-1234"
ASKED = lifted("llm.prompt", Operator.CONTAINS, "sesame")
ANSWERED = lifted("response.text", Operator.STARTS_WITH, "open")
TESTS = (ASKED, ANSWERED)


def text(written: str, origin: Origin = Origin.USER, path: str = "/texts/0") -> Segment:
    return Segment(path, origin, written)


def facts(context: Mapping[str, object], *segments: Segment, unread: bool = False) -> StatedFacts:
    sources = Sources(
        None if unread else GUARD,
        (*texts_in(context, Stage.REQUEST), *segments),
        TESTS,
        {"llm.estimatedTokens": lambda: 7},
    )
    return StatedFacts(Stage.REQUEST, context, sources)


def test_texts_are_those_of_their_fields() -> None:
    context = {
        "llm": {"prompt": "a", "model": "b"},
        "context": {"text": "c", "source": "d"},
        "response": {"text": "e"},
        "tool": {"arguments": "f", "name": "g"},
        "metadata": {"text": "h"},
    }
    prompt, document = ("/llm/prompt", Origin.USER, "a"), ("/context/text", Origin.DOCUMENT, "c")
    answer, arguments = ("/response/text", Origin.MODEL, "e"), ("/tool/arguments", Origin.MODEL, "f")
    for stage, texts in (
        (Stage.REQUEST, [prompt, document]),
        (Stage.CONTEXT, [document]),
        (Stage.TOOL, [arguments]),
        (Stage.RESPONSE, [answer, arguments]),
    ):
        assert [(each.path, each.origin, each.text) for each in texts_in(context, stage)] == texts


@pytest.mark.parametrize(
    "context", [{}, {"llm": None}, {"llm": "x"}, {"llm": {"prompt": None}}, {"llm": {"prompt": ["a"]}}]
)
def test_what_is_no_text_is_none(context: Mapping[str, object]) -> None:
    assert texts_in(context, Stage.REQUEST) == ()


@pytest.mark.parametrize(
    ("context", "more"),
    [
        ({}, False),
        ({"llm": {"model": "m"}, "team": {}, "user": {}}, False),
        ({"llm": {"prompt": "Hi"}}, True),
        ({"llm": {"estimatedTokens": 5}}, True),
        ({"llm": "prompt"}, False),
        ({"llm": 5}, False),
        ({"context": {}}, True),
        ({"response": {}}, True),
        ({"tool": {}}, True),
    ],
)
def test_it_is_told_at_once_whether_there_is_more_to_find_out(context: Mapping[str, object], more: bool) -> None:
    assert tells(context) is more
    assert more or not any(texts_in(context, stage) for stage in Stage)


@pytest.mark.parametrize(
    ("context", "segments", "field", "value"),
    [
        ({"llm": {"prompt": SECRET}}, (), "secrets.found", True),
        ({"llm": {"prompt": "Hi"}}, (), "secrets.found", False),
        ({"llm": {"prompt": SECRET}, "secrets": {"found": False}}, (), "secrets.found", False),
        ({"llm": {"prompt": "Hi"}, "secrets": {"found": None}}, (), "secrets.found", False),
        ({"llm": {"prompt": "Hi"}, "secrets": {"found": "no"}}, (), "secrets.found", "no"),
        (
            {"llm": {"prompt": "Hi"}, "secrets": {"found": Unknown.UNAVAILABLE}},
            (),
            "secrets.found",
            Unknown.UNAVAILABLE,
        ),
        ({}, (), "secrets.found", Unknown.MISSING),
        ({}, (text(SECRET),), "secrets.found", True),
        ({}, (text(SECRET),), "secrets.user.count", 1),
        ({}, (text(SECRET, Origin.TOOL),), "secrets.user.count", 0),
        ({"llm": {"prompt": SECRET}}, (text(SECRET, Origin.TOOL),), "secrets.count", 2),
        ({}, (), "llm.estimatedTokens", 7),
        ({"llm": {"estimatedTokens": 9}}, (), "llm.estimatedTokens", 9),
        ({"llm": {"prompt": "open sesame"}}, (), f"text.{ASKED.id}", True),
        ({"llm": {"prompt": "Hi"}}, (), f"text.{ASKED.id}", False),
        ({"llm": {"prompt": "Hi"}}, (text("open sesame"),), f"text.{ASKED.id}", False),
        ({}, (text("open sesame"),), f"text.{ASKED.id}", True),
        ({}, (text("Hi"), text("open sesame")), f"text.{ASKED.id}", True),
        ({}, (text("open sesame", Origin.TOOL),), f"text.{ASKED.id}", Unknown.MISSING),
        ({"llm": {"prompt": Unknown.UNAVAILABLE}}, (), f"text.{ASKED.id}", Unknown.UNAVAILABLE),
        ({"response": {"text": "open"}}, (), f"text.{ANSWERED.id}", True),
        ({"response": {"text": "so open"}}, (), f"text.{ANSWERED.id}", False),
        ({"text": {ASKED.id: True}}, (), f"text.{ASKED.id}", Unknown.MISSING),
        ({}, (), "text.nobody-asked", Unknown.MISSING),
    ],
)
def test_a_fact_is_stated_or_found_out(
    context: Mapping[str, object], segments: tuple[Segment, ...], field: str, value: object
) -> None:
    asked = facts(context, *segments)
    assert asked.demand(field) == value
    assert asked.demand(field) == value


def test_what_there_was_no_time_to_read_is_unavailable() -> None:
    unread = facts({"llm": {"prompt": SECRET}}, unread=True)
    assert unread.demand("secrets.found") is Unknown.UNAVAILABLE
    assert unread.demand("llm.estimatedTokens") == 7
    assert facts({}, unread=True).demand("secrets.found") is Unknown.MISSING


def test_what_was_found_out_is_told_and_what_was_stated_is_not() -> None:
    asked = facts({"llm": {"prompt": SECRET}, "pii": {"count": 3}})
    for field in ("secrets.types", "pii.count", "nonsense.found", f"text.{ASKED.id}"):
        asked.demand(field)
    assert asked.told() == {"secrets.types": ("toy",)}
    assert not asked.quiet(("secrets.found",))


def test_without_texts_everything_else_is_left_as_it_is() -> None:
    context = {"llm": {"prompt": "a", "model": "b"}, "response": {"text": "c"}, "metadata": {"text": "d"}, "tool": "e"}
    left = without_texts(context)
    assert left == {"llm": {"model": "b"}, "response": {}, "metadata": {"text": "d"}, "tool": "e"}
    assert context["response"] == {"text": "c"}
