from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_REQUEST: _ClassVar[Stage]
    STAGE_CONTEXT: _ClassVar[Stage]
    STAGE_TOOL: _ClassVar[Stage]
    STAGE_RESPONSE: _ClassVar[Stage]

class Origin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORIGIN_UNSPECIFIED: _ClassVar[Origin]
    ORIGIN_OPERATOR: _ClassVar[Origin]
    ORIGIN_USER: _ClassVar[Origin]
    ORIGIN_MODEL: _ClassVar[Origin]
    ORIGIN_TOOL: _ClassVar[Origin]
    ORIGIN_DOCUMENT: _ClassVar[Origin]
    ORIGIN_DEFINITION: _ClassVar[Origin]
    ORIGIN_UNKNOWN: _ClassVar[Origin]

class Effect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EFFECT_UNSPECIFIED: _ClassVar[Effect]
    EFFECT_ALLOW: _ClassVar[Effect]
    EFFECT_WARN: _ClassVar[Effect]
    EFFECT_LIMIT: _ClassVar[Effect]
    EFFECT_ROUTE: _ClassVar[Effect]
    EFFECT_SANITIZE: _ClassVar[Effect]
    EFFECT_REQUIRE_APPROVAL: _ClassVar[Effect]
    EFFECT_DENY: _ClassVar[Effect]
STAGE_UNSPECIFIED: Stage
STAGE_REQUEST: Stage
STAGE_CONTEXT: Stage
STAGE_TOOL: Stage
STAGE_RESPONSE: Stage
ORIGIN_UNSPECIFIED: Origin
ORIGIN_OPERATOR: Origin
ORIGIN_USER: Origin
ORIGIN_MODEL: Origin
ORIGIN_TOOL: Origin
ORIGIN_DOCUMENT: Origin
ORIGIN_DEFINITION: Origin
ORIGIN_UNKNOWN: Origin
EFFECT_UNSPECIFIED: Effect
EFFECT_ALLOW: Effect
EFFECT_WARN: Effect
EFFECT_LIMIT: Effect
EFFECT_ROUTE: Effect
EFFECT_SANITIZE: Effect
EFFECT_REQUIRE_APPROVAL: Effect
EFFECT_DENY: Effect

class Value(_message.Message):
    __slots__ = ("null", "boolean", "integer", "number", "decimal", "text", "list", "map")
    NULL_FIELD_NUMBER: _ClassVar[int]
    BOOLEAN_FIELD_NUMBER: _ClassVar[int]
    INTEGER_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECIMAL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    MAP_FIELD_NUMBER: _ClassVar[int]
    null: Null
    boolean: bool
    integer: int
    number: float
    decimal: str
    text: str
    list: List
    map: Map
    def __init__(self, null: _Optional[_Union[Null, _Mapping]] = ..., boolean: _Optional[bool] = ..., integer: _Optional[int] = ..., number: _Optional[float] = ..., decimal: _Optional[str] = ..., text: _Optional[str] = ..., list: _Optional[_Union[List, _Mapping]] = ..., map: _Optional[_Union[Map, _Mapping]] = ...) -> None: ...

