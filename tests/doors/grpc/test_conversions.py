"""Messages to questions, and answers to messages: nothing changes its type on the way."""

import math
from contextlib import suppress
from dataclasses import fields
from decimal import Decimal
from typing import Any, get_args

import pytest
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.doors.grpc.caller import facts, question
from yett.doors.grpc import conversions
from yett.doors.grpc import policy_pb2 as pb
from yett.doors.grpc.conversions import Answers, message, plain_contexts, questions, read_question, read_value, value
from yett.doors.rest import questions as rest
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import CallerError
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Restore, Route, Transform
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.services.deciding import Answer, Question

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=6)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | DECIMALS
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | FLOATS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


def typed(said: object) -> object:
    """Tell a value with the type of all that is in it."""
    if isinstance(said, dict):
        return {name: typed(each) for name, each in said.items()}
    return [typed(each) for each in said] if isinstance(said, list) else (type(said), said)


def keeps(write: Any, said: object) -> bool:
    return typed(read_value(message(write(said).SerializeToString(), pb.Value))) == typed(said)


@settings(max_examples=50)
@given(VALUES)
def test_a_value_keeps_its_type_over_the_wire(said: object) -> None:
    assert keeps(value, said)


@pytest.mark.parametrize(
    "mutant",
    [
        lambda said: pb.Value(text=str(said)),
        lambda said: pb.Value(number=float(said)) if isinstance(said, int | Decimal) else value(said),
        lambda said: pb.Value(integer=int(said)) if isinstance(said, bool) else value(said),
    ],
)
def test_a_schema_that_loses_types_would_be_seen(mutant: Any) -> None:
    told = [5, 5.0, "5", True, Decimal("5.00"), None]
    assert not all(keeps(mutant, said) for said in told)
    assert all(keeps(value, said) for said in told)


@pytest.mark.parametrize(("said", "read"), [(2**63, Decimal(2**63)), (-(2**80), Decimal(-(2**80)))])
def test_an_integer_of_more_than_64_bits_is_exact(said: int, read: Decimal) -> None:
    assert read_value(value(said)) == read


@pytest.mark.parametrize(
    ("said", "read"), [((1, "a"), [1, "a"]), (frozenset({"b", "a"}), ["a", "b"]), (Effect.DENY, "deny")]
)
def test_what_our_own_facts_are_made_of_is_written(said: object, read: object) -> None:
    assert read_value(value(said)) == read


