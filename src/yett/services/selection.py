"""
Selection: the policies that a question is decided by, ready to decide.

Rules:

1. All active policies decide, unless the question names some, or a namespace: then those alone do.
2. A namespace is a path: who asks by one asks by those above it, too, which it may only tighten.
3. What is not active decides nothing, named or not.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from yett.model.decision import Decision
from yett.model.errors import CallerError
from yett.model.stage import Stage
from yett.policy.contexts import Texts
from yett.policy.documents import Document, Status
from yett.policy.problems import meant
from yett.policy.program import Program
from yett.policy.schema import cost

__all__ = ["AtStage", "Selection", "Selections", "active"]

_REMEMBERED = 64
_CLOCK = frozenset({"request.date", "request.hour"})


class Selection:
    """Some policies, compiled."""

    def __init__(self, program: Program) -> None:
        """Decide by *program*."""
        self.program = program
        self.at = {stage: _at(stage, program) for stage in Stage}
        """What there is to know of each stage."""


@dataclass(frozen=True, slots=True)
class AtStage:
    """What a selection asks at one stage."""

    finds: frozenset[str]
    """The facts that rules ask for and that can be found out where nobody stated them."""
    dated: bool
    """Whether rules ask what time it is."""
    decide: Callable[[Mapping[str, object]], Decision]
    """Decides by what a context states alone."""


class Selections:
    """The selections that were asked for lately."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[object, ...], Selection] = OrderedDict()

    def of(
        self, program: Program, documents: Sequence[Document], policies: tuple[str, ...] = (), namespace: str = ""
    ) -> Selection:
        """
        Return the selection of *policies* and *namespace* among *documents*, which are compiled as *program*.

        Raises:
            CallerError: there is no such policy, or no such namespace.
        """
        key = (program.revision, id(program), policies, namespace)
        made = self._made.get(key)
        if made is None:
            made = Selection(_narrowed(program, active(documents), policies, namespace))
            self._made[key] = made
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        elif policies or namespace:
            self._made.move_to_end(key)
        return made


def active(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return those of *documents* that decide."""
    return tuple(document for document in documents if document.status is Status.ACTIVE)


def _narrowed(program: Program, documents: Sequence[Document], policies: tuple[str, ...], namespace: str) -> Program:
    if not policies and not namespace:
        return program
    chosen = {_named(name, documents).id for name in policies} or {document.id for document in documents}
    if namespace:
        known = {document.namespace for document in documents}
        if namespace not in known:
            raise CallerError(_unknown("namespace", namespace, known), param="/namespace", code="unknown_policy")
        chosen &= {document.id for document in documents if f"{namespace}/".startswith(f"{document.namespace}/")}
    clauses = [clause for clause in program.clauses if clause.policy in chosen]
    revision = sha256("\n".join([program.revision, *sorted(chosen)]).encode()).hexdigest()
    return Program(clauses, program.text_tests, revision)


def _named(name: str, documents: Sequence[Document]) -> Document:
    """Return the document that *name* means, an `id` or `id@version`."""
    for document in documents:
        if name in {document.id, f"{document.id}@{document.version}"}:
            return document
    known = {document.id for document in documents}
    raise CallerError(_unknown("active policy", name, known), param="/policies", code="unknown_policy")


def _unknown(what: str, name: str, known: set[str]) -> str:
    hint = meant(name, known)
    return f"there is no {what} `{name}`" + (f"; {hint}" if hint else "")


def _at(stage: Stage, program: Program) -> AtStage:
    reads, decide = program.reads(stage), program.knowing(stage)
    if program.text_tests:
        texts, inner = Texts(program.text_tests), decide

        def decide(context: Mapping[str, object]) -> Decision:
            return inner(texts.answered(context))

    return AtStage(_found(reads), bool(reads & _CLOCK), decide)


def _found(reads: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in reads if cost(name) and not name.startswith("text."))
