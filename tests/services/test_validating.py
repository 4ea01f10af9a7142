"""Policies are looked at without letting them decide."""

from dataclasses import replace

import pytest

from tests.services.policies import deciding_by
from yett.model.errors import OperatorError
from yett.policy.cases import Result
from yett.services.inspection import Inspection
from yett.services.snapshots import Limits, Snapshots
from yett.services.stopwatch import Deadlines
from yett.services.validating import Validating

POLICY = """
metadata: {id: keys-again}
rules:
  - {id: no-keys, when: secrets.found, action: {decision: deny}}
  - {id: magic, when: 'llm.prompt.contains("sesame")', action: {decision: deny}}
tests:
  - {given: {text: "my key-1234"}, expect: {effect: deny, rules: [no-keys]}}
  - {given: {text: "open sesame"}, expect: {effect: deny, rules: [magic]}}
  - {given: {text: "Hi"}, expect: {effect: allow}}
  - {given: {secrets: {found: false}, llm: {prompt: sesame}}, expect: {rules: [magic]}}
"""


async def test_its_tests_are_run_with_the_gateways_detectors() -> None:
    inspection = Inspection()
    validated = await Validating(Snapshots(deciding_by()), inspection).validate(POLICY, "f.yaml")
    inspection.close()
    assert [outcome.result for outcome in validated.outcomes] == [Result.PASSED] * 4
    assert validated.failures == ()
    assert [document.id for document in validated.documents] == ["keys-again"]


async def test_what_fails_and_what_is_wrong_is_told() -> None:
    inspection = Inspection()
    validating = Validating(Snapshots(deciding_by()), inspection)
    validated = await validating.validate(POLICY.replace("my key-1234", "Hi"), "f.yaml")
    assert [str(problem.place).partition(":")[0] for problem in validated.failures] == ["f.yaml"]
    with pytest.raises(OperatorError, match="did you mean"):
        await validating.validate(POLICY.replace("secrets.found", "secret.found"), "f.yaml")
    late = Validating(Snapshots(replace(deciding_by(), limits=Limits(deadlines=Deadlines(0.0)))), inspection)
    with pytest.raises(TimeoutError):
        await late.validate(POLICY, "f.yaml")
    inspection.close()