class Null(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class List(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Value]
    def __init__(self, values: _Optional[_Iterable[_Union[Value, _Mapping]]] = ...) -> None: ...

class Map(_message.Message):
    __slots__ = ("fields",)
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.MessageMap[str, Value]
    def __init__(self, fields: _Optional[_Mapping[str, Value]] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ("origin", "text")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    origin: Origin
    text: str
    def __init__(self, origin: _Optional[_Union[Origin, str]] = ..., text: _Optional[str] = ...) -> None: ...

class EvaluateRequest(_message.Message):
    __slots__ = ("context", "stage", "policies", "namespace", "texts", "explain")
    class ContextEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    context: _containers.MessageMap[str, Value]
    stage: Stage
    policies: _containers.RepeatedScalarFieldContainer[str]
    namespace: str
    texts: _containers.RepeatedCompositeFieldContainer[Text]
    explain: bool
    def __init__(self, context: _Optional[_Mapping[str, Value]] = ..., stage: _Optional[_Union[Stage, str]] = ..., policies: _Optional[_Iterable[str]] = ..., namespace: _Optional[str] = ..., texts: _Optional[_Iterable[_Union[Text, _Mapping]]] = ..., explain: _Optional[bool] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("policy", "version", "rule", "effect", "reason", "unknown")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    policy: str
    version: str
    rule: str
    effect: Effect
    reason: str
    unknown: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, policy: _Optional[str] = ..., version: _Optional[str] = ..., rule: _Optional[str] = ..., effect: _Optional[_Union[Effect, str]] = ..., reason: _Optional[str] = ..., unknown: _Optional[_Iterable[str]] = ...) -> None: ...

class Obligation(_message.Message):
    __slots__ = ("redact", "restore", "drop", "notify", "cap", "route", "approve")
    class Redact(_message.Message):
        __slots__ = ("kind", "how", "least", "keep", "origins")
        KIND_FIELD_NUMBER: _ClassVar[int]
        HOW_FIELD_NUMBER: _ClassVar[int]
        LEAST_FIELD_NUMBER: _ClassVar[int]
        KEEP_FIELD_NUMBER: _ClassVar[int]
        ORIGINS_FIELD_NUMBER: _ClassVar[int]
        kind: str
        how: str
        least: float
        keep: int
        origins: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, kind: _Optional[str] = ..., how: _Optional[str] = ..., least: _Optional[float] = ..., keep: _Optional[int] = ..., origins: _Optional[_Iterable[str]] = ...) -> None: ...
    class Restore(_message.Message):
        __slots__ = ("kind",)
        KIND_FIELD_NUMBER: _ClassVar[int]
        kind: str
        def __init__(self, kind: _Optional[str] = ...) -> None: ...
    class Drop(_message.Message):
        __slots__ = ("kind", "origins")
        KIND_FIELD_NUMBER: _ClassVar[int]
        ORIGINS_FIELD_NUMBER: _ClassVar[int]
        kind: str
        origins: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, kind: _Optional[str] = ..., origins: _Optional[_Iterable[str]] = ...) -> None: ...
    class Notify(_message.Message):
        __slots__ = ("channel", "message")
        CHANNEL_FIELD_NUMBER: _ClassVar[int]
        MESSAGE_FIELD_NUMBER: _ClassVar[int]
        channel: str
        message: str
        def __init__(self, channel: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
    class Cap(_message.Message):
        __slots__ = ("quantity", "limit")
        QUANTITY_FIELD_NUMBER: _ClassVar[int]
        LIMIT_FIELD_NUMBER: _ClassVar[int]
        quantity: str
        limit: int
        def __init__(self, quantity: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...
    class Route(_message.Message):
        __slots__ = ("models",)
        MODELS_FIELD_NUMBER: _ClassVar[int]
        models: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, models: _Optional[_Iterable[str]] = ...) -> None: ...
    class Approve(_message.Message):
        __slots__ = ("level",)
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        level: int
        def __init__(self, level: _Optional[int] = ...) -> None: ...
    REDACT_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    DROP_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    CAP_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    APPROVE_FIELD_NUMBER: _ClassVar[int]
    redact: Obligation.Redact
    restore: Obligation.Restore
    drop: Obligation.Drop
    notify: Obligation.Notify
    cap: Obligation.Cap
    route: Obligation.Route
    approve: Obligation.Approve
    def __init__(self, redact: _Optional[_Union[Obligation.Redact, _Mapping]] = ..., restore: _Optional[_Union[Obligation.Restore, _Mapping]] = ..., drop: _Optional[_Union[Obligation.Drop, _Mapping]] = ..., notify: _Optional[_Union[Obligation.Notify, _Mapping]] = ..., cap: _Optional[_Union[Obligation.Cap, _Mapping]] = ..., route: _Optional[_Union[Obligation.Route, _Mapping]] = ..., approve: _Optional[_Union[Obligation.Approve, _Mapping]] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("allowed", "effect", "reason", "matched", "obligations", "revision")
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    allowed: bool
    effect: Effect
    reason: str
    matched: _containers.RepeatedCompositeFieldContainer[Reason]
    obligations: _containers.RepeatedCompositeFieldContainer[Obligation]
    revision: str
    def __init__(self, allowed: _Optional[bool] = ..., effect: _Optional[_Union[Effect, str]] = ..., reason: _Optional[str] = ..., matched: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., obligations: _Optional[_Iterable[_Union[Obligation, _Mapping]]] = ..., revision: _Optional[str] = ...) -> None: ...

class Explanation(_message.Message):
    __slots__ = ("rules", "why_not", "what_if")
    RULES_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    WHAT_IF_FIELD_NUMBER: _ClassVar[int]
    rules: _containers.RepeatedCompositeFieldContainer[Map]
    why_not: _containers.RepeatedCompositeFieldContainer[Map]
    what_if: _containers.RepeatedCompositeFieldContainer[Map]
    def __init__(self, rules: _Optional[_Iterable[_Union[Map, _Mapping]]] = ..., why_not: _Optional[_Iterable[_Union[Map, _Mapping]]] = ..., what_if: _Optional[_Iterable[_Union[Map, _Mapping]]] = ...) -> None: ...

class EvaluateResponse(_message.Message):
    __slots__ = ("decision", "facts", "duration_us", "explanation")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    DECISION_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    DURATION_US_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    decision: Decision
    facts: _containers.MessageMap[str, Value]
    duration_us: float
    explanation: Explanation
    def __init__(self, decision: _Optional[_Union[Decision, _Mapping]] = ..., facts: _Optional[_Mapping[str, Value]] = ..., duration_us: _Optional[float] = ..., explanation: _Optional[_Union[Explanation, _Mapping]] = ...) -> None: ...

class EvaluateBatchRequest(_message.Message):
    __slots__ = ("requests", "stage", "policies", "namespace")
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[EvaluateRequest]
    stage: Stage
    policies: _containers.RepeatedScalarFieldContainer[str]
    namespace: str
    def __init__(self, requests: _Optional[_Iterable[_Union[EvaluateRequest, _Mapping]]] = ..., stage: _Optional[_Union[Stage, str]] = ..., policies: _Optional[_Iterable[str]] = ..., namespace: _Optional[str] = ...) -> None: ...

class EvaluateBatchResponse(_message.Message):
    __slots__ = ("results", "duration_us")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    DURATION_US_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[EvaluateResponse]
    duration_us: float
    def __init__(self, results: _Optional[_Iterable[_Union[EvaluateResponse, _Mapping]]] = ..., duration_us: _Optional[float] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("code", "message", "pointer")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    pointer: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., pointer: _Optional[str] = ...) -> None: ...

class EvaluateStreamResponse(_message.Message):
    __slots__ = ("answer", "problem")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    answer: EvaluateResponse
    problem: Problem
    def __init__(self, answer: _Optional[_Union[EvaluateResponse, _Mapping]] = ..., problem: _Optional[_Union[Problem, _Mapping]] = ...) -> None: ...
