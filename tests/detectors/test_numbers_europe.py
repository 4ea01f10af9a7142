"""Numbers of Europe: published ones pass, generated ones are found, and a wrong digit is noticed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.detectors import numbers
from yett.detectors.numbers_europe import NUMBERS
from yett.detectors.rule import Rule

# What issuers and standards print as examples, and numbers that companies publish.
PUBLISHED = (
    ("at_svnr", "1237 010180"),
    ("baltic_code", "37605030299"),
    ("baltic_code", "33309240064"),
    ("be_national", "85.07.30-033.28"),
    ("bg_egn", "7523169263"),
    ("ch_ahv", "756.9217.0769.85"),
    ("cz_birth_number", "710319/2745"),
    ("de_document", "T220001293"),
    ("de_health", "A123456780"),
    ("de_pension", "15070649C103"),
    ("de_tax", "36 574 261 809"),
    ("de_vat", "DE136695976"),
    ("dk_cpr", "010203-1234"),
    ("es_cif", "A58818501"),
    ("es_dni", "12345678Z"),
    ("es_dni", "X1234567L"),
    ("fi_hetu", "131052-308T"),
    ("fr_nir", "2 55 08 14 168 025 38"),
    ("fr_vat", "FR40303265045"),
    ("gb_driver", "MORGA657054SM9IJ"),
    ("gb_nhs", "943 476 5919"),
    ("gb_nino", "QQ 12 34 56 C"),
    ("gb_utr", "1955839661"),
    ("gr_afm", "094259216"),
    ("gr_amka", "01013099997"),
    ("hr_oib", "33392005961"),
    ("ie_pps", "1234567T"),
    ("it_codice", "RSSMRA85T10A562S"),
    ("luhn", "732829320"),
    ("lv_code", "161175-19997"),
    ("nl_bsn", "111222333"),
    ("no_birth", "15108695088"),
    ("pl_nip", "526-000-12-46"),
    ("pl_pesel", "44051401359"),
    ("pl_regon", "123456785"),
    ("pt_nif", "123456789"),
    ("ro_cnp", "1800101221144"),
    ("ru_inn", "7707083893"),
    ("ru_inn", "500100732259"),
    ("ru_snils", "112-233-445 95"),
    ("se_company", "556016-0680"),
    ("se_personal", "811228-9874"),
    ("ua_tax", "1759013776"),
)
UNCHECKED = frozenset({"lv_code", "dk_cpr", "gb_nino", "gb_driver"})
"""Numbers without check digits, or with digits that none covers: only their form, and a date, can be wrong."""
RULES = [rule for rule in numbers.PACKED if rule.validator in NUMBERS and rule.validator not in UNCHECKED]


@pytest.mark.parametrize(("name", "number"), PUBLISHED)
def test_published_numbers_pass(name: str, number: str) -> None:
    assert NUMBERS[name](number)


def test_every_check_has_a_published_number_and_a_rule() -> None:
    assert {name for name, _ in PUBLISHED} == set(NUMBERS)
    assert set(NUMBERS) <= {rule.validator for rule in numbers.PACKED}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_generated_numbers_are_found_and_slips_of_a_digit_are_not(rule: Rule, data: st.DataObject) -> None:
    numbers.judge_generated(rule, data)


@pytest.mark.parametrize("name", ["de_tax", "nl_bsn", "it_codice", "fr_nir", "pl_pesel"])
def test_a_check_that_believes_everything_is_noticed(name: str) -> None:
    def believing(_: str) -> bool:
        return True

    number = next(number for each, number in PUBLISHED if each == name)
    slips = numbers.slips(number)
    assert sum(map(NUMBERS[name], slips)) <= len(slips) * 0.2
    assert not sum(map(believing, slips)) <= len(slips) * 0.2
