"""JSON to questions."""

from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.dialects.samples import counterexample
from yett.doors.rest import questions, shapes
from yett.doors.rest.questions import BATCH_KEYS, KEYS, MOST, plain_contexts, read_batch, read_question
from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.services.deciding import Question


@pytest.mark.parametrize(
    ("payload", "question"),
    [
        ({"context": {}}, Question({})),
        ({"context": {"a": {"b": [1]}}}, Question({"a": {"b": [1]}})),
        ({"context": {}, "stage": "tool"}, Question({}, Stage.TOOL)),
        ({"context": {}, "stage": None, "policies": None, "namespace": None, "texts": None}, Question({})),
        ({"context": {}, "policies": ["a", "b@1"], "namespace": "n"}, Question({}, None, ("a", "b@1"), "n")),
        ({"context": {}, "texts": [{"text": "Hi"}]}, Question({}, texts=(Segment("/texts/0", Origin.USER, "Hi"),))),
        (
            {"context": {}, "texts": [{"text": "", "origin": "tool"}]},
            Question({}, texts=(Segment("/texts/0", Origin.TOOL, ""),)),
        ),
        ({"context": {}, "explain": True}, Question({}, explain=True)),
    ],
)
def test_a_question_is_read(payload: Any, question: Question) -> None:
    assert read_question(payload) == question


