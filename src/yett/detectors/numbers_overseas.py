"""
Numbers of the Americas, Asia, Africa and Oceania: whether a number that a state gives out can be one.

Each function is handed a value as it was matched and checks what the issuer documents: check digits, and dates where
the number holds one. Names say the country (ISO 3166) and the number.
"""

from collections.abc import Callable
from types import MappingProxyType

from yett.detectors.checksums import iso_11_2, luhn, verhoeff, weighted
from yett.detectors.dates import bare, day

__all__ = ["NUMBERS"]

_CURP = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
_RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ \u00d1"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GSTIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The values of the first letter of a Taiwanese number, in alphabetical order (Household Registration regulations).
_TAIWAN = (10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33)
_NRIC = MappingProxyType(
    {
        "S": (0, "JZIHGFEDCBA"),
        "T": (4, "JZIHGFEDCBA"),
        "F": (0, "XWUTRQPNMLK"),
        "G": (4, "XWUTRQPNMLK"),
        "M": (3, "XWUTRQPNJLK"),
    },
)
_TEN = 10


def _varied(digits: str) -> bool:
    return len(set(digits)) > 1


def _itin(value: str) -> bool:
    digits = bare(value)
    if digits.startswith("98765432"):  # numbers for advertisements
        return False
    group = int(digits[3:5])
    return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99  # noqa: PLR2004


def _ein(value: str) -> bool:
    return int(value[:2]) not in {0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97}


def _routing(value: str) -> bool:
    digits = bare(value)
    area = int(digits[:2])
    issued = area <= 12 or 21 <= area <= 32 or 61 <= area <= 72 or area == 80  # noqa: PLR2004
    return issued and _varied(digits) and weighted(digits, (3, 7, 1) * 3) % 10 == 0


def _npi(value: str) -> bool:
    return luhn(f"80840{bare(value)}")


def _dea(value: str) -> bool:
    digits = bare(value)[2:]
    return (weighted(digits, (1, 0, 1, 0, 1)) + 2 * weighted(digits, (0, 1, 0, 1, 0, 1))) % 10 == int(digits[6])


def _phn(value: str) -> bool:
    digits = bare(value)
    return (11 - weighted(digits[1:9], (2, 4, 8, 5, 10, 9, 7, 3)) % 11) % 11 == int(digits[9])


def _sin(value: str) -> bool:
    digits = bare(value)
    return digits[0] not in "08" and _varied(digits) and luhn(digits)


def _curp(value: str) -> bool:
    code = bare(value)
    total = sum(_CURP.index(character) * (18 - place) for place, character in enumerate(code[:17]))
    return day(2000 + int(code[4:6]), int(code[6:8]), int(code[8:10])) and -total % 10 == int(code[17])


def _rfc(value: str) -> bool:
    code = bare(value).rjust(13)
    total = sum(_RFC.index(character) * (13 - place) for place, character in enumerate(code[:12]))
    check = -total % 11
    written = "A" if check == _TEN else str(check)
    return day(2000 + int(code[4:6]), int(code[6:8]), int(code[8:10])) and written == code[12]


def _mod11(digits: str, weights: tuple[int, ...]) -> int:
    check = weighted(digits, weights) % 11
    return 0 if check < 2 else 11 - check  # noqa: PLR2004


def _cpf(value: str) -> bool:
    digits = bare(value)
    first = _mod11(digits[:9], tuple(range(10, 1, -1)))
    second = _mod11(digits[:10], tuple(range(11, 1, -1)))
    return _varied(digits) and digits[9:] == f"{first}{second}"


def _cnpj(value: str) -> bool:
    digits = bare(value)
    weights = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first, second = _mod11(digits[:12], weights), _mod11(digits[:13], (6, *weights))
    return _varied(digits) and digits[12:] == f"{first}{second}"


def _cuit(value: str) -> bool:
    digits = bare(value)
    known = digits[:2] in {"20", "23", "24", "27", "30", "33", "34", "50", "51", "55"}
    return known and "09987654321"[weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11] == digits[10]


def _cbu(value: str) -> bool:
    digits = bare(value)
    bank = weighted(digits[:7], (7, 1, 3, 9, 7, 1, 3)) + int(digits[7])
    account = weighted(digits[8:21], (3, 9, 7, 1) * 4) + int(digits[21])
    return bank % 10 == 0 and account % 10 == 0 and _varied(digits)


def _rut(value: str) -> bool:
    number = bare(value)
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(number[:-1])))
    return "0123456789K"[-total % 11] == number[-1]


def _nit(value: str) -> bool:
    digits = bare(value)
    weights = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
    return "01987654321"[weighted(digits[-2::-1], weights) % 11] == digits[-1]


def _aadhaar(value: str) -> bool:
    digits = bare(value)
    return digits != digits[::-1] and verhoeff(digits)


def _gstin(value: str) -> bool:
    number = bare(value)
    total = 0
    for place, character in enumerate(number[:14]):
        product = _GSTIN.index(character) * (1 + place % 2)
        total += product // 36 + product % 36
    return 1 <= int(number[:2]) <= 38 and _GSTIN[-total % 36] == number[14]  # noqa: PLR2004


def _cn_resident(value: str) -> bool:
    number = bare(value)
    return day(int(number[6:10]), int(number[10:12]), int(number[12:14])) and iso_11_2(number)