def test_what_has_no_value_is_not_written() -> None:
    with pytest.raises(TypeError, match="object"):
        value(object())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (pb.Value(), "holds no value of a type that is known here"),
        (pb.Value(number=math.nan), "NaN"),
        (pb.Value(number=-math.inf), "infinities"),
        (pb.Value(decimal=""), "must be a decimal"),
        (pb.Value(decimal="NaN"), "must be a decimal"),
        (pb.Value(decimal="1e999999999"), "must be a decimal"),
        (pb.Value(decimal="1."), "must be a decimal"),
        (pb.Value(decimal="٣"), "must be a decimal"),
        (pb.Value(decimal="9" * 301), "must be a decimal"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_value_that_is_none_is_refused_with_its_place(wrong: pb.Value, why: str, nested: bool) -> None:
    inner = pb.Value(list=pb.List(values=[value(1), wrong])) if nested else wrong
    asked = pb.EvaluateRequest(context={"a/b": pb.Value(map=pb.Map(fields={"c~d": inner}))})
    with pytest.raises(CallerError, match=why) as told:
        read_question(asked)
    assert told.value.param == "/context/a~1b/c~0d" + ("/1" if nested else "")


def test_a_question_is_read_whole() -> None:
    asked = question(
        {"llm": {"model": "gpt-4o", "estimatedCost": Decimal("2.50")}},
        stage=pb.STAGE_TOOL,
        policies=["a", "b@1.0.0"],
        namespace="production",
        texts=[pb.Text(text="one"), pb.Text(origin=pb.ORIGIN_DOCUMENT, text="two")],
        explain=True,
    )
    assert read_question(asked) == Question(
        context={"llm": {"model": "gpt-4o", "estimatedCost": Decimal("2.50")}},
        stage=Stage.TOOL,
        policies=("a", "b@1.0.0"),
        namespace="production",
        texts=(Segment("/texts/0", Origin.USER, "one"), Segment("/texts/1", Origin.DOCUMENT, "two")),
        explain=True,
    )
    assert read_question(pb.EvaluateRequest()) == Question({})


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_number(stage: Stage) -> None:
    assert read_question(question({}, stage=f"STAGE_{stage.name}")).stage is stage


@pytest.mark.parametrize("origin", Origin)
def test_every_origin_has_its_number(origin: Origin) -> None:
    (read,) = read_question(question({}, texts=[pb.Text(origin=f"ORIGIN_{origin.name}")])).texts
    assert read.origin is origin


@pytest.mark.parametrize(
    ("asked", "place", "why"),
    [
        ({"stage": 99}, "/stage", "there are `STAGE_REQUEST`, `STAGE_CONTEXT`"),
        ({"texts": [pb.Text(), pb.Text(origin=99)]}, "/texts/1/origin", "there are `ORIGIN_USER`"),
    ],
)
def test_what_a_newer_schema_may_say_is_refused(asked: dict[str, Any], place: str, why: str) -> None:
    with pytest.raises(CallerError, match=why) as told:
        read_question(question({}, **asked))
    assert told.value.param == place


UNKNOWN = b"\xf8\x07\x01"  # field 127: the number 1


def test_fields_that_are_not_known_are_refused() -> None:
    with pytest.raises(CallerError, match="the field 127, which is not known here"):
        message(UNKNOWN, pb.EvaluateRequest)
    batch = pb.EvaluateBatchRequest(requests=[pb.EvaluateRequest(), pb.EvaluateRequest.FromString(UNKNOWN)])
    with pytest.raises(CallerError) as told:
        questions(batch)
    assert told.value.param == "/requests/1"
    with pytest.raises(CallerError) as told:
        read_question(pb.EvaluateRequest(texts=[pb.Text.FromString(UNKNOWN)]))
    assert told.value.param == "/texts/0"


def nested(levels: int) -> bytes:
    """Write a question with a list in a list in a list, deeper than a client library writes."""
    deep = b""
    for tag in [*(b"\x0a\x3a" * levels), 0x12, 0x0A]:  # a list's value, a value's list; a fact's value, the fact
        deep = bytes([tag]) + _VarintBytes(len(deep)) + deep
    return deep


@pytest.mark.parametrize("levels", [1, 20, 60, 300])
def test_an_answer_never_nests_too_deep_to_be_read(levels: int) -> None:
    said: Any = "innermost"
    for at in range(levels):
        said = [said] if at % 2 else {"parts": said}
    read = message(pb.Map(fields={"a": value(said)}).SerializeToString(), pb.Map)
    assert "innermost" in str(read_value(read.fields["a"]))


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff",
        b"{}",
        b"\x0a\x05abc",
        b"\x0a\x03\x0a\x01\xff",
        nested(60),
    ],
)
def test_what_is_no_message_or_nests_too_deep_is_refused(raw: bytes) -> None:
    with pytest.raises(CallerError, match="malformed, or its values nest too deep"):
        message(raw, pb.EvaluateRequest)


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_question_or_the_callers_fault(raw: bytes) -> None:
    with suppress(CallerError):
        assert isinstance(read_question(message(raw, pb.EvaluateRequest)), Question)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "MAX_VALUES", 4)
    assert read_question(question({"a": [1, 2, 3]})).context == {"a": [1, 2, 3]}
    for many in ({"a": [1, 2, 3, 4]}, {"a": {"b": 1, "c": {"d": 1, "e": 2}}}, {str(at): at for at in range(5)}):
        with pytest.raises(CallerError, match="too many values") as told:
            read_question(question(many))
        assert told.value.status == 413


def test_too_many_questions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert conversions.MOST == rest.MOST
    monkeypatch.setattr(conversions, "MOST", 2)
    assert len(questions(pb.EvaluateBatchRequest(requests=[question({})] * 2))) == 2
    with pytest.raises(CallerError, match="more than 2 questions") as told:
        questions(pb.EvaluateBatchRequest(requests=[question({})] * 3))
    assert (told.value.status, told.value.param) == (413, "/requests")


