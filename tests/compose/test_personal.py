"""Which personal data a configuration asks for."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from yett.compose.personal import allowed_values, configured_names, configured_rules, own_kinds, personal_kinds
from yett.compose.settings import PiiProtection
from yett.compose.values import COUNTRIES, NAMED, PERSONAL
from yett.detectors.allowing import digest
from yett.detectors.patterns import PatternSet
from yett.detectors.rules import PACKS, shipped
from yett.model.errors import OperatorError
from yett.model.segment import Origin

STAFF = """
rules:
  - id: staff-number
    kind: pii.staff_number
    pattern: '\\bST-[0-9]{6}\\b'
    score: 0.4
    context: {words: [staff, employee], change: 0.4}
    examples: {true: ['staff ST-123456'], false: ['ST-123456', 'ST-12']}
"""
CARDS = {"detection_types": ["credit_card"]}


def asked(**given: object) -> PiiProtection:
    return PiiProtection.model_validate(given)


def found(protection: PiiProtection, text: str) -> list[tuple[str, float]]:
    rules = [rule for rule in configured_rules(protection) if rule.kind.startswith("pii.")]
    detector = PatternSet(rules, hyperscan=False, allowed=allowed_values(protection))
    return [(match.kind, match.score) for match in detector.detect(text, Origin.USER)]


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [
        ({}, {"email", "ssn", "us_itin"}, {"bd_nothing"}),
        ({"detection_types": ["email"]}, {"email"}, {"ssn", "us_itin"}),
        ({"detection_types": ["pii.email", "de_tax_id"]}, {"email", "de_tax_id"}, {"de_vat"}),
        ({"detection_types": [], "countries": ["de"]}, {"de_tax_id", "de_vat"}, {"email", "ssn"}),
        ({"detection_types": "email, iban", "countries": "US,DE"}, {"iban", "ssn", "de_vat"}, {"phone"}),
        ({"detection_types": ["all"]}, set(PERSONAL) - set(NAMED), set(NAMED)),
        ({"names": {"model": "m"}}, {"email", "person", "address"}, set()),
        ({"names": {"model": "m"}, "detection_types": ["email", "person"]}, {"person"}, {"address"}),
        ({"detection_types": [], "countries": ["all"]}, {"ssn", "za_national_id"}, {"email"}),
        ({"countries": []}, {"email", "ssn"}, {"us_itin"}),
    ],
)
def test_kinds_are_chosen_by_name_and_by_country(given: dict[str, object], inside: set[str], outside: set[str]) -> None:
    kinds = set(personal_kinds(asked(**given)))
    assert inside <= kinds
    assert not outside & kinds


def test_every_kind_of_a_pack_belongs_to_its_country() -> None:
    assert COUNTRIES == PACKS
    for pack in PACKS:
        inside = set(personal_kinds(asked(detection_types=[], countries=[pack])))
        assert {rule.kind.removeprefix("pii.") for rule in shipped(f"personal_{pack}")} == inside


def test_rules_of_kinds_that_are_not_looked_for_are_left_out() -> None:
    kinds = {rule.kind for rule in configured_rules(asked(**CARDS))}
    assert {kind for kind in kinds if kind.startswith("pii.")} == {"pii.credit_card"}
    assert {kind.partition(".")[0] for kind in kinds} >= {"secret", "injection", "command"}


def test_each_kind_may_have_a_threshold_of_its_own() -> None:
    text = "call 0171 1234567 or phone 0171 1234567"
    assert found(asked(detection_types=["phone"]), "write 0171 1234567") == []
    assert found(asked(detection_types=["phone"], thresholds={"phone": 0.2}), "write 0171 1234567") == [
        ("pii.phone", 0.3)
    ]
    assert len(found(asked(detection_types=["phone"]), text)) == 2
    assert found(asked(detection_types=["phone"], thresholds={"phone": 0.95}), text) == []


@pytest.mark.parametrize(
    "allow",
    [
        {"values": ["4111-1111-1111-1111"]},
        {"patterns": ["4111.*"]},
        {"hashes": [digest("4111111111111111", b"a key for the tests")], "key": "a key for the tests"},
        {"hashes": [digest("4111111111111111", b"").upper()]},
    ],
)
def test_what_is_allowed_passes(allow: dict[str, object]) -> None:
    assert found(asked(**CARDS), "card 4111 1111 1111 1111")
    assert found(asked(**CARDS, allow=allow), "card 4111 1111 1111 1111") == []
    assert found(asked(**CARDS, allow=allow), "card 5555 5555 5555 4444")


def test_domains_are_allowed_as_people_write_them() -> None:
    protection = asked(detection_types=["email"], allow={"domains": ["@Example.COM"]})
    assert found(protection, "ann@example.com, bob@mail.example.com") == []
    assert found(protection, "ann@example.org")


def test_an_operators_own_kinds_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "staff.yaml").write_text(STAFF)
    protection = asked(detection_types=[], custom=[str(tmp_path / "staff.yaml")])
    assert own_kinds(protection) == ("staff_number",)
    assert found(protection, "employee ST-654321") == [("pii.staff_number", 0.8)]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (STAFF.replace("false: ['ST-123456'", "false: ['staff ST-123456'"), "failed-example", 3),
        (STAFF.replace("pii.staff_number", "pi.staff"), "unknown-kind", 3),
        (STAFF.replace("staff-number", "credit-card"), "duplicate-rule", 0),
        ("rules: [", "bad-yaml", 2),
    ],
)
def test_a_file_of_rules_that_is_wrong_is_told(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = tmp_path / "staff.yaml"
    file.write_text(text)
    with pytest.raises(OperatorError) as caught:
        configured_rules(asked(**CARDS, custom=[str(file)]))
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.code, problem.place.line) == (str(file), code, line)


def test_names_are_found_by_the_pipeline_that_is_configured(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Ann Lee"}])
    pipeline.to_disk(tmp_path)
    protection = asked(names={"model": str(tmp_path), "score": 0.7})
    (names,) = configured_names(protection)
    assert [(match.kind, match.score) for match in names.detect("ask Ann Lee", Origin.USER)] == [("pii.person", 0.7)]
    assert configured_names(protection) == (names,)
    assert configured_names(asked()) == ()


def test_a_kind_that_takes_a_pipeline_is_refused_without_one() -> None:
    with pytest.raises(ValidationError, match="which no pattern can find"):
        asked(detection_types=["person"])
