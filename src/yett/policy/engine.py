"""Engine: policy decisions in the library, about facts that the caller has."""

from collections.abc import Iterable, Mapping

from yett.model.decision import Decision
from yett.model.errors import OperatorError, Problem
from yett.model.stage import Stage
from yett.policy.cases import failures, run
from yett.policy.compiler import compile_documents
from yett.policy.contexts import Texts, stage_of
from yett.policy.documents import Constant, Document
from yett.policy.program import Program

__all__ = ["PolicyEngine"]


class PolicyEngine:
    """Decides by the policies that were added to it; without any, everything is allowed."""

    def __init__(self, policies: Iterable[Document] = (), constants: Mapping[str, Constant] | None = None) -> None:
        self._constants = dict(constants or {})
        self._documents: tuple[Document, ...] = ()
        self._compiled: tuple[Program, Texts] | None = None
        for policy in policies:
            self.add_policy(policy)

    def add_policy(self, policy: Document) -> None:
        """
        Add *policy*, once its own tests pass.

        Raises:
            OperatorError: it does not compile, one of its tests fails, or there is one of that name already.
        """
        first = next((document for document in self._documents if document.id == policy.id), None)
        if first is not None:
            message = f"two policies are called `{policy.id}`"
            raise OperatorError(Problem(policy.place, "duplicate-id", message, f"first at {first.place}"))
        compile_documents([policy], self._constants)
        failed = failures(run(policy, self._constants))
        if failed:
            raise OperatorError(*failed)
        self._documents = (*self._documents, policy)
        self._compiled = None

    @property
    def program(self) -> Program:
        """The policies, compiled."""
        return self._ready()[0]

    def evaluate(self, context: Mapping[str, object], stage: Stage | str | None = None) -> Decision:
        """Decide about *context*, facts as nested mappings; the stage is told by them unless *stage* says it."""
        program, texts = self._compiled or self._ready()
        return program.decide_known(Stage(stage) if stage else stage_of(context), texts.answered(context))

    def _ready(self) -> tuple[Program, Texts]:
        compiled = self._compiled
        if compiled is None:
            program = compile_documents(self._documents, self._constants)
            self._compiled = compiled = (program, Texts(program.text_tests))
        return compiled
