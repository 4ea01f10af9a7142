"""Numbers from overseas: published ones pass, generated ones are found, and a wrong digit is noticed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.detectors import numbers
from yett.detectors.numbers_overseas import NUMBERS
from yett.detectors.rule import Rule

# What issuers and standards print as examples, and numbers that companies publish.
PUBLISHED = (
    ("ar_cbu", "2850590940090418135201"),
    ("ar_cuit", "20-05536168-2"),
    ("au_abn", "51 824 753 556"),
    ("au_acn", "004 085 616"),
    ("au_medicare", "2123 45670 1"),
    ("au_tfn", "123 456 782"),
    ("br_cnpj", "11.222.333/0001-81"),
    ("br_cpf", "111.444.777-35"),
    ("ca_phn", "9698 658 215"),
    ("ca_sin", "130 692 544"),
    ("cl_rut", "12.345.678-5"),
    ("cn_resident", "11010519491231002X"),
    ("cn_uscc", "91110000600037341L"),
    ("co_nit", "213.123.432-1"),
    ("eg_id", "29001011234567"),
    ("hk_id", "A123456(3)"),
    ("id_nik", "3171011708450001"),
    ("il_id", "123456782"),
    ("in_aadhaar", "2341 2341 2346"),
    ("in_gstin", "27AAPFU0939F1ZV"),
    ("jp_my_number", "1234 5678 9018"),
    ("kr_company", "220-81-62517"),
    ("kr_resident", "971013-9019902"),
    ("mx_curp", "BOXW310820HNERXN09"),
    ("mx_rfc", "GODE561231GR8"),
    ("my_kad", "770305-02-1234"),
    ("nz_ird", "49-091-850"),
    ("sg_nric", "S1234567D"),
    ("th_id", "1-2345-67890-12-1"),
    ("tr_tckn", "10000000146"),
    ("tw_id", "A123456789"),
    ("us_dea", "AP5836727"),
    ("us_ein", "12-3456789"),
    ("us_itin", "912-90-3456"),
    ("us_npi", "1234567893"),
    ("us_routing", "021000021"),
    ("za_id", "8001015009087"),
)
UNCHECKED = frozenset({"au_medicare", "eg_id", "id_nik", "kr_resident", "my_kad", "us_ein", "us_itin"})
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


@pytest.mark.parametrize("name", ["br_cpf", "cn_resident", "in_aadhaar", "tr_tckn", "za_id"])
def test_a_check_that_believes_everything_is_noticed(name: str) -> None:
    def believing(_: str) -> bool:
        return True

    number = next(number for each, number in PUBLISHED if each == name)
    slips = numbers.slips(number)
    assert sum(map(NUMBERS[name], slips)) <= len(slips) * 0.2
    assert not sum(map(believing, slips)) <= len(slips) * 0.2
