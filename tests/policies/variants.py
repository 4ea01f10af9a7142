"""What the tests of every shipped variant share: its cases with detectors, and a guard of it."""

from functools import cache

from yett.compose.detectors import configured_detectors
from yett.compose.library import Guard
from yett.compose.patterns import PatternCache
from yett.compose.policies import configured_constants, configured_documents, shipped_documents
from yett.compose.settings import Settings
from yett.compose.trial import facts_by
from yett.guard import guard
from yett.model.verdict import Verdict
from yett.policy.cases import Outcome, run
from yett.policy.compiler import compile_documents


@cache
def outcomes(variant: str) -> tuple[Outcome, ...]:
    facts_of = facts_by(configured_detectors(Settings(), PatternCache()))
    return tuple(outcome for document in shipped_documents(variant) for outcome in run(document, facts_of=facts_of))


@cache
def guarded(variant: str) -> Guard:
    settings = Settings.model_validate({"policies": {"default": variant}})
    program = compile_documents(configured_documents(settings), configured_constants(settings))
    detectors = configured_detectors(settings, PatternCache())
    return Guard(guard.Guard(detectors.for_tests(program.text_tests), program))


def checked(variant: str, text: str, origin: str, stage: str = "request") -> Verdict:
    return guarded(variant).check(text, origin=origin, stage=stage)
