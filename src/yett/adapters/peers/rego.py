"""
`regopy`: Rego, as Microsoft's rego-cpp evaluates it.

A body of Rego is a conjunction of lines, so a condition becomes one rule for each of its alternatives.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

from yett.adapters.peers.language import SAME, Language
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written
from yett.policy.expression import Each, Expression, Leaf, Literal, Not, Operator

# regopy brings an RE2 of its own, and the process aborts where it is loaded before google-re2, which expressions load.
from yett.policy.normal import conjuncts

__all__ = ["REGO"]

_LANGUAGE = Language(
    name="Rego",
    root="input",
    phrases=MappingProxyType(
        {
            **SAME,
            Operator.BETWEEN: "{low} <= {field}; {field} <= {high}",
            Operator.STARTS_WITH: "startswith({field}, {value})",
            Operator.ENDS_WITH: "endswith({field}, {value})",
            Operator.MATCHES: "regex.match({value}, {field})",
        }
    ),
    listed="{value} in {field}",
    within="contains({field}, {value})",
)
_RESULT = '{"expressions":'
"""What an answer begins with that is neither undefined nor an error."""
_Term = tuple[Literal, bool]


def _write(condition: Expression, fractions: frozenset[str]) -> str:
    """Return the bodies of the rules that say *condition*, as JSON."""
    return json.dumps(["\n".join(_lines(each, fractions)) for each in _alternatives(condition)])


def _alternatives(condition: Expression) -> tuple[Sequence[_Term], ...]:
    found = conjuncts(condition)
    if found is None:
        raise Untold("Rego would need too many rules for it")
    return found


def _lines(terms: Sequence[_Term], fractions: frozenset[str], language: Language = _LANGUAGE) -> Iterator[str]:
    for place, (literal, positive) in enumerate(terms):
        if isinstance(literal, Each):
            yield _quantified(literal, fractions, replace(language, element=f"e{place}"), positive=positive)
        elif positive or literal.operator is not Operator.BETWEEN:
            yield f"{'' if positive else 'not '}{_said(literal, fractions, language)}"
        else:
            raise Untold("Rego has no line for what does not lie between two numbers")
    if not terms:
        yield "true"


def _said(leaf: Leaf, fractions: frozenset[str], language: Language) -> str:
    if leaf.operator is Operator.EXISTS:
        return f"{language.path(leaf.field)} != null"
    return language.literal(leaf, fractions)


def _quantified(each: Each, fractions: frozenset[str], language: Language, *, positive: bool) -> str:
    """Say that some or all elements fulfil a condition; that not all do is that some do not."""
    alternatives = _alternatives(each.inner if positive else Not(each.inner))
    if len(alternatives) != 1:
        raise Untold("Rego has no line for alternatives about the elements of a list")
    inner, path = "; ".join(_lines(alternatives[0], fractions, language)), language.path(each.field)
    if each.every is not positive:
        return f"some {language.element} in {path}; {inner}"
    if not all(sure for _, sure in alternatives[0]):
        raise Untold("rego-cpp takes `not` amiss within `every`")
    return f"every {language.element} in {path} {{ {inner} }}"


def _module(written: Written) -> str:
    rules = [(number, body) for number, said in written.rules.items() for body in json.loads(said)]
    return "package p\n" + "\n".join(f"matched contains {number} if {{\n{body}\n}}" for number, body in rules)


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    import regopy  # noqa: PLC0415 - only where somebody has it

    interpreter = regopy.Interpreter()
    try:
        interpreter.add_module("p", _module(written))
        bundle = interpreter.build("data.p.matched")
    except regopy.RegoError as error:
        raise Untold(str(error)) from None

    def question(facts: Facts) -> object:
        return facts

    def ask(facts: object) -> set[int]:
        try:
            interpreter.set_input(facts)
            said = str(interpreter.query_bundle(bundle))
        except ValueError:  # the facts hold what Rego has no value for
            return set()
        return set(json.loads(said)["expressions"][0]) if said.startswith(_RESULT) else set()

    yield Ready(question, ask)


REGO = Peer("regopy", "regopy", "pip install regopy", write=_write, start=_started)