@pytest.mark.parametrize(
    ("payload", "place", "told"),
    [
        ([], "/", "must be a JSON object"),
        (None, "/", "must be a JSON object"),
        ({}, "/context", "must be an object of facts"),
        ({"context": []}, "/context", "must be an object of facts"),
        ({"context": None}, "/context", "must be an object of facts"),
        ({"contxt": {}}, "/contxt", "did you mean `context`?"),
        ({"context": {}, "zzz": 1}, "/zzz", "there are `context`, `explain`, `namespace`"),
        ({"context": {}, "a/b~c": 1}, "/a~1b~0c", "is not known here"),
        ({"context": {}, "stage": "respons"}, "/stage", "did you mean `response`?"),
        ({"context": {}, "stage": "zzz"}, "/stage", "there are `request`, `context`, `tool`, `response`"),
        ({"context": {}, "stage": 1}, "/stage", "must be a stage"),
        ({"context": {}, "stage": ["request"]}, "/stage", "must be a stage"),
        ({"context": {}, "policies": "cost-limit"}, "/policies", "must be a list of policies"),
        ({"context": {}, "policies": [1]}, "/policies", "must be a list of policies"),
        ({"context": {}, "namespace": 1}, "/namespace", "must be a text"),
        ({"context": {}, "texts": "Hi"}, "/texts", "must be a list"),
        ({"context": {}, "texts": ["Hi"]}, "/texts/0", "must be a JSON object"),
        ({"context": {}, "texts": [{"text": "a"}, {"text": 1}]}, "/texts/1/text", "must be a text"),
        ({"context": {}, "texts": [{"txt": "a"}]}, "/texts/0/txt", "did you mean `text`?"),
        ({"context": {}, "texts": [{"text": "a", "origin": "usr"}]}, "/texts/0/origin", "did you mean `user`?"),
        ({"context": {}, "texts": [{"text": "a", "origin": []}]}, "/texts/0/origin", "must say who wrote it"),
        ({"context": {}, "explain": "yes"}, "/explain", "must be true or false"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(payload: Any, place: str, told: str) -> None:
    with pytest.raises(CallerError) as caught:
        read_question(payload)
    assert (caught.value.status, caught.value.param) == (400, place)
    assert told in caught.value.message
    assert f"`{place}`" in caught.value.message


def test_what_stands_beside_the_questions_holds_for_each_that_does_not_say_otherwise() -> None:
    asked = read_batch(
        {"stage": "tool", "policies": ["a"], "requests": [{"context": {"b": 1}}, {"context": {}, "stage": "request"}]}
    )
    assert asked == [Question({"b": 1}, Stage.TOOL, ("a",)), Question({}, Stage.REQUEST, ("a",))]
    assert read_batch({"requests": []}) == []


@pytest.mark.parametrize(
    ("payload", "place", "status"),
    [
        ({}, "/requests", 400),
        ({"requests": {}}, "/requests", 400),
        ({"request": []}, "/request", 400),
        ({"requests": [{"context": {}}, {}]}, "/requests/1/context", 400),
        ({"requests": [{"context": {}, "texts": [1]}]}, "/requests/0/texts/0", 400),
        ({"requests": [], "stage": "zzz"}, "/stage", 400),
        ({"requests": [{}] * (MOST + 1)}, "/requests", 413),
    ],
)
def test_a_batch_is_refused_as_a_whole(payload: Any, place: str, status: int) -> None:
    with pytest.raises(CallerError) as caught:
        read_batch(payload)
    assert (caught.value.status, caught.value.param) == (status, place)


def test_the_documented_shape_has_the_same_keys() -> None:
    assert set(shapes.Question.model_fields) == KEYS
    assert set(shapes.Batch.model_fields) == BATCH_KEYS


VALUES = st.sampled_from([None, {}, [], "request", "tool", "x", 1, True, ["a"], [1], [{"text": "a"}], {"a": {"b": 1}}])
TEXTS = st.lists(st.dictionaries(st.sampled_from(["text", "origin", "by"]), st.sampled_from(["user", "x", 1, None])))
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "context": st.just({}) | VALUES,
    "stage": st.sampled_from(["request", "tool", None]) | VALUES,
    "policies": st.sampled_from([["a"], [], None]) | VALUES,
    "namespace": st.sampled_from(["a", "", None]) | VALUES,
    "texts": TEXTS | VALUES,
    "explain": st.booleans() | VALUES,
    "other": VALUES,
}
OTHERS = {name: values for name, values in FITTING.items() if name != "context"}
PAYLOADS = st.fixed_dictionaries({"context": st.just({})}, optional=OTHERS) | st.fixed_dictionaries(
    {}, optional=FITTING
)


def told_apart(payload: Any) -> bool:
    """Say whether *payload* is read as a question and does not fit the documented shape, or the reverse."""
    try:
        read_question(payload)
        read = True
    except CallerError:
        read = False
    try:
        shapes.Question.model_validate(payload)
        fits = True
    except ValidationError:
        fits = False
    return read is not fits


@given(PAYLOADS)
def test_what_is_read_is_what_the_documented_shape_takes(payload: Any) -> None:
    assert not told_apart(payload)


@pytest.mark.parametrize("keys", [KEYS - {"explain"}, KEYS | {"other"}])
def test_a_reader_with_other_keys_is_caught(keys: frozenset[str]) -> None:
    with mock.patch.object(questions, "KEYS", keys):
        counterexample(PAYLOADS, told_apart)


PLAIN = st.fixed_dictionaries({"context": st.dictionaries(st.text(max_size=2), st.integers(), max_size=1)})
NEARLY = st.one_of(
    PLAIN,
    st.none() | st.integers() | st.just([]) | st.just({}),
    st.fixed_dictionaries({"context": st.none() | st.just([]) | st.just({})}, optional={"stage": st.just("tool")}),
)


@given(st.fixed_dictionaries({"requests": st.lists(PLAIN) | st.lists(NEARLY)}, optional={"stage": st.just("tool")}))
def test_contexts_alone_are_what_the_questions_of_a_batch_are(payload: Any) -> None:
    assert is_plain_as_read(payload)


def is_plain_as_read(payload: Any) -> bool:
    """Say whether what is taken for contexts alone is read as questions of nothing else, and what is not, is not."""
    contexts = plain_contexts(payload)
    try:
        questions_read = read_batch(payload)
    except CallerError:
        return contexts is None
    plain = len(payload) == 1 and all(len(each) == 1 for each in payload["requests"])
    return contexts is None if not plain else questions_read == list(map(Question, contexts or []))


def test_a_batch_that_passes_over_what_stands_beside_a_context_is_caught() -> None:
    blind = mock.patch(
        f"{__name__}.plain_contexts", lambda payload: [each.get("context") for each in payload["requests"]]
    )
    with blind:
        assert not is_plain_as_read({"requests": [{"context": {}, "stage": "tool"}]})
        assert not is_plain_as_read({"requests": [{"context": []}]})


@pytest.mark.parametrize("payload", [None, [], {}, {"requests": None}, {"requests": [{"context": {}}] * (MOST + 1)}])
def test_what_is_no_batch_has_no_contexts(payload: Any) -> None:
    assert plain_contexts(payload) is None
