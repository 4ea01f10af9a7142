"""
Questions: JSON to questions for the decision point.

Rules:

1. What is not understood is refused, with its place as a JSON pointer (RFC 6901) and what was probably meant.
2. Facts are taken as they are: a context may hold more than any rule asks about.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NoReturn

from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.policy.problems import meant
from yett.services.deciding import Question

__all__ = [
    "BATCH_KEYS",
    "KEYS",
    "MOST",
    "names",
    "plain_contexts",
    "read_batch",
    "read_question",
    "refuse",
    "stage_named",
    "table",
    "text",
]

KEYS = frozenset({"context", "stage", "policies", "namespace", "texts", "explain"})
BATCH_KEYS = frozenset({"requests", "stage", "policies", "namespace"})
MOST = 10_000
"""Questions in one batch."""
_TEXT_KEYS = frozenset({"origin", "text"})
_STAGES = {stage.value: stage for stage in Stage}
_NOTHING = Question({})


def read_question(payload: Any, given: Question = _NOTHING, place: str = "") -> Question:
    """
    Read one question; what it leaves open is as in *given*.

    Raises:
        CallerError: it is none.
    """
    if given is _NOTHING and type(payload) is dict and len(payload) == 1 and type(payload.get("context")) is dict:
        return Question(payload["context"])  # what nearly everybody asks
    asked = table(payload, KEYS, place)
    context = asked.get("context")
    if type(context) is not dict:
        _wrong(f"{place}/context", 'must be an object of facts, such as {"llm": {"model": "gpt-4o"}}')
    return Question(
        context=context,
        stage=stage_named(asked["stage"], f"{place}/stage") if "stage" in asked else given.stage,
        policies=names(asked["policies"], f"{place}/policies") if "policies" in asked else given.policies,
        namespace=text(asked["namespace"], f"{place}/namespace") if "namespace" in asked else given.namespace,
        texts=_texts(asked.get("texts"), f"{place}/texts"),
        explain=_flag(asked.get("explain"), f"{place}/explain"),
    )


def plain_contexts(payload: Any) -> list[dict[str, object]] | None:
    """Return the contexts of several questions that say nothing else, as nearly all do; None where it is not so."""
    requests = payload.get("requests") if type(payload) is dict and len(payload) == 1 else None
    if type(requests) is not list or len(requests) > MOST:
        return None
    try:
        contexts = [each["context"] for each in requests if type(each) is dict and len(each) == 1]
    except KeyError:
        return None
    return contexts if len(contexts) == len(requests) and {dict}.issuperset(map(type, contexts)) else None


def read_batch(payload: Any) -> list[Question]:
    """
    Read several questions; what stands beside them holds for each that does not say otherwise.

    Raises:
        CallerError: they are none, or too many.
    """
    asked = table(payload, BATCH_KEYS)
    requests = asked.get("requests")
    if type(requests) is not list:
        _wrong("/requests", "must be a list of questions")
    if len(requests) > MOST:
        _wrong("/requests", f"holds more than {MOST} questions", status=413, code="request_too_large")
    given = read_question({**{key: asked[key] for key in asked if key != "requests"}, "context": {}})
    given = given if len(asked) > 1 else _NOTHING
    return [read_question(each, given, f"/requests/{at}") for at, each in enumerate(requests)]


def table(payload: Any, keys: AbstractSet[str], place: str = "") -> dict[str, Any]:
    """
    Return *payload* as an object that has none but *keys*.

    Raises:
        CallerError: it is none, or has others.
    """
    if type(payload) is not dict:
        _wrong(place, "must be a JSON object")
    if not payload.keys() <= keys:
        name = min(payload.keys() - keys)
        hint = meant(name, keys) or f"there are {', '.join(f'`{key}`' for key in sorted(keys))}"
        _wrong(f"{place}/{_escaped(name)}", f"is not known here; {hint}")
    return payload


def stage_named(value: Any, place: str) -> Stage | None:
    """
    Return the stage of that name; None for null.

    Raises:
        CallerError: there is none.
    """
    if value is None:
        return None
    stage = _STAGES.get(value) if isinstance(value, str) else None
    if stage is None:
        hint = meant(value, _STAGES) if isinstance(value, str) else ""
        _wrong(place, "must be a stage; " + (hint or f"there are {', '.join(f'`{name}`' for name in _STAGES)}"))
    return stage


def refuse(place: str, why: str) -> CallerError:
    """Return the error that says what is wrong at *place*."""
    return CallerError(f"`{place or '/'}` {why}", param=place or "/")


def _wrong(place: str, why: str, *, status: int = 400, code: str = "invalid_request") -> NoReturn:
    raise CallerError(f"`{place or '/'}` {why}", param=place or "/", status=status, code=code)


def text(value: Any, place: str) -> str:
    """
    Return *value* as a text; empty for null.

    Raises:
        CallerError: it is none.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        _wrong(place, "must be a text")
    return value


def _flag(value: Any, place: str) -> bool:
    if value is not None and type(value) is not bool:
        _wrong(place, "must be true or false")
    return bool(value)


def names(value: Any, place: str) -> tuple[str, ...]:
    """
    Return *value* as names of policies; none for null.

    Raises:
        CallerError: they are none.
    """
    if value is None:
        return ()
    if type(value) is not list or not all(isinstance(name, str) for name in value):
        _wrong(place, 'must be a list of policies, such as ["cost-limit"]')
    return tuple(value)


def _texts(value: Any, place: str) -> tuple[Segment, ...]:
    if value is None:
        return ()
    if type(value) is not list:
        _wrong(place, 'must be a list, such as [{"origin": "user", "text": "…"}]')
    return tuple(_segment(each, f"{place}/{at}") for at, each in enumerate(value))


def _segment(value: Any, place: str) -> Segment:
    asked: Mapping[str, Any] = table(value, _TEXT_KEYS, place)
    said, origin = asked.get("text"), asked.get("origin", Origin.USER.value)
    if not isinstance(said, str):
        _wrong(f"{place}/text", "must be a text")
    if not isinstance(origin, str) or origin not in set(Origin):
        hint = meant(origin, set(Origin)) if isinstance(origin, str) else ""
        _wrong(
            f"{place}/origin",
            "must say who wrote it; " + (hint or f"there are {', '.join(f'`{each}`' for each in Origin)}"),
        )
    return Segment(place, Origin(origin), said)


def _escaped(name: str) -> str:
    return name[:60].replace("~", "~0").replace("/", "~1")
