"""`POST /api/v1/complete`, the minimal form: all that it can ask and be told."""

import json
from pathlib import Path
from typing import Any

from tests.whole.gate import ORDER, SECRET, Gate, completion, gate, posted
from yett.testing.provider import Do, Provider, answer

PATH = "/api/v1/complete"


async def ask(gateway: Gate, prompt: str, **fields: object) -> tuple[int, dict[str, str], dict[str, Any]]:
    status, headers, told = await posted(gateway.port, json.dumps({"prompt": prompt, **fields}).encode(), PATH)
    return status, headers, json.loads(told)


async def test_it_answers_with_what_was_decided_and_what_the_model_said(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        status, headers, told = await ask(gateway, "What is a yett?")
        assert status == 200
        assert headers["x-yett-decision"] == "allow"
        assert headers["x-request-id"].startswith("req_")
        assert told == {
            "policy": {"decision": "allow", "reason": "", "sanitized_prompt": "What is a yett?", "detector_scores": {}},
            "llm_response": "What is a yett?",
        }
        (record,) = await gateway.records(1)
    assert (record.operation, record.model, record.outcome) == ("yett.complete", "stub", "served")


async def test_what_was_taken_out_of_the_prompt_is_shown_as_the_model_saw_it(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        status, headers, told = await ask(gateway, f"Is {SECRET} safe?")
    assert status == 200
    assert told["policy"]["decision"] == headers["x-yett-decision"] == "sanitize"
    assert told["policy"]["reason"] == "a secret was taken out"
    assert SECRET not in json.dumps(told)
    assert told["policy"]["sanitized_prompt"] == told["llm_response"]
    assert told["policy"]["detector_scores"]["patterns"] > 0.5


async def test_a_denial_is_told_by_its_rule(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        status, headers, told = await ask(gateway, ORDER)
        (record,) = await gateway.records(1)
    assert status == 403
    assert told == {
        "detail": "policy_violation",
        "reason": "the prompt tries to override the application's instructions",
    }
    assert headers["x-yett-decision"] == "deny"
    assert headers["x-should-retry"] == "false"
    assert record.outcome == "refused"


async def test_the_model_and_the_user_go_along(tmp_path: Path) -> None:
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider) as gateway:
        status, _, told = await ask(gateway, "Hi", model="told", user_id="u-7")
    assert (status, told["llm_response"]) == (200, "Fine.")
    messages = [{"role": "user", "content": "Hi"}]
    assert json.loads(provider.requests[0].body) == {"model": "told", "messages": messages, "user": "u-7"}


async def test_answers_are_guarded_too(tmp_path: Path) -> None:
    async with Provider(answer(completion(f"It is {SECRET}."))) as provider, gate(tmp_path, provider) as gateway:
        _, _, told = await ask(gateway, "Hi", model="told")
        assert SECRET not in json.dumps(told)
        assert told["llm_response"].startswith("It is [")


async def test_a_blocked_answer_is_none(tmp_path: Path) -> None:
    (tmp_path / "dragons.yaml").write_text(
        "metadata: {id: no-dragons, version: 1.0.0, priority: 2000}\n"
        "rules: [{id: dragons, stages: [response], condition: {operator: contains, field: response.text, value: dragon},"
        " action: {decision: deny}}]\nstatus: active\n"
    )
    files = {"files": ["dragons.yaml"]}
    async with (
        Provider(answer(completion("A dragon!"))) as provider,
        gate(tmp_path, provider, policies=files) as gateway,
    ):
        status, headers, told = await ask(gateway, "Hi", model="told")
    assert (status, told["llm_response"], headers["x-yett-decision"]) == (200, None, "deny")
    assert "dragon!" not in json.dumps(told)


async def test_an_answer_without_choices_is_none(tmp_path: Path) -> None:
    async with Provider(answer({**completion(), "choices": []})) as provider, gate(tmp_path, provider) as gateway:
        status, _, told = await ask(gateway, "Hi", model="told")
    assert (status, told["llm_response"]) == (200, None)


async def test_errors_have_its_own_shape(tmp_path: Path) -> None:
    async with (
        Provider() as provider,
        gate(tmp_path, provider, told={"timeout": 1}, server={"max_prompt_length": 50}) as gateway,
    ):
        for script, prompt, status, code in (
            ([Do.CLOSE], "Hi", 502, "upstream_error"),
            ([Do.HANG], "Hi", 504, "upstream_timeout"),
            (answer({"error": {"code": "full", "message": "too much"}}, 429), "Hi", 429, "full"),
            ([Do.CLOSE], "x" * 51, 413, "request_too_large"),
        ):
            provider.say(script)
            got, _, told = await ask(gateway, prompt, model="told")
            assert (got, told["detail"]) == (status, code)
            assert set(told) == {"detail", "reason"}
            assert told["reason"]
        got, _, told = await ask(gateway, "Hi", model="gone")
        assert (got, told["detail"]) == (404, "model_not_found")
