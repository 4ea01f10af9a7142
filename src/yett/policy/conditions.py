"""
Conditions: nodes to condition trees as written.

A group is `{operator: and|or|not|any|all, conditions: […]}`; `any` and `all` are other words for `or` and `and` there.
A comparison is `{operator, field, value}`. Over a list field, `{operator: any|all, field, value: […]}` asks whether it
contains any, or all, of the values, and `{operator: any|all, field, condition}` whether any, or all, of its elements
fulfil a condition whose comparisons have no field.

Shorter forms of the same: `{all: […]}` and `{any: […]}` for groups, `{not: …}` for the contrary of one condition, and
`{when: …}` for a line of CEL. A rule may have one of them in place of `condition`.
"""

import re
from collections.abc import Mapping

from yett.policy.cel import read_when
from yett.policy.documents import Condition, Constant, Reference, Written
from yett.policy.expression import Operator
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.shape import Shape
from yett.policy.values import Scalar as Plain

__all__ = ["CONDITION_KEYS", "FORMS", "read_asked", "read_condition", "read_constant", "read_value"]

FORMS = ("condition", "when", "all", "any", "not")
"""The keys under which a rule may state what it asks; all but the first may stand for a condition anywhere."""
_SHORT = FORMS[1:]
CONDITION_KEYS = ("operator", "field", "value", "conditions", "condition", *_SHORT)
_GROUPS = frozenset({Operator.AND, Operator.OR, Operator.NOT})
_QUANTIFIERS = frozenset({Operator.ANY, Operator.ALL})
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def read_condition(shape: Shape, node: Node, *, element: bool = False) -> Condition | None:
    """Read a condition tree; with *element* its comparisons are asked of a list's elements, so they have no field."""
    entries = shape.fields(node, "a condition", CONDITION_KEYS)
    if "operator" not in entries:
        if isinstance(node, Table) and entries.keys().isdisjoint(_SHORT):
            shape.lacks(node, "a condition", "operator")
            return None
        for key in entries.keys() - set(_SHORT):
            shape.problems.add(entries[key].place, "missing-key", f"`{key}` needs an `operator`")
        return read_asked(shape, entries, element=element)
    operator = shape.choice(entries.get("operator"), "operator", Operator)
    if operator is None:
        return None
    if operator in _GROUPS or (operator in _QUANTIFIERS and "field" not in entries):
        return _group(shape, node, operator, entries, element=element)
    return _comparison(shape, node, operator, entries, element=element)


def read_asked(shape: Shape, entries: Mapping[str, Node], *, element: bool = False) -> Condition | None:
    """Read what is asked under one of the keys in `FORMS`; None where there is none."""
    stated = [key for key in FORMS if key in entries]
    for key in stated[1:]:
        message = f"beside `{stated[0]}` there is `{key}`"
        shape.problems.add(entries[key].place, "two-conditions", message, "join them under `all`")
    if not stated:
        return None
    key, node = stated[0], entries[stated[0]]
    if key == "condition":
        return read_condition(shape, node, element=element)
    if key == "when":
        return _when(shape, node, element=element)
    if key == "not":
        part = read_condition(shape, node, element=element)
        return part and Condition(node.place, Operator.NOT, parts=(part,))
    parts = tuple(
        part for item in shape.items(node, f"`{key}`") if (part := read_condition(shape, item, element=element))
    )
    if isinstance(node, Items) and not node.items:
        shape.problems.add(node.place, "missing-key", f"`{key}` has no conditions")
    return Condition(node.place, Operator.AND if key == "all" else Operator.OR, parts=parts)


def _when(shape: Shape, node: Node, *, element: bool) -> Condition | None:
    if element:
        shape.problems.add(node.place, "unsupported", "`when` does not ask elements", "write `{operator, value}`")
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        shape.wrong(node.place, "`when` must be a line of CEL", "such as `llm.estimatedCost > 1.0`")
        return None
    return read_when(node, shape.problems)


def read_constant(shape: Shape, node: Node) -> Constant | None:
    """Read the value of a constant: a scalar or a list of scalars."""
    if isinstance(node, Items):
        return tuple(value for item in node.items if (value := shape.scalar(item, "an item")) is not None)
    return shape.scalar(node, "a constant")


def read_value(shape: Shape, node: Node) -> Written | None:
    """Read the value of a comparison."""
    if isinstance(node, Items):
        return tuple(value for item in node.items if (value := _item(shape, item)) is not None)
    return _item(shape, node)


def _item(shape: Shape, node: Node) -> Plain | Reference | None:
    if isinstance(node, Scalar) and (reference := _REFERENCE.fullmatch(node.text)):
        return Reference(reference[1])
    return shape.scalar(node, "a value")


def _stray(shape: Shape, operator: Operator, entries: Mapping[str, Node], allowed: tuple[str, ...]) -> None:
    if len(entries) > 1 + sum(key in entries for key in allowed):
        for key, node in entries.items():
            if key != "operator" and key not in allowed:
                shape.problems.add(node.place, "unknown-key", f"`{operator}` takes no `{key}`")


def _group(
    shape: Shape, node: Node, operator: Operator, entries: Mapping[str, Node], *, element: bool
) -> Condition | None:
    _stray(shape, operator, entries, ("conditions", "condition") if operator is Operator.NOT else ("conditions",))
    nodes = shape.items(entries.get("conditions"), "`conditions`")
    if "condition" in entries:
        nodes = (*nodes, entries["condition"])
    if not nodes:
        shape.problems.add(node.place, "missing-key", f"`{operator}` has no `conditions`")
    if operator is Operator.NOT and len(nodes) > 1:
        shape.problems.add(node.place, "wrong-value", "`not` takes one condition", "join them with `and` or `or`")
    parts = tuple(part for each in nodes if (part := read_condition(shape, each, element=element)))
    return Condition(node.place, operator, parts=parts)


def _comparison(
    shape: Shape, node: Node, operator: Operator, entries: Mapping[str, Node], *, element: bool
) -> Condition | None:
    _stray(
        shape, operator, entries, ("field", "value", "condition") if operator in _QUANTIFIERS else ("field", "value")
    )
    if element and "field" in entries:
        shape.problems.add(entries["field"].place, "unknown-key", "a condition on elements takes no `field`")
    if not element and "field" not in entries:
        shape.problems.add(node.place, "missing-key", f"`{operator}` has no `field`")
    asks = entries.get("condition") if operator in _QUANTIFIERS else None
    inner = read_condition(shape, asks, element=True) if asks else None
    value_node = entries.get("value")
    if value_node is None and asks is None and operator is not Operator.EXISTS:
        shape.problems.add(node.place, "missing-key", f"`{operator}` has no `value`")
        return None
    if asks and (value_node is not None or inner is None):
        if value_node is not None:
            shape.problems.add(
                value_node.place, "unknown-key", f"`{operator}` takes a `value` or a `condition`, not both"
            )
        return None
    value = read_value(shape, value_node) if value_node else None
    if value_node and value is None:
        return None
    return Condition(
        place=node.place,
        operator=operator,
        field=shape.label(entries.get("field"), "`field`"),
        field_place=entries["field"].place if "field" in entries else node.place,
        value=value,
        value_place=value_node.place if value_node else None,
        inner=inner,
    )
