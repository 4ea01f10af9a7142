"""All tests of policies, wherever they stand."""

from pathlib import Path

import pytest

from yett.compose.proof import policy_files, prove
from yett.model.errors import OperatorError

POLICY = """\
metadata: {id: cap}
rules: [{id: cap, when: llm.maxTokens > 10, action: {decision: deny}}]
tests: [{name: over, given: {llm.maxTokens: 11}, expect: {effect: deny}}]
"""
SUITE = "tests: [{name: at the edge, given: {llm.maxTokens: 10}, expect: {effect: allow}}]\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_a_policy_brings_its_suite_along_and_a_folder_everything(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    write(tmp_path, cap=POLICY, cap_test=SUITE)
    write(tmp_path / "below", other=POLICY)
    cap, suite, other = tmp_path / "cap.yaml", tmp_path / "cap_test.yaml", tmp_path / "below" / "other.yaml"
    assert policy_files([cap]) == ((cap,), (suite,))
    assert policy_files([tmp_path]) == ((other, cap), (suite,))
    assert policy_files([suite]) == ((), (suite,))


def test_coverage_and_mutants_count_over_all_of_it(tmp_path: Path) -> None:
    write(tmp_path, cap=POLICY)
    alone = prove([tmp_path / "cap.yaml"])
    assert [each.missing for each in alone.covered] == [("never false",)]
    assert [each.words for each in alone.mutants()[1]] == ["`llm.maxTokens` >= `10` in place of `llm.maxTokens` > `10`"]
    write(tmp_path, cap_test=SUITE)
    together = prove([tmp_path / "cap.yaml"])
    assert [each.missing for each in together.covered] == [()]
    assert together.mutants()[1] == ()
    assert (len(together.outcomes), together.failures, together.proposals()) == (2, (), ())


def test_only_some_cases_are_run_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, cap=POLICY, cap_test=SUITE)
    assert [outcome.case.name for outcome in prove([tmp_path], only="edge").outcomes] == ["at the edge"]


def test_texts_are_looked_at_by_detectors(tmp_path: Path) -> None:
    text = "my card is 4111 1111 1111 1111"
    policy = f"""\
metadata: {{id: p}}
rules: [{{id: r, when: pii.found, action: {{decision: deny}}}}]
tests: [{{given: {{text: {text}}}, expect: {{effect: deny}}}}]
"""
    write(tmp_path, p=policy)
    proof = prove([tmp_path])
    assert proof.failures == ()
    assert [each.missing for each in proof.covered] == [("never false",)]
    assert "the rule is left out" not in {each.words for each in proof.mutants()[1]}


@pytest.mark.parametrize(
    ("files", "asked", "message"),
    [
        ({}, ".", "has no policies in it"),
        ({"a_test": SUITE}, "a_test.yaml", "names no `policies`, and there is no `a.yaml`"),
        ({"a_test": f"policies: [b.yaml]\n{SUITE}"}, "a_test.yaml", "there is no file `b.yaml`"),
        ({"a": POLICY, "a_test": "tests: 1"}, "a.yaml", "`tests` must be a list"),
        ({"a": "rules: []"}, "a.yaml", "a policy has no `metadata`"),
    ],
)
def test_what_cannot_be_understood_is_told(tmp_path: Path, files: dict[str, str], asked: str, message: str) -> None:
    write(tmp_path, **files)
    with pytest.raises(OperatorError, match=message):
        prove([tmp_path / asked])
