"""
`cedarpy`: Cedar's own engine, in Python.

Cedar has whole numbers, and decimals of four digits after the point, which are compared by methods. The rules that match are
those that it names as reasons to permit.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from types import MappingProxyType

from yett.adapters.peers.language import SAME, Language, number, quoted
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written
from yett.policy.expression import Operator

__all__ = ["CEDAR"]

_DIGITS = Decimal("0.0001")
_LARGEST = Decimal(922337203685477)
_WHO: Mapping[str, object] = MappingProxyType({"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"'})
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|[bf])")
_SHORT = MappingProxyType({r"\b": "8", r"\f": "c"})


def _text(text: str) -> str:
    return _ESCAPE.sub(lambda found: rf"\u{{{found[1] or _SHORT[found[0]]}}}", quoted(text))


def _amount(value: float | Decimal, *, fraction: bool) -> str:
    if isinstance(value, int) and not fraction:
        return number(value, fraction=False)
    exact = Decimal(str(value))
    if abs(exact) > _LARGEST or exact != exact.quantize(_DIGITS):
        raise Untold(f"Cedar's decimals have four digits after the point and 15 before it, `{value}` has more")
    return f'decimal("{exact.quantize(_DIGITS):f}")'


_LANGUAGE = Language(
    name="Cedar",
    root="context",
    phrases=MappingProxyType(
        {
            **SAME,
            Operator.IN: "{value}.contains({field})",
            Operator.STARTS_WITH: '{field} like "{pattern}*"',
            Operator.ENDS_WITH: '{field} like "*{pattern}"',
            Operator.CIDR: "ip({field}).isInRange(ip({network}))",
        }
    ),
    fractions=MappingProxyType(
        {
            Operator.GT: "{field}.greaterThan({value})",
            Operator.GTE: "{field}.greaterThanOrEqual({value})",
            Operator.LT: "{field}.lessThan({value})",
            Operator.LTE: "{field}.lessThanOrEqual({value})",
            Operator.BETWEEN: "({field}.greaterThanOrEqual({low}) && {field}.lessThanOrEqual({high}))",
        }
    ),
    listed="{field}.contains({value})",
    within='{field} like "*{pattern}*"',
    step="{above} has {name}",
    text=_text,
    amount=_amount,
)


def _decimals(value: object) -> object:
    """Return *value* with its fractions as Cedar's decimals."""
    if isinstance(value, float):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.4f}"}}
    if isinstance(value, Mapping):
        return {name: _decimals(below) for name, below in value.items()}
    return [_decimals(each) for each in value] if isinstance(value, list) else value


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    import cedarpy  # noqa: PLC0415 - only where somebody has it

    rules = [f"permit(principal, action, resource) when {{ {rule} }};" for rule in written.rules.values()]
    named = {f"policy{place}": number for place, number in enumerate(written.rules)}
    try:
        policies = cedarpy.PolicySet.from_str("\n".join(rules))
    except ValueError as error:
        raise Untold(str(error)) from None

    def question(facts: Facts) -> object:
        return {**_WHO, "context": _decimals(facts)}

    def ask(asked: object) -> set[int]:
        try:
            return {named[reason] for reason in cedarpy.is_authorized(asked, policies, []).diagnostics.reasons}
        except ValueError:  # the facts hold what Cedar has no value for
            return set()

    yield Ready(question, ask)


CEDAR = Peer("cedarpy", "cedarpy", "pip install cedarpy", write=_LANGUAGE.write, start=_started)
