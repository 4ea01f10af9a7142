"""
Proof: what the tests of policies say, and what they leave open.

Rules:

1. A policy is tried by its own cases, alone; the policies that a suite names are tried by its cases, together.
2. Coverage and mutants are counted over all of it: one case, wherever it stands, is enough.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yett.compose.policies import SUITE, is_suite, read_policies, yaml_below
from yett.compose.texts import Reading, text_of
from yett.compose.trial import ordinary_facts
from yett.model.errors import OperatorError, Place, Problem
from yett.policy.boundary import Proposed, propose
from yett.policy.cases import FactsOf, Outcome, Posed, Trial, differences, failures, try_documents
from yett.policy.coverage import Covered, cover, joined
from yett.policy.documents import Case, Document
from yett.policy.mutation import killed, mutants
from yett.policy.problems import Problems
from yett.policy.suites import Suite, read_suite

__all__ = ["Proof", "Survivor", "policy_files", "prove"]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mistake in a rule that no test notices, in words."""

    policy: str
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Policies, and what became of all their tests."""

    trials: tuple[Trial, ...]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of every case."""
        return tuple(outcome for trial in self.trials for outcome in trial.outcomes)

    @property
    def failures(self) -> tuple[Problem, ...]:
        """The cases that failed."""
        return failures(self.outcomes)

    @property
    def covered(self) -> tuple[Covered, ...]:
        """What the cases have seen of every literal."""
        return joined(
            each
            for trial in self.trials
            for each in cover(trial.program.clauses, trial.posed, trial.program.text_tests)
        )

    def mutants(self, tell: Callable[[int], None] = lambda _: None) -> tuple[int, tuple[Survivor, ...]]:
        """Return how many mutants were made, and which of them live; *tell* hears how many were tried."""
        lives: dict[Survivor, bool] = {}
        for trial in self.trials:
            passing = [each for each in trial.posed if _passes(each)]
            for mutant in mutants(trial.program.clauses, trial.program.text_tests):
                key = Survivor(mutant.policy, mutant.rule, mutant.words)
                if lives.get(key, True):
                    lives[key] = not killed(mutant, passing)
                tell(1)
        return len(lives), tuple(key for key, alive in lives.items() if alive)

    def proposals(self) -> tuple[Proposed, ...]:
        """Return cases that could be added, at the edges of what rules ask."""
        stated = {(each.stage, repr(_flat(each.case.given))) for trial in self.trials for each in trial.posed}
        found: dict[str, Proposed] = {}
        for trial in self.trials:
            for each in propose(trial.program.clauses, trial.program.text_tests):
                key = repr(sorted(each.given.items()))
                if (each.stage, key) not in stated:
                    found.setdefault(f"{each.stage} {key}", each)
        return tuple(found.values())


def prove(
    paths: Iterable[Path],
    only: str = "",
    reading: Reading = text_of,
    facts: Callable[[], FactsOf] = ordinary_facts,
) -> Proof:
    """
    Run the cases in policies and suites of *paths*, files or folders; *only* those whose names contain it.

    *reading* gives what the files hold; *facts* are asked for where a case has a text to be looked at.

    Raises:
        OperatorError: they cannot be understood; it carries every problem of every file.
    """
    policies, suites = policy_files(paths)
    tried = [*_own(policies, reading), *_together(suites, reading)]
    chosen = [(name, documents, tuple(case for case in cases if only in case.name)) for name, documents, cases in tried]
    wanted = any(case.text is not None for _, _, cases in chosen for case in cases)
    facts_of = facts() if wanted else None
    return Proof(tuple(try_documents(name, documents, cases, facts_of=facts_of) for name, documents, cases in chosen))


def policy_files(paths: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """
    Return the policy files and the suites of *paths*; the suite of a policy file comes along.

    Raises:
        OperatorError: a folder has neither.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside = yaml_below(path) if path.is_dir() else [path]
        if not inside:
            hint = "name a folder with YAML files, or the files"
            raise OperatorError(Problem(Place(str(path)), "no-policies", "has no policies in it", hint))
        for each in inside:
            found[each] = None
            beside = each.with_name(f"{each.stem}{SUITE}{each.suffix}")
            if not is_suite(each) and beside.is_file():
                found[beside] = None
    policies = tuple(path for path in found if not is_suite(path))
    return policies, tuple(path for path in found if is_suite(path))


_Tried = tuple[str, tuple[Document, ...], tuple[Case, ...]]


def _own(policies: tuple[Path, ...], reading: Reading) -> Iterator[_Tried]:
    for document in read_policies(policies, reading):
        yield document.id, (document,), document.cases


def _together(suites: Iterable[Path], reading: Reading) -> list[_Tried]:
    problems = Problems()
    tried = []
    for path in suites:
        suite = read_suite(reading(path, problems) or "", str(path), problems)
        if suite is None:
            continue
        documents = read_policies(tuple(_named(suite, path, problems)), reading)
        rules = [rule for document in documents for rule in document.rules]
        tried.append((str(path), documents, suite.cases(rules, problems)))
    problems.raise_any()
    return tried


def _named(suite: Suite, path: Path, problems: Problems) -> Iterator[Path]:
    """Yield the policy files that *suite*, at *path*, tests."""
    for place, name in suite.policies:
        file = path.parent / name
        if file.is_file():
            yield file
        else:
            problems.add(place, "unreadable-file", f"there is no file `{name}`", "name it as it is seen from the suite")
    if not suite.policies:
        file = path.with_name(f"{path.stem.removesuffix(SUITE)}{path.suffix}")
        if file.is_file():
            yield file
        else:
            problems.add(suite.place, "missing-key", f"names no `policies`, and there is no `{file.name}`")


def _passes(posed: Posed) -> bool:
    return next(differences(posed.case, posed.decision), None) is None


def _flat(given: object, prefix: str = "") -> list[tuple[str, object]]:
    """Return nested facts as sorted pairs of dotted names and values."""
    if not isinstance(given, dict):
        return [(prefix, given)]
    pairs = (pair for name, value in given.items() for pair in _flat(value, f"{prefix}.{name}" if prefix else name))
    return sorted(pairs, key=lambda pair: pair[0])
