"""The minimal form."""

import json

import pytest

from yett.dialects.completion import PROMPT, Completion, detector_scores
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import CallerError
from yett.model.finding import Finding
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.verdict import Verdict

MINIMAL = Completion(model="stub")


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b'{"prompt":"hi"}', {"model": "stub", "messages": [{"role": "user", "content": "hi"}]}),
        (
            b'{"prompt":"hi","user_id":"u","model":"m"}',
            {"model": "m", "messages": [{"role": "user", "content": "hi"}], "user": "u"},
        ),
        (
            b'{"prompt":"","user_id":null,"model":null}',
            {"model": "stub", "messages": [{"role": "user", "content": ""}]},
        ),
    ],
)
def test_a_minimal_request_becomes_a_chat_completion(body: bytes, payload: object) -> None:
    assert MINIMAL.parse(body) == payload


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"[]", "/prompt"),
        (b"{}", "/prompt"),
        (b'{"prompt":["hi"]}', "/prompt"),
        (b'{"prompt":"hi","model":1}', "/model"),
        (b'{"prompt":"hi","user_id":1}', "/user_id"),
        (b'{"prompt":"hi","system":"x"}', "/system"),
        (b'{"prompt":"hi","Prompt":"x"}', "/Prompt"),
        (b'{"prompt":"hi","prompt":"x"}', None),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(body: bytes, param: str | None) -> None:
    with pytest.raises(CallerError) as refused:
        MINIMAL.parse(body)
    assert refused.value.param == param


def test_without_any_model_there_is_nobody_to_ask() -> None:
    with pytest.raises(CallerError, match="`model`"):
        Completion().parse(b'{"prompt":"hi"}')


def finding(detector: str, score: float) -> Finding:
    return Finding(Span(PROMPT, 0, 1), Origin.USER, "pii.email", score, detector)


def test_the_answer_tells_the_verdict_on_the_prompt() -> None:
    reason = Reason("p", "1", "mask", Effect.SANITIZE, "mail is masked")
    verdict = Verdict(
        Decision(allowed=True, effect=Effect.SANITIZE, reasons=(reason,)),
        (finding("patterns", 0.5), finding("patterns", 0.9), finding("injection", 0.1)),
        (Segment(PROMPT, Origin.USER, "mail to ****"),),
    )
    answer = {"choices": [{"message": {"role": "assistant", "content": "done"}}]}
    assert MINIMAL.tell(verdict, answer) == {
        "policy": {
            "decision": "sanitize",
            "reason": "mail is masked",
            "sanitized_prompt": "mail to ****",
            "detector_scores": {"patterns": 0.9, "injection": 0.1},
        },
        "llm_response": "done",
    }


def test_an_answer_without_choices_says_nothing() -> None:
    verdict = Verdict(Decision(allowed=True, effect=Effect.ALLOW), (), ())
    assert MINIMAL.tell(verdict, {"choices": []})["llm_response"] is None


def test_no_finding_gives_no_score() -> None:
    assert detector_scores(()) == {}


def test_a_refusal_has_a_detail_and_a_reason() -> None:
    refusal = Refusal(403, "policy_violation", "Secrets stay home.")
    told = {"detail": "policy_violation", "reason": "Secrets stay home."}
    assert json.loads(MINIMAL.error(refusal, "r")) == told


def test_it_is_a_dialect_of_its_own_for_records_and_goes_where_chats_go() -> None:
    assert (MINIMAL.operation, MINIMAL.upstream_path) == ("yett.complete", "/chat/completions")
