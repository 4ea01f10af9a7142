"""
The minimal form: `POST /api/v1/complete` with `{prompt, user_id?, model?}`.

It is a chat completion of one user message in other clothes: the request becomes one before anything else looks at it,
and only the last step tells its answer in the minimal form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from yett.dialects import strict_json
from yett.dialects.dialect import Payload
from yett.dialects.openai_chat import OpenAIChat
from yett.model.errors import CallerError
from yett.model.finding import Finding
from yett.model.refusal import Refusal
from yett.model.verdict import Verdict

__all__ = ["PROMPT", "Completion", "detector_scores"]

PROMPT = "/messages/0/content"
"""Where the prompt stands in the chat completion."""
_FIELDS = frozenset({"prompt", "user_id", "model"})


@dataclass(frozen=True, slots=True)
class Completion(OpenAIChat):
    """The minimal form as a dialect; *model* answers where the request names none."""

    operation: str = "yett.complete"
    model: str = ""

    def parse(self, body: bytes) -> Payload:
        """Parse a minimal request into a chat completion."""
        asked = strict_json.parse(body)
        if not isinstance(asked, dict) or not isinstance(asked.get("prompt"), str):
            message = "`prompt` must be a string"
            raise CallerError(message, param="/prompt")
        if unknown := sorted(asked.keys() - _FIELDS):
            message = f"unknown field `{unknown[0][:60]}`; there are `prompt`, `user_id` and `model`"
            raise CallerError(message, param=f"/{unknown[0][:60]}")
        model, user = asked.get("model") or self.model, asked.get("user_id")
        if not isinstance(model, str) or not model:
            message = "`model` must be the name of a model"
            raise CallerError(message, param="/model")
        if user is not None and not isinstance(user, str):
            message = "`user_id` must be a string"
            raise CallerError(message, param="/user_id")
        named = {} if user is None else {"user": user}
        return {"model": model, "messages": [{"role": "user", "content": asked["prompt"]}], **named}

    def error(self, refusal: Refusal, request_id: str) -> bytes:  # noqa: ARG002 - it travels in a header
        """Serialise a refusal: *detail* for machines, *reason* for people."""
        return strict_json.dump({"detail": refusal.code, "reason": refusal.message})

    def tell(self, verdict: Verdict, answer: Payload) -> Payload:
        """Tell *answer*, and the *verdict* on the prompt, in the minimal form."""
        prompt = next((segment.text for segment in verdict.segments if segment.path == PROMPT), "")
        choices = answer.get("choices")
        message = choices[0].get("message") if choices else {}
        policy = {
            "decision": str(verdict.effect),
            "reason": verdict.decision.reason,
            "sanitized_prompt": prompt,
            "detector_scores": detector_scores(verdict.findings),
        }
        return {"policy": policy, "llm_response": message.get("content")}


def detector_scores(findings: tuple[Finding, ...]) -> Mapping[str, float]:
    """Return the highest score that each detector gave."""
    scores: dict[str, float] = {}
    for finding in findings:
        scores[finding.detector] = max(finding.score, scores.get(finding.detector, 0.0))
    return scores
