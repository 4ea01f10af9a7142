"""Engine: policy decisions in the library, about facts that the caller has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yett.model.decision import Decision
from yett.model.errors import OperatorError, Problem
from yett.model.stage import Stage
from yett.policy.cases import failures, run
from yett.policy.compiler import Checked, check_document, program_of
from yett.policy.contexts import Texts, stage_of
from yett.policy.documents import Constant, Document
from yett.policy.explaining import Explanation, explain
from yett.policy.generation import Ask
from yett.policy.hierarchy import check_hierarchy
from yett.policy.interpreter import lookup
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems
from yett.policy.program import Program

__all__ = ["PolicyEngine"]


class PolicyEngine:
    """Decides by the policies that were added to it; without any, everything is allowed."""

    def __init__(self, policies: Iterable[Document] = (), constants: Mapping[str, Constant] | None = None) -> None:
        self._constants = dict(constants or {})
        self._checked: tuple[Checked, ...] = ()
        self._compiled: _Compiled | None = None
        for policy in policies:
            self.add_policy(policy)

    def add_policy(self, policy: Document) -> None:
        """
        Add *policy*, once its own tests pass.

        Raises:
            OperatorError: it does not compile, loosens what stands above it, one of its tests fails, or there is one of that
                name already.
        """
        first = next((each.document for each in self._checked if each.document.id == policy.id), None)
        if first is not None:
            message = f"two policies are called `{policy.id}`"
            raise OperatorError(Problem(policy.place, "duplicate-id", message, f"first at {first.place}"))
        problems = Problems()
        with collector_paused():
            checked = check_document(policy, problems, self._constants)
        check_hierarchy([(each.document, each.clauses) for each in (*self._checked, checked)], problems)
        problems.raise_any()
        failed = failures(run(policy, self._constants))
        if failed:
            raise OperatorError(*failed)
        self._checked = (*self._checked, checked)
        self._compiled = None

    @property
    def program(self) -> Program:
        """The policies, compiled."""
        return self._ready().program

    def evaluate(self, context: Mapping[str, object], stage: Stage | str | None = None) -> Decision:
        """Decide about *context*, facts as nested mappings; the stage is told by them unless *stage* says it."""
        compiled = self._compiled or self._ready()
        facts = compiled.texts.answered(context) if compiled.texts else context
        if stage:
            return compiled.program.decide_known(Stage(stage), facts)
        # As `stage_of` has it; this is the library's busiest road, so its function is at hand.
        if "response" in context:
            return compiled.program.decide_known(Stage.RESPONSE, facts)
        return compiled.of_request(facts)

    def explain(self, context: Mapping[str, object], stage: Stage | str | None = None) -> Explanation:
        """Say why *context* is decided as it is, which rules nearly matched, and what would turn the decision."""
        compiled = self._ready()
        at = Stage(stage) if stage else stage_of(context)
        facts = compiled.texts.answered(context) if compiled.texts else context
        program = compiled.program
        clauses = [clause for clause in program.clauses if at in clause.stages]
        return explain(clauses, lambda name: lookup(facts, name), program.text_tests, program.revision)

    def _ready(self) -> "_Compiled":
        compiled = self._compiled
        if compiled is None:
            with collector_paused():
                program = program_of(self._checked)
                texts = Texts(program.text_tests) if program.text_tests else None
                compiled = _Compiled(program, program.knowing(Stage.REQUEST), texts)
            self._compiled = compiled
        return compiled


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The policies, ready to decide."""

    program: Program
    of_request: Ask
    texts: Texts | None