def test_what_stands_beside_the_questions_holds_for_each_that_does_not_say_otherwise() -> None:
    own = question({"a": 1}, stage=pb.STAGE_TOOL, policies=["own"], namespace="mine")
    batch = pb.EvaluateBatchRequest(
        requests=[question({}), own], stage=pb.STAGE_RESPONSE, policies=["p"], namespace="n"
    )
    assert questions(batch) == [
        Question({}, Stage.RESPONSE, ("p",), "n"),
        Question({"a": 1}, Stage.TOOL, ("own",), "mine"),
    ]
    batch.requests[1].texts.add(origin=99)  # type: ignore[arg-type]
    with pytest.raises(CallerError) as told:
        questions(batch)
    assert told.value.param == "/requests/1/texts/0/origin"


def one_by_one(told: pb.Value) -> object:
    """Read *told* by its kind alone."""
    kind = told.WhichOneof("kind")
    if kind == "map":
        return {name: one_by_one(each) for name, each in told.map.fields.items()}
    if kind == "list":
        return [one_by_one(each) for each in told.list.values]
    said = getattr(told, kind or "")
    return None if kind == "null" else Decimal(said) if kind == "decimal" else said


def text_or_number(told: pb.Value) -> object:
    return told.text or told.number


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_what_is_read_fast_is_what_each_value_is(said: dict[str, object]) -> None:
    told = message(question(said).SerializeToString(), pb.EvaluateRequest)
    slowly = {name: one_by_one(each) for name, each in told.context.items()}
    assert typed(read_question(told).context) == typed(slowly)


@pytest.mark.parametrize("mutant", [text_or_number, lambda told: read_value(told) or "", lambda told: told.text])
def test_a_reader_that_mistakes_values_would_be_seen(mutant: Any) -> None:
    told = {name: value(each) for name, each in {"a": "", "b": False, "c": 0, "d": None, "e": "x", "f": {}}.items()}
    assert {name: typed(mutant(each)) for name, each in told.items()} != {
        name: typed(one_by_one(each)) for name, each in told.items()
    }


CONTEXTS = st.lists(st.dictionaries(st.sampled_from(["llm", "team"]), VALUES, max_size=2), max_size=4)


@settings(max_examples=50)
@given(CONTEXTS)
def test_questions_that_are_contexts_are_read_as_any_others(contexts: list[dict[str, object]]) -> None:
    batch = pb.EvaluateBatchRequest(requests=[question(each) for each in contexts])
    read = plain_contexts(batch)
    assert read is not None
    assert [typed(each) for each in read] == [typed(each.context) for each in questions(batch)]


@pytest.mark.parametrize(
    "more",
    [
        {"stage": pb.STAGE_TOOL},
        {"policies": ["p"]},
        {"namespace": "n"},
        {"explain": True},
        {"texts": [pb.Text(text="hi")]},
    ],
)
def test_a_question_that_says_more_is_no_plain_context(more: dict[str, Any]) -> None:
    asked = [question({"a": 1}), question({"a": 1}, **more)]
    assert plain_contexts(pb.EvaluateBatchRequest(requests=asked)) is None
    assert set(more) | {"context"} <= set(pb.EvaluateRequest.DESCRIPTOR.fields_by_name)
    if more.keys() & {"stage", "policies", "namespace"}:
        assert plain_contexts(pb.EvaluateBatchRequest(requests=asked[:1], **more)) is None


def test_a_question_can_say_no_more_than_was_thought_of() -> None:
    assert set(pb.EvaluateRequest.DESCRIPTOR.fields_by_name) == {
        "context",
        "stage",
        "policies",
        "namespace",
        "texts",
        "explain",
    }


