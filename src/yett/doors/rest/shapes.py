"""Shapes: bodies in and out, as the OpenAPI document shows them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from yett.model.decision import Effect

__all__ = [
    "Answered",
    "AuthZenAnswer",
    "AuthZenAnswers",
    "AuthZenQuestion",
    "AuthZenQuestions",
    "Batch",
    "BatchAnswered",
    "Cause",
    "Decided",
    "Explained",
    "Listed",
    "ListedPolicy",
    "Offered",
    "OfferedModel",
    "OpaAnswer",
    "OpaQuestion",
    "Planned",
    "Policy",
    "Problem",
    "Question",
    "ReasonShape",
    "Text",
    "ValidatedPolicy",
    "Validity",
    "Wish",
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Text(_Asked):
    """A text to read."""

    origin: Literal["operator", "user", "model", "tool", "document", "definition", "unknown"] = "user"
    text: str


class _Selected(_Asked):
    stage: Literal["request", "context", "tool", "response"] | None = Field(
        None, description="As the context has it, when it is not given."
    )
    policies: list[str] | None = Field(None, description="Decide by these alone: `id` or `id@version`.")
    namespace: str | None = Field(
        None, description="Decide by the policies of this namespace, and of those above it, alone."
    )


class Question(_Selected):
    """What is asked of the policies."""

    context: dict[str, Any] = Field(
        description="Facts as nested objects. What is left out and can be found out is found out when a rule asks.",
        examples=[{"llm": {"model": "gpt-4o", "estimatedCost": 2.5}, "team": {"tier": "free"}}],
    )
    texts: list[Text] | None = Field(None, description="Texts to read, beside those in the context.")
    explain: bool | None = Field(None, description="Whether to say why, too.")


class Batch(_Selected):
    """Several questions; what stands beside them holds for each that does not say otherwise."""

    requests: list[Question] = Field(max_length=10_000)


class ReasonShape(BaseModel):
    """A rule that matched."""

    policy: str
    version: str
    rule: str
    effect: Effect
    reason: str
    unknown: list[str] = Field(description="The fields without a value because of which it is only possibly true.")


class Decided(BaseModel):
    """A decision."""

    allowed: bool
    effect: Effect
    reason: str
    matched: list[ReasonShape]
    obligations: list[dict[str, Any]]
    revision: str = Field(description="The digest of the policies that decided.")
    explanation: dict[str, Any] | None = Field(None, description="Where `explain` asked for it.")


class Answered(BaseModel):
    """An answer."""

    decision: Decided
    facts: dict[str, Any] = Field(description="What was found out beyond what was stated, by field.")
    duration_us: float


class BatchAnswered(BaseModel):
    """The answers, in the order of the questions."""

    results: list[Answered]
    duration_us: float


class Explained(BaseModel):
    """Why a question is answered as it is."""

    decision: Decided
    rules: list[dict[str, Any]] = Field(description="Every rule, with the truth and the fact of each condition.")
    why_not: list[dict[str, Any]] = Field(description="The rules that came nearest, and what they miss.")
    what_if: list[dict[str, Any]] = Field(description="The smallest change found that would turn the decision.")


class Wish(_Asked):
    """What a plan is asked for."""

    context: dict[str, Any] | None = Field(None, description="The facts that are sure; those of the caller by default.")
    models: list[str] | None = Field(None, description="All that the gateway serves by name, when they are not given.")
    tools: list[str] | None = None
    policies: list[str] | None = None
    namespace: str | None = None


class Offered(BaseModel):
    """Whether a model or a tool may be used."""

    name: str
    permission: Literal["allowed", "conditional", "denied"]
    reason: str
    provisos: list[dict[str, str]] = Field(description="The rules that depend on facts that are not known yet.")
    obligations: list[dict[str, Any]]


class OfferedModel(Offered):
    """Whether a model may be used."""

    max_tokens: int | None = Field(description="The greatest number that is not denied; null where there is no bound.")


class Planned(BaseModel):
    """What the caller may use."""

    models: list[OfferedModel]
    tools: list[Offered]
    revision: str


class ListedPolicy(BaseModel):
    """A policy."""

    id: str
    name: str
    version: str
    namespace: str
    priority: int
    status: str
    rules: list[str]


class Listed(BaseModel):
    """The policies that are loaded."""

    revision: str
    policies: list[ListedPolicy]


class Policy(_Asked):
    """A policy to look at."""

    policy: str = Field(description="The document, as YAML or JSON; several are separated by `---`.")
    file: str = Field("<policy>", max_length=200, description="What problems call it.")


class ValidatedPolicy(BaseModel):
    """A policy, and what became of its tests."""

    policy: str
    rules: int
    tests: dict[str, int]


class Validity(BaseModel):
    """Whether the policies hold."""

    valid: bool
    policies: list[ValidatedPolicy] = []
    problems: list[dict[str, Any]] = []


class Cause(BaseModel):
    """One of several things that are wrong."""

    model_config = ConfigDict(extra="allow")

    pointer: str | None = Field(None, description="The place in the body, as a JSON pointer.")
    detail: str | None = None


class Problem(BaseModel):
    """What is wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Cause] = []


class AuthZenQuestion(BaseModel):
    """An evaluation of the Authorization API 1.0."""

    subject: dict[str, Any] = Field(examples=[{"type": "user", "id": "alice", "properties": {"roles": ["analyst"]}}])
    action: dict[str, Any] = Field(examples=[{"name": "chat"}])
    resource: dict[str, Any] = Field(examples=[{"type": "model", "id": "gpt-4o"}])
    context: dict[str, Any] | None = None


class AuthZenAnswer(BaseModel):
    """What is decided."""

    decision: bool
    context: dict[str, Any] | None = None


class AuthZenQuestions(BaseModel):
    """Several evaluations; what stands beside them holds for each that does not say otherwise."""

    evaluations: list[dict[str, Any]]
    subject: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    resource: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    options: dict[str, Any] | None = Field(None, examples=[{"evaluations_semantic": "deny_on_first_deny"}])


class AuthZenAnswers(BaseModel):
    """What is decided, in order; fewer than were asked where the semantic stops early."""

    evaluations: list[AuthZenAnswer]


class OpaQuestion(BaseModel):
    """An input, as for Open Policy Agent."""

    input: dict[str, Any] | None = None


class OpaAnswer(BaseModel):
    """A result; none where the path is undefined."""

    decision_id: str
    result: Any = None
