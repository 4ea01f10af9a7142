"""
Planning: what a caller may use, told before anything is asked.

    plan(program, known, models=["gpt-4", "small"], tools=["search"], provider_of={"gpt-4": "openai"}.get) -> Plan

*known* are the facts that are sure already, as nested mappings: `{"team": {"tier": "free"}, "user": {"roles": ["dev"]}}`.
What is not in it may still turn out to be anything. A `Plan` has an `Offer` for each model and each tool, in the order
in which they were named: its *permission*, the *provisos* on which a conditional one depends, the *obligations* that
hold in any case, and for a model the greatest `llm.maxTokens` that is not denied.

Rules:

1. `ALLOWED` and `DENIED` hold whatever the other facts turn out to be. Where that cannot be told it is `CONDITIONAL`.
2. The greatest number of tokens is found exactly: between two numbers that policies name nothing changes, so only the
   ends of these stretches are tried.
3. Provisos are in the words of the policy. Whoever may not read the policy is to be shown the permission alone.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from yett.model.decision import Effect
from yett.model.obligation import Approve, Cap, Obligation, Route, join
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.clause import Clause
from yett.policy.expression import ALWAYS, And, Each, Expression, Leaf, Literal, Not, Operator, Or, literals
from yett.policy.interpreter import Look, judge, lookup
from yett.policy.program import Program
from yett.policy.residue import NEVER, residue
from yett.policy.wording import phrased

__all__ = ["Offer", "Permission", "Plan", "Proviso", "plan"]

_MOST = "llm.maxTokens"
_CAPPED = "max_tokens"
_STRANDED = Route(frozenset())
_PLANNED = MappingProxyType({"llm": {"model", "provider"}, "tool": {"name"}})


class Permission(StrEnum):
    """Whether something may be used, from the mildest to the strictest."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    """It depends on facts that are not known yet, or on an approval."""
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Proviso:
    """A rule that has its *effect* if *words* turns out to be so."""

    policy: str
    rule: str
    effect: Effect
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether the model or tool *name* may be used."""

    name: str
    permission: Permission
    reason: str = ""
    """What the rule that denies says; empty where none does for sure."""
    provisos: tuple[Proviso, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    """What must be done whenever it is used, whatever the other facts are."""
    max_tokens: int | None = None
    """The greatest `llm.maxTokens` that is not denied, or that is left by a cap; None where policy sets no bound."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a caller may use."""

    models: tuple[Offer, ...]
    tools: tuple[Offer, ...]
    revision: str
    """The digest of the policies that were asked."""


def plan(
    program: Program,
    known: Mapping[str, object],
    models: Iterable[str] = (),
    tools: Iterable[str] = (),
    provider_of: Callable[[str], str | None] = lambda _model: None,
) -> Plan:
    """Say which of *models* and *tools* a caller about whom the facts *known* are sure may use."""
    known = {family: _unplanned(family, facts) for family, facts in known.items()}
    planner = _Planner(program.specialised(known), known)
    offers = tuple(planner.model(model, provider_of(model)) for model in models)
    return Plan(offers, tuple(planner.tool(tool) for tool in tools), program.revision)


def _unplanned(family: str, facts: object) -> object:
    """Leave out what a plan goes through itself."""
    names = _PLANNED.get(family)
    if names is None or not isinstance(facts, Mapping):
        return facts
    return {name: value for name, value in facts.items() if name not in names}


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What rules say, as far as it can be told."""

    permission: Permission
    denying: Clause | None
    possible: tuple[tuple[Clause, Expression], ...]
    """The rules that may match, with what they depend on."""
    obligations: tuple[Obligation, ...]


class _Planner:
    """Plans for one caller."""

    def __init__(self, program: Program, known: Mapping[str, object]) -> None:
        self._program = program
        self._known = known
        self._asked = {f"text.{test.id}": test for test in program.text_tests}

    def model(self, name: str, provider: str | None) -> Offer:
        facts = {"llm.model": name, **({} if provider is None else {"llm.provider": provider})}
        clauses = self._live(Stage.REQUEST, facts)
        offer = self._offer(name, [_outlook(clauses, _Known(self._look(facts)))])
        if lookup(self._known, _MOST) is not Unknown.MISSING or offer.permission is Permission.DENIED:
            return offer
        most = self._most(clauses, facts)
        return replace(offer, max_tokens=None if most == math.inf else int(most))

    def tool(self, name: str) -> Offer:
        outlooks = [
            _outlook(self._live(stage, facts), _Known(self._look(facts), {"tool.names": name}))
            for stage, facts in ((Stage.TOOL, {"tool.name": name}), (Stage.REQUEST, {}))
        ]
        return self._offer(name, outlooks)

    def _live(self, stage: Stage, facts: Mapping[str, str]) -> tuple[Clause, ...]:
        nested: dict[str, dict[str, str]] = {}
        for field, value in facts.items():
            family, _, name = field.partition(".")
            nested.setdefault(family, {})[name] = value
        return self._program.specialised(nested).live(stage)

    def _look(self, facts: Mapping[str, object]) -> Look:
        return lambda field: facts[field] if field in facts else lookup(self._known, field)

    def _offer(self, name: str, outlooks: list[_Outlook]) -> Offer:
        permission = max((each.permission for each in outlooks), key=list(Permission).index)
        denying = next((each.denying for each in outlooks if each.permission is Permission.DENIED), None)
        provisos = () if denying else tuple(dict.fromkeys(each for look in outlooks for each in self._provisos(look)))
        obligations = () if denying else join(each for outlook in outlooks for each in outlook.obligations)
        reason = (denying.text or denying.rule) if denying else ""
        return Offer(name, permission, reason, provisos, obligations)

    def _provisos(self, outlook: _Outlook) -> Iterator[Proviso]:
        for clause, left in outlook.possible:
            yield Proviso(clause.policy, clause.rule, clause.effect, phrased(left, self._asked))
        if outlook.denying:
            yield Proviso(outlook.denying.policy, outlook.denying.rule, Effect.DENY, "in all other cases")

    def _most(self, clauses: Iterable[Clause], facts: Mapping[str, object]) -> float:
        """Return the greatest number of tokens that is not denied; infinity where there is no bound, 0 for none."""
        known = _Known(self._look(facts))
        left = [clause for clause in clauses if residue(clause.condition, known.answer) != NEVER]
        best = 0.0
        for tried in _ends(left):
            if tried <= best:
                break
            asked = 10**400 if tried == math.inf else int(tried)
            outlook = _outlook(left, _Known(self._look({**facts, _MOST: asked})))
            if outlook.permission is not Permission.DENIED:
                caps = [
                    each.limit for each in outlook.obligations if isinstance(each, Cap) and each.quantity == _CAPPED
                ]
                best = max(best, min([tried, *caps]))
        return best


class _Known:
    """What is known while rules are looked at; of the lists *holding*, one member each, and no more."""

    def __init__(self, look: Look, holding: Mapping[str, str] | None = None) -> None:
        self._look = look
        self._holding = holding or {}

    def answer(self, literal: Literal) -> bool | None:
        raw = self._look(literal.field)
        if raw is not Unknown.MISSING:
            return judge(literal, raw)
        member = self._holding.get(literal.field)
        return None if member is None else _of_any_list_with(member, literal)

    def is_open(self, literal: Literal) -> bool:
        return self._look(literal.field) is Unknown.MISSING

    def can_be(self, expression: Expression, wanted: bool) -> bool:  # noqa: FBT001 - a truth value is what it is about
        """Say whether what is open might make the residue *expression* as it is *wanted*."""
        match expression:
            case Leaf() | Each():
                return self.is_open(expression)
            case Not(part):
                return self.can_be(part, not wanted)
            case And(parts) | Or(parts):
                every = isinstance(expression, And) is wanted
                return (all if every else any)(self.can_be(part, wanted) for part in parts)


def _of_any_list_with(member: str, literal: Literal) -> bool | None:
    """Answer *literal* of a list that holds *member*, whatever else it holds; None where that matters."""
    of_it_alone = judge(literal, (member,))
    if isinstance(literal, Each):
        return of_it_alone if of_it_alone is not literal.every else None
    return of_it_alone if literal.operator is Operator.EXISTS or of_it_alone else None


def _outlook(clauses: Iterable[Clause], known: _Known) -> _Outlook:
    """Go through *clauses* from the highest priority down, until what comes below cannot matter."""
    certain: list[Clause] = []
    possible: list[tuple[Clause, Expression]] = []
    floor, denying = -math.inf, None
    for clause in clauses:
        left = residue(clause.condition, known.answer)
        if clause.priority < floor or denying:
            break
        if left == NEVER or (clause.definite and not known.can_be(left, wanted=True)):
            continue
        if left != ALWAYS and (clause.definite or known.can_be(left, wanted=False)):
            possible.append((clause, left))
        elif clause.effect is Effect.DENY:
            denying = clause
        else:
            certain.append(clause)
            floor = clause.priority if clause.effect is Effect.ALLOW else floor
    return _summed(certain, possible, denying)


def _summed(certain: list[Clause], possible: list[tuple[Clause, Expression]], denying: Clause | None) -> _Outlook:
    may = [clause for clause, _ in possible]
    lifting = [clause.priority for clause in may if clause.effect is Effect.ALLOW]
    # What an allow may still lift is no obligation that holds in any case.
    holding = [clause for clause in certain if all(clause.priority >= priority for priority in lifting)]
    obligations = _owed(holding)
    if denying is None and _STRANDED in obligations:
        routed = next(each for each in holding if any(isinstance(owed, Route) for owed in each.obligations))
        return _Outlook(Permission.DENIED, routed, (), ())
    if denying is not None:
        return _Outlook(Permission.CONDITIONAL if lifting else Permission.DENIED, denying, tuple(possible), ())
    together = _owed([*certain, *may])
    depends = _STRANDED in together or any(isinstance(each, Approve) for each in together)
    depends = depends or any(clause.effect is Effect.DENY for clause in may)
    return _Outlook(Permission.CONDITIONAL if depends else Permission.ALLOWED, None, tuple(possible), obligations)


def _owed(clauses: Iterable[Clause]) -> tuple[Obligation, ...]:
    return join(each for clause in clauses for each in clause.obligations)


def _ends(clauses: Iterable[Clause]) -> list[float]:
    """List the ends of the stretches of whole numbers in which nothing changes, the greatest first."""
    ends: set[float] = {math.inf}
    for clause in clauses:
        for literal in literals(clause.condition):
            value = literal.value if isinstance(literal, Leaf) and literal.field == _MOST else None
            for bound in value if isinstance(value, tuple) else (value,):
                if isinstance(bound, int | float | Decimal) and not isinstance(bound, bool):
                    ends |= {math.ceil(bound) - 1, math.floor(bound)}
    return sorted((end for end in ends if end >= 1), reverse=True)