def test_plain_contexts_are_refused_as_questions_are(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = question({"a": 1})
    newer.MergeFromString(b"\xf8\x06\x01")  # field 111
    wrong = [newer, question({}), pb.EvaluateRequest(context={"a": pb.Value(decimal="x")})]
    for asked in (wrong, wrong[1:], wrong[::-1]):
        batch = pb.EvaluateBatchRequest(requests=asked)
        with pytest.raises(CallerError) as fast:
            plain_contexts(batch)
        with pytest.raises(CallerError) as slow:
            questions(batch)
        assert (str(fast.value), fast.value.param) == (str(slow.value), slow.value.param)
    monkeypatch.setattr(conversions, "_BATCH_VALUES", 3)
    with pytest.raises(CallerError, match="too many values"):
        plain_contexts(pb.EvaluateBatchRequest(requests=[question({"a": 1, "b": 2})] * 2))
    monkeypatch.setattr(conversions, "MOST", 1)
    assert plain_contexts(pb.EvaluateBatchRequest(requests=[question({})] * 2)) is None


def test_answers_that_are_decisions_alone_are_written_as_any_others() -> None:
    decisions = [Decision(at % 2 == 0, Effect.ALLOW, revision=str(at)) for at in range(3)] * 2
    answers = Answers()
    written = answers.alike(decisions, 2e-6) + answers.end(5e-6)
    told = pb.EvaluateBatchResponse.FromString(written)
    assert list(told.results) == [answers.one(Answer(each, duration=2e-6)) for each in decisions]
    assert written == answers.several([Answer(each, duration=2e-6) for each in decisions]) + answers.end(5e-6)
    assert told.duration_us == pytest.approx(5)


OBLIGATIONS: list[Obligation] = [
    Redact("pii", Transform.MASK, 0.5, 4, frozenset({"user", "model"})),
    Redact("pii"),
    Restore("placeholder"),
    Drop("injection", frozenset({"document"})),
    Notify("warning", "careful"),
    Cap("max_tokens", 100),
    Route(frozenset({"b", "a"})),
    Approve(2),
]


def told_of(*obligations: Obligation, effect: Effect = Effect.ALLOW) -> pb.Decision:
    reason = Reason("p", "1.0.0", "r", effect, "because", ("llm.model",))
    decision = Decision(effect is not Effect.DENY, effect, (reason,), obligations, "revision")
    return Answers().one(Answer(decision)).decision


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_has_its_number(effect: Effect) -> None:
    told = told_of(effect=effect)
    assert pb.Effect.Name(told.effect) == pb.Effect.Name(told.matched[0].effect) == f"EFFECT_{effect.name}"
    assert (told.allowed, told.reason, told.revision) == (effect is not Effect.DENY, "because", "revision")
    assert (told.matched[0].policy, told.matched[0].rule, list(told.matched[0].unknown)) == ("p", "r", ["llm.model"])


def test_every_obligation_has_its_place_in_the_schema() -> None:
    known = {type(each) for each in OBLIGATIONS}
    assert known == set(get_args(Obligation))
    for kind in known:
        there: Any = pb.Obligation.DESCRIPTOR.fields_by_name[kind.__name__.lower()].message_type
        assert set(there.fields_by_name) == {field.name for field in fields(kind)}


@pytest.mark.parametrize("obligation", [*OBLIGATIONS, Route(frozenset())])
def test_every_obligation_is_told_whole(obligation: Obligation) -> None:
    (told,) = told_of(obligation).obligations
    kind = told.WhichOneof("kind")
    assert kind == type(obligation).__name__.lower()
    part = getattr(told, kind)
    for field in fields(obligation):
        said, written = getattr(obligation, field.name), getattr(part, field.name)
        if said is None:
            assert not part.HasField(field.name)
        else:
            assert (list(written) if isinstance(said, frozenset) else written) == (
                sorted(said) if isinstance(said, frozenset) else said
            )


def test_a_decision_is_written_once_and_never_mistaken_for_another() -> None:
    answers = Answers()
    for at in range(5000):
        decision = Decision(at % 2 == 0, Effect.ALLOW, revision=str(at))
        first, second = (answers.one(Answer(decision, {"llm.estimatedCost": Decimal(at)}, 1e-6)) for _ in range(2))
        assert first == second
        assert (first.decision.revision, first.decision.allowed) == (str(at), at % 2 == 0)
    assert read_value(first.facts["llm.estimatedCost"]) == Decimal(4999)
    assert first.duration_us == pytest.approx(1)


def test_facts_are_written_flat() -> None:
    assert set(facts({"llm": {"model": "a"}})) == {"llm"}
