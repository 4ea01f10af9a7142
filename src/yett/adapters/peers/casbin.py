"""`casbin`: its rules are Python's expressions, one for each line of a policy; it tells whether any of them is true."""

import keyword
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from yett.adapters.peers.language import SAME, Language, quoted
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written
from yett.policy.expression import Operator

__all__ = ["CASBIN"]

_MODEL = """
[request_definition]
r = {roots}
[policy_definition]
p = rule
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = eval(p.rule)
"""
_MISREAD = re.compile(r"[\"\\]|\b[rp][0-9]*\.")
"""What casbin takes for something else, in quotes though it is."""
_BROKEN = (AttributeError, SyntaxError, TypeError, ValueError)


def _text(text: str) -> str:
    said = quoted(text)
    if _MISREAD.search(said[1:-1]):
        raise Untold(f"Casbin misreads the text `{text}`")
    return said


_LANGUAGE = Language(
    name="Casbin",
    root="r",
    phrases=MappingProxyType(
        {
            **SAME,
            Operator.BETWEEN: "({low} <= {field} and {field} <= {high})",
            Operator.STARTS_WITH: "{field}.startswith({value})",
            Operator.ENDS_WITH: "{field}.endswith({value})",
            Operator.CIDR: "ipMatch({field}, {network})",
        }
    ),
    listed="{value} in {field}",
    within="{value} in {field}",
    joints=(" and ", " or ", "not "),
    truths=("False", "True"),
    subscript="",
    text=_text,
)


class _Fields:
    """Facts as attributes."""

    def __init__(self, facts: Facts) -> None:
        for name, value in facts.items():
            setattr(self, name, _Fields(value) if isinstance(value, Mapping) else value)


def _roots(written: Written) -> list[str]:
    """Return the first names of all fields, which casbin asks for one by one."""
    found = {name for rule in written.rules.values() for name in re.findall(r"\br\.(\w+)", rule)}
    return sorted(name for name in found if not keyword.iskeyword(name))


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    import casbin  # noqa: PLC0415 - only where somebody has it
    import simpleeval  # noqa: PLC0415 - what casbin evaluates with, and raises the errors of

    roots = _roots(written)
    model = casbin.Model()
    model.load_model_from_text(_MODEL.format(roots=", ".join(roots)))
    enforcer = casbin.Enforcer(model)
    for rule in written.rules.values():
        enforcer.add_policy(rule)
    broken = (*_BROKEN, simpleeval.InvalidExpression)

    def question(facts: Facts) -> object:
        fields = _Fields(facts)
        return [getattr(fields, root, None) for root in roots]

    def ask(parts: list[object]) -> bool:
        try:
            return bool(enforcer.enforce(*parts))
        except broken:
            return False

    yield Ready(question, ask)


CASBIN = Peer("casbin", "casbin", "pip install casbin", write=_LANGUAGE.write, start=_started)
