"""A configuration means policies."""

from pathlib import Path

import pytest

from yett.compose.policies import configured_constants, configured_documents, read_policies, shipped_documents
from yett.compose.settings import Settings
from yett.model.errors import OperatorError
from yett.model.obligation import REVERSIBLE, Redact, Restore, Transform
from yett.policy.documents import Document

OWN = """
metadata: {id: own}
rules:
  - {id: r, condition: {operator: eq, field: llm.model, value: m}, action: {decision: deny}}
tests:
  - {given: {llm.model: m}, expect: {effect: deny}}
"""

ALL_BUT_THE_BUILDERS = frozenset({"user", "model", "tool", "document", "unknown"})


def documents(**given: object) -> dict[str, Document]:
    return {document.id: document for document in configured_documents(Settings.model_validate(given))}


@pytest.mark.parametrize("variant", ["default", "strict", "permissive"])
def test_every_variant_speaks_of_the_same_things(variant: str) -> None:
    ids = [document.id for document in shipped_documents(variant)]
    assert ids == [document.id for document in shipped_documents("default")]
    assert list(documents(policies={"default": variant})) == ids


def test_without_a_variant_only_the_operators_own_remain(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    found = documents(policies={"default": "none", "files": [str(file)]})
    assert list(found) == ["own"]
    assert len(found["own"].cases) == 1


@pytest.mark.parametrize(
    ("security", "missing"),
    [
        ({"prompt_injection": {"enabled": False}}, {"yett-injection"}),
        ({"pii_protection": {"enabled": False}}, {"yett-personal-data"}),
        ({"pii_protection": {"detection_types": []}}, {"yett-personal-data"}),
        ({}, set()),
    ],
)
def test_what_is_switched_off_is_left_out(security: dict[str, object], missing: set[str]) -> None:
    assert set(documents()) - set(documents(security=security)) == missing


@pytest.mark.parametrize("how", list(Transform))
def test_personal_data_is_redacted_as_configured(how: Transform) -> None:
    protection = {"detection_types": ["email", "iban"], "redaction_strategy": how.value}
    rules = documents(security={"pii_protection": protection})["yett-personal-data"].rules
    assert [rule.id for rule in rules] == ["email", "iban"]
    for rule, kind in zip(rules, ("pii.email", "pii.iban"), strict=True):
        owed = (Redact(kind, how, origins=ALL_BUT_THE_BUILDERS), Restore(kind))
        assert rule.action.obligations == (owed if how in REVERSIBLE else owed[:1])


def test_an_operator_says_what_a_mask_leaves_what_comes_back_and_whose_texts_are_meant() -> None:
    protection = {"detection_types": ["email"], "keep": 3, "origins": "user,operator"}
    (rule,) = documents(security={"pii_protection": protection})["yett-personal-data"].rules
    assert rule.action.obligations == (Redact("pii.email", keep=3, origins=frozenset({"user", "operator"})),)
    protection = {"detection_types": ["email"], "redaction_strategy": "surrogate", "restore": False, "keep": 3}
    (rule,) = documents(security={"pii_protection": protection})["yett-personal-data"].rules
    assert rule.action.obligations == (Redact("pii.email", Transform.SURROGATE, origins=ALL_BUT_THE_BUILDERS),)


@pytest.mark.parametrize("variant", ["default", "strict", "permissive"])
def test_a_kind_that_no_policy_names_is_judged_as_the_others_are(variant: str) -> None:
    protection = {"detection_types": ["email", "de_tax_id"], "redaction_strategy": "hash"}
    found = documents(policies={"default": variant}, security={"pii_protection": protection})
    written, made = found["yett-personal-data"].rules
    assert made.id == "de_tax_id"
    assert made.name == "A German tax identification number"
    assert made.action.effect == written.action.effect
    assert "de_tax_id" in str(made.condition)
    assert str(made).replace("de_tax_id", "email").replace(made.name, written.name) == str(written)


def test_an_operators_own_kind_is_judged_too(tmp_path: Path) -> None:
    file = tmp_path / "staff.yaml"
    file.write_text(
        "rules:\n- {id: s, kind: pii.staff, pattern: 'ST-[0-9]+', score: 1, examples: {true: [ST-1], false: [ST]}}\n"
    )
    found = documents(security={"pii_protection": {"detection_types": [], "custom": [str(file)]}})
    assert [rule.id for rule in found["yett-personal-data"].rules] == ["staff"]


@pytest.mark.parametrize(
    ("thresholds", "low"), [({"phone": 0.3, "iban": 0.9}, {"pii_threshold": 0.3}), ({"iban": 0.9}, {})]
)
def test_policies_let_a_low_threshold_of_a_kind_be(thresholds: dict[str, float], low: dict[str, float]) -> None:
    given = Settings.model_validate({"security": {"pii_protection": {"thresholds": thresholds}}})
    assert configured_constants(given) == low


def test_secrets_are_replaced_whatever_is_configured_for_personal_data() -> None:
    found = documents(security={"pii_protection": {"redaction_strategy": "surrogate", "enabled": False}})
    assert found["yett-secrets"].rules[0].action.obligations == (Redact("secret", Transform.REPLACE),)


def test_only_a_threshold_that_is_written_overrides_the_variants() -> None:
    assert configured_constants(Settings()) == {}
    written = Settings.model_validate({"security": {"prompt_injection": {"block_threshold": 0.9}}})
    assert configured_constants(written) == {"injection_threshold": 0.9}


def test_every_problem_of_every_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("metadata: {id: a}\nrulez: []\n")
    (tmp_path / "b.yaml").write_bytes(b"\xff")
    with pytest.raises(OperatorError) as caught:
        read_policies(tuple(tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml")))
    assert {Path(problem.place.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml", "c.yaml"}
