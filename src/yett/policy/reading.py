"""Reading: YAML text to documents."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from yett.model.decision import Effect
from yett.model.errors import Place
from yett.model.release import is_namespace
from yett.model.stage import Stage
from yett.policy.actions import read_action
from yett.policy.conditions import FORMS, read_asked, read_constant
from yett.policy.documents import Action, Case, Constant, Document, Rule, Status
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems, meant
from yett.policy.schema import ORIGINS, field, known_fields
from yett.policy.shape import Shape
from yett.policy.source import read

__all__ = [
    "CASE_KEYS",
    "DOCUMENT_KEYS",
    "EXPECT_KEYS",
    "METADATA_KEYS",
    "RULE_KEYS",
    "VERSION",
    "read_case",
    "read_documents",
    "read_rule",
]

VERSION = "yett/v1"
DOCUMENT_KEYS = ("apiVersion", "metadata", "rules", "tests", "status", "constants")
METADATA_KEYS = ("id", "name", "version", "namespace", "priority", "description", "owner", "tags", "closed", "expires")
RULE_KEYS = ("id", "name", "description", *FORMS, "action", "enabled", "stages", "on_missing", "expires")
CASE_KEYS = ("name", "given", "stage", "expect")
EXPECT_KEYS = ("effect", "decision", "rules", "allowed")
_MAX_PRIORITY = 2**31 - 1
_STAGE_OF_ORIGIN = MappingProxyType({"document": Stage.CONTEXT, "tool": Stage.TOOL, "model": Stage.RESPONSE})


def read_documents(text: str, file: str, problems: Problems, *, apart: bool = False) -> tuple[Document, ...]:
    """
    Read the documents of one file; where there are problems they are not to be used, only checked further.

    With *apart* their rules are somewhere else, so that the rules that tests expect are taken as they are named.
    """
    shape = Shape(problems)
    with collector_paused():
        return tuple([_document(shape, node, apart=apart) for node in read(text, file, problems)])


def _document(shape: Shape, node: Node, *, apart: bool) -> Document:
    entries = shape.fields(node, "a policy", DOCUMENT_KEYS, ("metadata", "rules"))
    version = entries.get("apiVersion")
    if version is not None and not (isinstance(version, Scalar) and version.text == VERSION):
        shape.problems.add(version.place, "wrong-value", "unknown `apiVersion`", f"this is `{VERSION}`")
    metadata = _metadata(shape, entries.get("metadata"))
    rules = tuple(rule for item in shape.items(entries.get("rules"), "`rules`") if (rule := read_rule(shape, item)))
    _distinct(shape, rules)
    names = None if apart else {rule.id for rule in rules}
    return Document(
        place=node.place,
        id=shape.label(metadata.get("id"), "`id`"),
        name=shape.label(metadata.get("name"), "`name`"),
        version=shape.label(metadata.get("version"), "`version`", "1"),
        namespace=_namespace(shape, metadata.get("namespace")),
        priority=shape.integer(metadata.get("priority"), "`priority`", 0, -_MAX_PRIORITY, _MAX_PRIORITY),
        closed=shape.flag(metadata.get("closed"), "`closed`", default=False),
        status=shape.choice(entries.get("status"), "status", Status) or Status.ACTIVE,
        rules=rules,
        cases=tuple(
            case for item in shape.items(entries.get("tests"), "`tests`") if (case := read_case(shape, item, names))
        ),
        constants=_constants(shape, entries.get("constants")),
        expires=shape.day(metadata.get("expires"), "`expires`"),
    )


def _metadata(shape: Shape, node: Node | None) -> Mapping[str, Node]:
    metadata = {} if node is None else shape.fields(node, "`metadata`", METADATA_KEYS, ("id",))
    shape.texts(metadata.get("tags"), "`tags`")
    for key in ("owner", "description"):
        shape.label(metadata.get(key), f"`{key}`")
    return metadata


def _namespace(shape: Shape, node: Node | None) -> str:
    name = shape.label(node, "`namespace`")
    if node is not None and name and not is_namespace(name):
        hint = "a path of letters, digits, `.`, `_` and `-`, such as `acme/payments`"
        shape.problems.add(node.place, "wrong-value", f"`{name}` is no namespace", hint)
    return name


def _distinct(shape: Shape, rules: tuple[Rule, ...]) -> None:
    seen: dict[str, Place] = {}
    for rule in rules:
        if rule.id in seen:
            first = seen[rule.id].line
            shape.problems.add(
                rule.place, "duplicate-id", f"two rules are called `{rule.id}`", f"first on line {first}"
            )
        seen.setdefault(rule.id, rule.place)


def _constants(shape: Shape, node: Node | None) -> tuple[tuple[str, Constant], ...]:
    if node is None:
        return ()
    if not isinstance(node, Table):
        shape.wrong(node.place, "`constants` must map names to values")
        return ()
    return tuple((key.text, value) for key, item in node.entries if (value := read_constant(shape, item)) is not None)


def read_rule(shape: Shape, node: Node) -> Rule | None:
    """Read one rule; None where nothing is left of it."""
    entries = shape.fields(node, "a rule", RULE_KEYS, ("id", "action"))
    if not entries:
        return None
    name = shape.label(entries.get("id"), "`id`")
    action = read_action(shape, entries["action"], name) if "action" in entries else None
    # What is broken is kept, with something in its place, so that the rest of it is checked as well.
    action = action or Action(Effect.DENY)
    return Rule(
        place=node.place,
        id=name,
        action=action,
        condition=read_asked(shape, entries),
        name=shape.label(entries.get("name"), "`name`"),
        enabled=shape.flag(entries.get("enabled"), "`enabled`", default=True),
        stages=_stages(shape, entries.get("stages")),
        skips_missing=_skips(shape, entries.get("on_missing"), action.effect),
        expires=shape.day(entries.get("expires"), "`expires`"),
    )


def _stages(shape: Shape, node: Node | None) -> frozenset[Stage] | None:
    if node is None:
        return None
    items = shape.items(node, "`stages`")
    if isinstance(node, Items) and not items:
        shape.problems.add(node.place, "wrong-value", "`stages` is empty", "leave it out for all stages")
    return frozenset(stage for item in items if (stage := shape.choice(item, "stage", Stage)))


def _skips(shape: Shape, node: Node | None, effect: Effect) -> bool:
    if node is None:
        return False
    word = node.text if isinstance(node, Scalar) else ""
    if word not in {"match", "skip"}:
        shape.problems.add(node.place, "wrong-value", f"`{word}` is no way to treat missing facts", "`match` or `skip`")
    if word == "match" and effect is Effect.ALLOW:
        message = "an `allow` never matches on missing facts"
        shape.problems.add(node.place, "wrong-value", message, "leave `on_missing` out")
    return word == "skip"


def read_case(shape: Shape, node: Node, names: Collection[str] | None) -> Case | None:
    """Read a test of documents whose rules have these *names*, any with None; None where it is no test."""
    entries = shape.fields(node, "a test", CASE_KEYS, ("given", "expect"))
    if "given" not in entries or "expect" not in entries:
        return None
    text, origin, given = _given(shape, entries["given"])
    expect = shape.fields(entries["expect"], "`expect`", EXPECT_KEYS)
    stage = shape.choice(entries.get("stage"), "stage", Stage)
    if text is not None and stage is None:
        stage = _STAGE_OF_ORIGIN.get(origin, Stage.REQUEST)
    if not expect:
        shape.problems.add(entries["expect"].place, "missing-key", "a test expects nothing", "such as `{effect: deny}`")
    effect = shape.choice(expect.get("effect"), "effect", Effect)
    return Case(
        place=node.place,
        name=shape.label(entries.get("name"), "`name`", f"test on line {node.place.line}"),
        given=given,
        stage=stage,
        text=text,
        origin=origin,
        effect=effect or shape.choice(expect.get("decision"), "decision", Effect),
        allowed=shape.flag(expect["allowed"], "`allowed`", default=True) if "allowed" in expect else None,
        rules=_expected(shape, expect["rules"], names) if "rules" in expect else None,
    )


def _expected(shape: Shape, node: Node, known: Collection[str] | None) -> frozenset[str]:
    expected = [(item.place, shape.label(item, "a rule")) for item in shape.items(node, "`rules`")]
    for place, name in expected:
        if name and known is not None and name not in known:
            shape.problems.add(place, "unknown-rule", f"there is no rule `{name}`", meant(name, known))
    return frozenset(name for _, name in expected)


def _given(shape: Shape, node: Node) -> tuple[str | None, str, Mapping[str, object]]:
    """Return the text, its origin and the facts that a test is given."""
    if not isinstance(node, Table):
        shape.wrong(node.place, "`given` must be a mapping", "of facts, or `{text, origin}`")
        return None, "user", {}
    text, origin = None, "user"
    facts: dict[str, object] = {}
    for key, value in node.entries:
        if key.text == "text" and isinstance(value, Scalar):
            text = shape.text(value, "`text`")
        elif key.text == "origin":
            origin = shape.label(value, "`origin`", "user")
            if origin not in ORIGINS:
                hint = meant(origin, ORIGINS)
                shape.problems.add(value.place, "unknown-origin", f"unknown origin `{origin}`", hint)
        else:
            _fact(shape, key.place, key.text, value, facts)
    return text, origin, facts


def _fact(shape: Shape, place: Place, name: str, node: Node, facts: dict[str, object]) -> None:
    """Put the fact *name*, or those below it, into nested *facts*."""
    if isinstance(node, Table) and field(name) is None:
        for key, value in node.entries:
            _fact(shape, key.place, f"{name}.{key.text}", value, facts)
        return
    if field(name) is None:
        hint = meant(name, known_fields())
        shape.problems.add(place, "unknown-field", f"unknown field `{name}`", hint)
        return
    *path, last = name.split(".")
    for step in path:
        below = facts.setdefault(step, {})
        if not isinstance(below, dict):
            shape.problems.add(place, "wrong-value", f"`{name}` lies below a fact that is no mapping")
            return
        facts = below
    facts[last] = _plain(node)


def _plain(node: Node) -> object:
    match node:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [_plain(item) for item in items]
        case Table(entries=entries):
            return {key.text: _plain(value) for key, value in entries}
