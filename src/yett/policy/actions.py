"""
Actions: nodes to effects and obligations.

An action is `{decision, reason, obligations: […]}`. `limit`, `route` and `require_approval` may state their parameters
under their own name: `limit: {max_tokens: 500}`, `route: {models: […]}`, `require_approval: {level: 2}`.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from yett.model.decision import Effect
from yett.model.errors import Place
from yett.model.kinds import FAMILIES, KINDS
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Restore, Route, Transform
from yett.policy.documents import Action
from yett.policy.nodes import Node, Scalar, Table
from yett.policy.problems import meant
from yett.policy.schema import ORIGINS
from yett.policy.shape import Shape

__all__ = ["ACTION_KEYS", "MOST_KEPT", "OBLIGATIONS", "read_action"]

ACTION_KEYS = ("decision", "reason", "obligations", "limit", "route", "require_approval")
_WARNINGS = "warning"
"""The channel of the decision's own warnings."""
_MAX_LEVEL = 100
MOST_KEPT = 100
"""The most that `keep` may say."""
_NAMED = tuple(kind for kind in KINDS if not kind.endswith("."))
_SLIP = 0.87
"""So alike are `pii.emial` and `pii.email`, while `pii.phone_us` and `pii.phone` are not."""
_QUANTITIES = MappingProxyType(
    {"maxtokens": "max_tokens", "maxcompletiontokens": "max_tokens", "maxoutputtokens": "max_tokens"}
)
"""What an exchange is capped by, by the names that it may be meant by, without signs and capitals."""


class _Type(StrEnum):
    REDACT = "redact"
    RESTORE = "restore"
    DROP = "drop"
    NOTIFY = "notify"
    CAP = "cap"
    ROUTE = "route"
    APPROVE = "approve"


def read_action(shape: Shape, node: Node, rule: str) -> Action | None:
    """Read what the rule *rule* does when it matches."""
    entries = shape.fields(node, "an action", ACTION_KEYS, ("decision",))
    effect = shape.choice(entries.get("decision"), "decision", Effect)
    text = shape.text(entries.get("reason"), "`reason`")
    stated = [
        obligation
        for item in shape.items(entries.get("obligations"), "`obligations`")
        for obligation in _obligation(shape, item)
    ]
    stated.extend(_parameters(shape, entries, effect))
    if effect is None:
        return None
    _suit(shape, node, effect, stated)
    return Action(effect, text, (*stated, *_implied(effect, stated, text or rule)))


def _parameters(shape: Shape, entries: Mapping[str, Node], effect: Effect | None) -> Iterator[Obligation]:
    for key in ("limit", "route", "require_approval"):
        node = entries.get(key)
        if node is None:
            continue
        if effect is not None and key != effect:
            shape.problems.add(node.place, "unknown-key", f"`{effect}` takes no `{key}`")
        elif key == "limit":
            yield from _caps(shape, node)
        elif key == "route":
            yield from _route(shape, shape.fields(node, "`route`", ("models",), ("models",)))
        else:
            yield from _approve(shape, shape.fields(node, "`require_approval`", ("level",)))


def _caps(shape: Shape, node: Node) -> Iterator[Obligation]:
    if not isinstance(node, Table) or not node.entries:
        shape.wrong(node.place, "`limit` must map quantities to numbers", "such as `limit: {max_tokens: 500}`")
        return
    for key, value in node.entries:
        yield Cap(_quantity(shape, key.place, key.text), shape.integer(value, f"`{key.text}`", 0))


def _quantity(shape: Shape, place: Place, name: str) -> str:
    """Take any quantity, for who decides about an application's own, but none that looks like a slip of the pen."""
    plain = name.lower().replace("_", "").replace("-", "").replace(" ", "")
    close = get_close_matches(plain, _QUANTITIES, n=1, cutoff=_SLIP)
    if close and name != _QUANTITIES[close[0]]:
        message = f"unknown quantity `{name}`"
        shape.problems.add(place, "unknown-quantity", message, f"did you mean `{_QUANTITIES[close[0]]}`?")
    return name


def _suit(shape: Shape, node: Node, effect: Effect, stated: list[Obligation]) -> None:
    """Note obligations that do not suit the effect, and effects that lack theirs."""
    if effect is Effect.DENY and not all(isinstance(obligation, Notify) for obligation in stated):
        shape.problems.add(node.place, "obligation", "a denied exchange can only notify", "leave other obligations out")
    needed = {Effect.LIMIT: (Cap, "limit: {max_tokens: 500}"), Effect.ROUTE: (Route, "route: {models: [name]}")}
    if effect in needed:
        kind, example = needed[effect]
        if not any(isinstance(obligation, kind) for obligation in stated):
            shape.problems.add(node.place, "missing-key", f"`{effect}` does not say what to do", f"such as `{example}`")


