"""Meanings: what the words of the policy language mean, each in a sentence, for editors that show it beside the word."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from yett.model.decision import Effect
from yett.model.kinds import FAMILIES, KINDS
from yett.model.stage import Stage
from yett.policy.expression import Operator
from yett.policy.schema import FAMILIES as FACTS
from yett.policy.schema import Provenance, field

__all__ = ["EFFECTS", "OBLIGED", "OPERATORS", "PROVENANCES", "field_meaning", "meaning"]

OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        Operator.EQ: 'The values are equal and of one type: `"5"` is not `5`, and `true` is not `1`.',
        Operator.NE: "The values are not equal, or not of one type.",
        Operator.GT: "The number is greater.",
        Operator.GTE: "The number is greater, or the same.",
        Operator.LT: "The number is smaller.",
        Operator.LTE: "The number is smaller, or the same.",
        Operator.IN: "The field is one of the values.",
        Operator.NOT_IN: "The field is none of the values.",
        Operator.CONTAINS: "The list contains the value, or the text contains the piece.",
        Operator.NOT_CONTAINS: "The list does not contain the value, or the text the piece.",
        Operator.MATCHES: "The RE2 pattern matches somewhere in the text.",
        Operator.EXISTS: "The field has a value; `value: false` asks for the contrary.",
        Operator.STARTS_WITH: "The text begins so.",
        Operator.ENDS_WITH: "The text ends so.",
        Operator.CIDR: "The address lies in the network, or in one of them.",
        Operator.BETWEEN: "The number lies between `[low, high]`, or is one of the two.",
        Operator.AND: "All of `conditions` hold.",
        Operator.OR: "One of `conditions` holds, or more.",
        Operator.NOT: "The condition does not hold.",
        Operator.ANY: "One of `conditions` holds; over a list `field`, one of its elements does, or is among `value`.",
        Operator.ALL: "All of `conditions` hold; over a list `field`, it has all of `value`, or all its elements fulfil.",
    }
)
EFFECTS: Mapping[str, str] = MappingProxyType(
    {
        Effect.ALLOW: "It may pass; above rules of lower priority it is an exception from them.",
        Effect.WARN: "It may pass, and somebody is told.",
        Effect.LIMIT: "It may pass within `limit`, such as `{max_tokens: 500}`.",
        Effect.ROUTE: "It may pass, to one of the `models` under `route`.",
        Effect.SANITIZE: "It may pass once what was found is rewritten or left out.",
        Effect.REQUIRE_APPROVAL: "It waits for somebody who approves of it.",
        Effect.DENY: "It may not pass.",
    }
)
OBLIGED: Mapping[str, str] = MappingProxyType(
    {
        "redact": "Rewrite what was found of these `kinds`.",
        "restore": "Put back what was redacted, where it comes back to whom it belongs.",
        "drop": "Leave out the segments in which these `kinds` were found.",
        "notify": "Tell the `channel`.",
        "cap": "Keep the `quantity` within the `limit`.",
        "route": "Send it to one of the `models`.",
        "approve": "Hold it until somebody of this `level` approves.",
    }
)
PROVENANCES: Mapping[Provenance, str] = MappingProxyType(
    {
        Provenance.VERIFIED: "said by who proved to be who they are, by the configuration, or by our own clock and counts",
        Provenance.DERIVED: "computed from, or read in, what will be carried out just so",
        Provenance.ASSERTED: "said by the caller, and nobody can check it",
        Provenance.PRODUCED: "written by a model, or its provider",
    }
)
_FAMILY = MappingProxyType({"secrets": "secret"})
"""The families of findings that facts have another name for."""


def meaning(key: str | None, word: str) -> str:
    """Return what *word* means as a value of *key*, or among the items of *key*; empty when there is nothing to say."""
    match key:
        case "operator":
            return OPERATORS.get(word, "")
        case "decision" | "effect":
            return EFFECTS.get(word, "")
        case "type":
            return OBLIGED.get(word, "")
        case "kinds":
            return KINDS.get(word, "") or FAMILIES.get(word, "")
        case "field":
            return field_meaning(word)
        case _:
            return ""


def field_meaning(name: str) -> str:
    """Return what the field *name* holds, what it counts, where it exists and whose word it is; empty without one."""
    return "\n\n".join(_about(name))


def _about(name: str) -> Iterator[str]:
    about = field(name)
    if about is None:
        return
    family = name.partition(".")[0]
    unit = f", counted in {about.unit}" if about.unit else ""
    yield f"`{name}`: {about.sort}{unit}."
    if family in FACTS and about.findings:
        yield FAMILIES[_FAMILY.get(family, family)]
    if about.stages != frozenset(Stage):
        yield f"Only at {', '.join(stage for stage in Stage if stage in about.stages)}."
    yield f"{about.provenance.capitalize()}: {PROVENANCES[about.provenance]}."
    if about.text:
        yield "A text: conditions on it are lifted into a detector."
    elif about.cost:
        yield "Computed only if a rule asks for it."
    if about.sensitive:
        yield "Recorded as a keyed digest."