def _uscc(value: str) -> bool:
    number = bare(value)
    total = sum(_USCC.index(character) * pow(3, place, 31) for place, character in enumerate(number[:17]))
    return _USCC[-total % 31] == number[17]


def _tw_id(value: str) -> bool:
    number = bare(value)
    first = _TAIWAN[ord(number[0]) - ord("A")]
    return (first // 10 + first % 10 * 9 + weighted(number[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def _hk_id(value: str) -> bool:
    number = bare(value)
    prefix, digits = number[:-7], number[-7:]
    letters = [*([36] if len(prefix) == 1 else []), *(int(letter, 36) for letter in prefix)]
    check = 10 if digits[-1] == "A" else int(digits[-1])
    return (letters[0] * 9 + letters[1] * 8 + weighted(digits[:6], range(7, 1, -1)) + check) % 11 == 0


def _my_number(value: str) -> bool:
    digits = bare(value)
    remainder = weighted(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if remainder <= 1 else 11 - remainder) == int(digits[11]) and _varied(digits)


def _rrn(value: str) -> bool:
    """Check a Korean resident number: its date; numbers given since October 2020 have no check digit."""
    digits = bare(value)
    century = {"9": 1800, "0": 1800, "3": 2000, "4": 2000, "7": 2000, "8": 2000}.get(digits[6], 1900)
    return day(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))


def _kr_company(value: str) -> bool:
    digits = bare(value)
    total = weighted(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(digits[8]) * 5 // 10
    return -total % 10 == int(digits[9])


def _nric(value: str) -> bool:
    number = bare(value)
    offset, letters = _NRIC[number[0]]
    place = (offset + weighted(number[1:8], (2, 7, 6, 5, 4, 3, 2))) % 11
    return letters[place] == number[8]


def _th_id(value: str) -> bool:
    digits = bare(value)
    return (11 - weighted(digits, range(13, 1, -1)) % 11) % 10 == int(digits[12])


def _mykad(value: str) -> bool:
    digits = bare(value)
    return day(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6])) and digits[6:8] not in {"00", "17", "18"}


def _nik(value: str) -> bool:
    digits = bare(value)
    return 1 <= int(digits[6:8]) % 40 <= 31 and 1 <= int(digits[8:10]) <= 12 and digits[12:] != "0000"  # noqa: PLR2004


def _teudat(value: str) -> bool:
    digits = bare(value).zfill(9)
    return luhn(digits) and _varied(digits)


def _tckn(value: str) -> bool:
    digits = bare(value)
    odd, even = (sum(map(int, digits[start:9:2])) for start in (0, 1))
    return (odd * 7 - even) % 10 == int(digits[9]) and sum(map(int, digits[:10])) % 10 == int(digits[10])


def _tfn(value: str) -> bool:
    digits = bare(value)
    weights = (1, 4, 3, 7, 5, 8, 6, 9, 10) if len(digits) > 8 else (10, 7, 8, 4, 6, 3, 5, 1)  # noqa: PLR2004
    return weighted(digits, weights) % 11 == 0 and _varied(digits)


def _abn(value: str) -> bool:
    digits = bare(value)
    return (weighted(digits, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def _acn(value: str) -> bool:
    digits = bare(value)
    return -weighted(digits, range(8, 0, -1)) % 10 == int(digits[8]) and _varied(digits)


def _medicare(value: str) -> bool:
    digits = bare(value)
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(digits[8])


def _ird(value: str) -> bool:
    digits = bare(value).zfill(9)
    check = -weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if check == _TEN:
        check = -weighted(digits, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return 10_000_000 < int(digits) < 150_000_000 and check == int(digits[8])  # noqa: PLR2004 - the range in use


def _za_id(value: str) -> bool:
    digits = bare(value)
    return day(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6])) and digits[10] in "012" and luhn(digits)


def _eg_id(value: str) -> bool:
    digits = bare(value)
    return day(int(digits[0]) * 100 + 1700 + int(digits[1:3]), int(digits[3:5]), int(digits[5:7]))


NUMBERS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {
        "ar_cbu": _cbu,
        "ar_cuit": _cuit,
        "au_abn": _abn,
        "au_acn": _acn,
        "au_medicare": _medicare,
        "au_tfn": _tfn,
        "br_cnpj": _cnpj,
        "br_cpf": _cpf,
        "ca_phn": _phn,
        "ca_sin": _sin,
        "cl_rut": _rut,
        "cn_resident": _cn_resident,
        "cn_uscc": _uscc,
        "co_nit": _nit,
        "eg_id": _eg_id,
        "hk_id": _hk_id,
        "id_nik": _nik,
        "il_id": _teudat,
        "in_aadhaar": _aadhaar,
        "in_gstin": _gstin,
        "jp_my_number": _my_number,
        "kr_company": _kr_company,
        "kr_resident": _rrn,
        "mx_curp": _curp,
        "mx_rfc": _rfc,
        "my_kad": _mykad,
        "nz_ird": _ird,
        "sg_nric": _nric,
        "th_id": _th_id,
        "tr_tckn": _tckn,
        "tw_id": _tw_id,
        "us_dea": _dea,
        "us_ein": _ein,
        "us_itin": _itin,
        "us_npi": _npi,
        "us_routing": _routing,
        "za_id": _za_id,
    },
)
"""The checks, by name."""