def _implied(effect: Effect, stated: list[Obligation], text: str) -> Iterator[Obligation]:
    match effect:
        case Effect.SANITIZE if not any(isinstance(obligation, Redact | Drop) for obligation in stated):
            yield Redact("*")
        case Effect.WARN:
            yield Notify(_WARNINGS, text)
        case Effect.REQUIRE_APPROVAL if not any(isinstance(obligation, Approve) for obligation in stated):
            yield Approve()
        case _:
            pass


def _obligation(shape: Shape, node: Node) -> Iterator[Obligation]:
    type_node = {key.text: value for key, value in node.entries}.get("type") if isinstance(node, Table) else None
    if type_node is None:
        shape.problems.add(node.place, "missing-key", "an obligation has no `type`")
        return
    kind = shape.choice(type_node, "obligation", _Type)
    if kind is not None:
        keys, required, build = OBLIGATIONS[kind]
        entries = shape.fields(node, f"the obligation `{kind}`", ("type", *keys), required)
        if all(key in entries for key in required):
            yield from build(shape, entries)


def _redact(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    how = shape.choice(entries.get("how"), "way to redact", Transform) or Transform.MASK
    kept = entries.get("keep")
    keep = None if kept is None else shape.integer(kept, "`keep`", 0, high=MOST_KEPT)
    if kept is not None and how is not Transform.MASK:
        shape.problems.add(kept.place, "obligation", f"`{how}` keeps nothing", "leave `keep` to `how: mask`")
    origins = _origins(shape, entries)
    for kind in _kinds(shape, entries["kinds"]):
        yield Redact(kind, how, keep=keep, origins=origins)


def _restore(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    for kind in _kinds(shape, entries["kinds"]):
        yield Restore(kind)


def _drop(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    what = entries.get("what")
    if what is not None and not (isinstance(what, Scalar) and what.text == "segment"):
        shape.problems.add(what.place, "wrong-value", "only a `segment` can be dropped")
    origins = _origins(shape, entries)
    for kind in _kinds(shape, entries["kinds"]):
        yield Drop(kind, origins)


def _origins(shape: Shape, entries: Mapping[str, Node]) -> frozenset[str]:
    origins = shape.placed_texts(entries.get("origins"), "`origins`")
    for place, origin in origins:
        if origin not in ORIGINS:
            shape.problems.add(place, "unknown-origin", f"unknown origin `{origin}`", meant(origin, ORIGINS))
    return frozenset(origin for _, origin in origins)


def _notify(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    yield Notify(shape.label(entries["channel"], "`channel`"), shape.text(entries.get("message"), "`message`"))


def _cap(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    quantity = shape.label(entries["quantity"], "`quantity`")
    quantity = _quantity(shape, entries["quantity"].place, quantity)
    yield Cap(quantity, shape.integer(entries["limit"], "`limit`", 0))


def _route(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    models = shape.texts(entries.get("models"), "`models`")
    if models:
        yield Route(frozenset(models))


def _approve(shape: Shape, entries: Mapping[str, Node]) -> Iterator[Obligation]:
    yield Approve(shape.integer(entries.get("level"), "`level`", 1, low=1, high=_MAX_LEVEL))


def _kinds(shape: Shape, node: Node) -> Iterator[str]:
    for place, kind in shape.placed_texts(node, "`kinds`"):
        family, _, name = kind.partition(".")
        known = kind == "*" or kind in FAMILIES or (kind in KINDS and name)
        # Operators make kinds below an open prefix, but hardly ones that look like a slip of the pen.
        if known or (name and f"{family}." in KINDS and not get_close_matches(kind, _NAMED, n=1, cutoff=_SLIP)):
            yield kind
        else:
            shape.problems.add(
                place, "unknown-kind", f"unknown finding kind `{kind}`", meant(kind, (*FAMILIES, *_NAMED))
            )


_Build = Callable[[Shape, Mapping[str, Node]], Iterator[Obligation]]
OBLIGATIONS: Mapping[_Type, tuple[tuple[str, ...], tuple[str, ...], _Build]] = MappingProxyType(
    {
        _Type.REDACT: (("kinds", "how", "keep", "origins"), ("kinds",), _redact),
        _Type.RESTORE: (("kinds",), ("kinds",), _restore),
        _Type.DROP: (("what", "kinds", "origins"), ("kinds",), _drop),
        _Type.NOTIFY: (("channel", "message"), ("channel",), _notify),
        _Type.CAP: (("quantity", "limit"), ("quantity", "limit"), _cap),
        _Type.ROUTE: (("models",), ("models",), _route),
        _Type.APPROVE: (("level",), (), _approve),
    }
)
"""Per obligation: its keys, those of them that are required, and how to build it."""
