"""
Numbers of Europe: whether a number that a European state gives to people or companies can be one.

Each function is handed a value as it was matched and checks what the issuer documents: check digits, and dates where
the number holds one. Names say the country (ISO 3166) and the number.
"""

from collections.abc import Callable
from types import MappingProxyType

from yett.detectors.checksums import iso_11_10, luhn, seven_three_one, weighted
from yett.detectors.dates import bare, day, day_of_month_six

__all__ = ["NUMBERS"]

_PPS = "WABCDEFGHIJKLMNOPQRSTUV"
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_CIF = "JABCDEFGHI"
_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_UTR = "21987654321"
# The values of a character at an odd place of a codice fiscale (Decree of 23 December 1976).
_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_NO_NINO = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_TEN = 10
_CENTURY = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000, 7: 2100, 8: 2100}


def _nhs(value: str) -> bool:
    digits = bare(value)
    return (11 - weighted(digits, range(10, 1, -1)) % 11) % 11 == int(digits[9]) and len(set(digits)) > 1


def _nino(value: str) -> bool:
    letters = bare(value)[:2]
    return letters not in _NO_NINO


def _utr(value: str) -> bool:
    digits = bare(value)
    return digits[0] == _UTR[weighted(digits[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11]


def _driver(value: str) -> bool:
    licence = bare(value)
    month = int(licence[6:8]) % 50
    return 1 <= month <= 12 and 1 <= int(licence[8:10]) <= 31 and int(licence[6]) in {0, 1, 5, 6}  # noqa: PLR2004


def _pps(value: str) -> bool:
    number = bare(value)
    second = "ABCDEFGHI".find(number[8]) + 1 if len(number) > 8 else 0  # noqa: PLR2004
    return _PPS[(weighted(number[:7], range(8, 1, -1)) + 9 * second) % 23] == number[7]


def _de_tax(value: str) -> bool:
    """Check a German tax identification: one of the first ten digits stands there twice or thrice, no other."""
    digits = bare(value)
    repeated = [digits[:10].count(digit) for digit in set(digits[:10]) if digits[:10].count(digit) > 1]
    return digits[0] != "0" and len(repeated) == 1 and repeated[0] <= 3 and iso_11_10(digits)  # noqa: PLR2004


def _crossed(digits: str, weights: tuple[int, ...]) -> int:
    """Return the sum of the digits of the products of *digits* and *weights*."""
    products = (int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return sum(product // 10 + product % 10 for product in products)


def _spelled(letter: str) -> str:
    return f"{ord(letter) - ord('A') + 1:02}"


def _de_pension(value: str) -> bool:
    number = bare(value)
    spelled = number[:8] + _spelled(number[8]) + number[9:11]
    born = 1 <= int(number[2:4]) % 50 <= 31 and 1 <= int(number[4:6]) <= 12  # noqa: PLR2004
    return born and _crossed(spelled, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(number[11])


def _de_health(value: str) -> bool:
    number = bare(value)
    return _crossed(_spelled(number[0]) + number[1:9], (1, 2) * 5) % 10 == int(number[9])


def _de_document(value: str) -> bool:
    number = bare(value)
    return seven_three_one(number[:9]) == int(number[9]) and any(character.isdigit() for character in number[1:9])


def _de_vat(value: str) -> bool:
    return iso_11_10(bare(value)[2:])


def _svnr(value: str) -> bool:
    digits = bare(value)
    born = 1 <= int(digits[4:6]) <= 31 and 1 <= int(digits[6:8]) <= 15  # noqa: PLR2004 - months to 15 fill gaps
    return born and weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(digits[3])


def _ahv(value: str) -> bool:
    return weighted(bare(value), (1, 3) * 7) % 10 == 0


def _nir(value: str) -> bool:
    number = bare(value)
    department = number[:13].replace("2A", "19").replace("2B", "18")
    born = 1 <= int(number[3:5]) <= 12 or int(number[3:5]) in {20, *range(30, 43), *range(50, 100)}  # noqa: PLR2004
    return born and department.isdigit() and 97 - int(department) % 97 == int(number[13:])


def _fr_vat(value: str) -> bool:
    number = bare(value)
    siren = number[4:]
    return luhn(siren) and (12 + 3 * (int(siren) % 97)) % 97 == int(number[2:4])


def _codice(value: str) -> bool:
    code = bare(value)
    total = 0
    for place, character in enumerate(code[:15]):
        plain = int(character) if character.isdigit() else ord(character) - ord("A")
        total += plain if place % 2 else _ODD[plain]
    return total % 26 == ord(code[15]) - ord("A")


def _dni(value: str) -> bool:
    number = bare(value)
    digits = number[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return _DNI[int(digits) % 23] == number[-1]


def _cif(value: str) -> bool:
    number = bare(value)
    control = sum(int(digit) for digit in number[2:8:2])
    control += sum(int(digit) * 2 // 10 + int(digit) * 2 % 10 for digit in number[1:8:2])
    check = -control % 10
    lettered, numbered = number[0] in "KPQRSNW", number[0] in "ABEH"
    return (not numbered and number[8] == _CIF[check]) or (not lettered and number[8] == str(check))


def _nif(value: str) -> bool:
    digits = bare(value)
    check = 11 - weighted(digits[:8], range(9, 1, -1)) % 11
    return (0 if check >= _TEN else check) == int(digits[8])


def _bsn(value: str) -> bool:
    digits = bare(value)
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and len(set(digits)) > 1


def _be_national(value: str) -> bool:
    digits = bare(value)
    born = int(digits[2:4]) % 20 <= 12 and int(digits[4:6]) <= 31  # noqa: PLR2004
    return born and int(digits[9:]) in {97 - int(digits[:9]) % 97, 97 - int(f"2{digits[:9]}") % 97}


def _pesel(value: str) -> bool:
    digits = bare(value)
    month = int(digits[2:4])
    century = {0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800}[month // 20]
    born = day(century + int(digits[:2]), month % 20, int(digits[4:6]))
    return born and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def _nip(value: str) -> bool:
    digits = bare(value)
    return weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


def _regon(value: str) -> bool:
    digits = bare(value)
    whole = len(digits) == 9 or weighted(digits, (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10 == int(digits[13])  # noqa: PLR2004
    return whole and weighted(digits, (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == int(digits[8])


def _birth_number(value: str) -> bool:
    digits = bare(value)
    month = int(digits[2:4]) % 50
    year = int(digits[:2]) + (2000 if int(digits[:2]) < 54 else 1900)  # noqa: PLR2004 - ten digits are given since 1954
    return day(year, month - 20 if month > 20 else month, int(digits[4:6])) and int(digits[:9]) % 11 % 10 == int(  # noqa: PLR2004
        digits[9]
    )


def _cnp(value: str) -> bool:
    digits = bare(value)
    born = day(_CENTURY.get(int(digits[0]), 1900) // 100 * 100 + int(digits[1:3]), int(digits[3:5]), int(digits[5:7]))
    check = weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return born and (1 if check == _TEN else check) == int(digits[12])


def _egn(value: str) -> bool:
    digits = bare(value)
    month = int(digits[2:4])
    century = {0: 1900, 1: 1800, 2: 2000}.get(month // 20, 0)
    born = century > 0 and day(century + int(digits[:2]), month % 20, int(digits[4:6]))
    return born and weighted(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(digits[9])


def _amka(value: str) -> bool:
    digits = bare(value)
    return day_of_month_six(digits) and luhn(digits)


def _afm(value: str) -> bool:
    digits = bare(value)
    return weighted(digits, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == int(digits[8]) and len(set(digits)) > 1


def _oib(value: str) -> bool:
    return iso_11_10(bare(value))


def _personnummer(value: str) -> bool:
    digits = bare(value).replace("+", "")[-10:]
    on = int(digits[4:6]) % 60  # people without a number of their own get 60 added to the day
    return day(2000 + int(digits[:2]), int(digits[2:4]), on) and luhn(digits)


def _se_company(value: str) -> bool:
    digits = bare(value)
    return digits[2] >= "2" and luhn(digits)


def _no_birth(value: str) -> bool:
    digits = bare(value)
    born = 1 <= int(digits[:2]) % 40 <= 31 and 1 <= int(digits[2:4]) % 40 <= 12  # noqa: PLR2004
    first = weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    return born and first and weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _cpr(value: str) -> bool:
    return day_of_month_six(bare(value))


def _hetu(value: str) -> bool:
    number = bare(value.replace("-", "A").replace("+", "A"))
    born = day_of_month_six(number)
    return born and _HETU[int(number[:6] + number[7:10]) % 31] == number[10]


def _baltic(value: str) -> bool:
    """Check a personal code of Estonia or Lithuania: a second set of weights serves where the first leaves ten."""
    digits = bare(value)
    century = _CENTURY.get(int(digits[0]), 0)
    if not century or not day(century + int(digits[1:3]), int(digits[3:5]), int(digits[5:7])):
        return False
    check = weighted(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == _TEN:
        check = weighted(digits, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return check == int(digits[10])


def _lv_code(value: str) -> bool:
    digits = bare(value)
    if digits.startswith("32"):
        return True
    return day_of_month_six(digits) and (1101 - weighted(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11 % 10 == int(
        digits[10]
    )


def _inn(value: str) -> bool:
    digits = bare(value)
    if len(digits) == _TEN:
        return weighted(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == int(digits[9])
    first = weighted(digits, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    second = weighted(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    return (first, second) == (int(digits[10]), int(digits[11]))


def _snils(value: str) -> bool:
    digits = bare(value)
    return weighted(digits[:9], range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def _ua_tax(value: str) -> bool:
    digits = bare(value)
    return weighted(digits, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == int(digits[9])


def _luhn(value: str) -> bool:
    """Check a number of one of the countries that took Luhn's digit for it, with or without the country before it."""
    digits = "".join(filter(str.isdigit, value))
    return luhn(digits) and len(set(digits)) > 1


NUMBERS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {
        "at_svnr": _svnr,
        "be_national": _be_national,
        "bg_egn": _egn,
        "ch_ahv": _ahv,
        "cz_birth_number": _birth_number,
        "de_document": _de_document,
        "de_health": _de_health,
        "de_pension": _de_pension,
        "de_tax": _de_tax,
        "de_vat": _de_vat,
        "dk_cpr": _cpr,
        "es_cif": _cif,
        "es_dni": _dni,
        "fi_hetu": _hetu,
        "fr_nir": _nir,
        "fr_vat": _fr_vat,
        "gb_driver": _driver,
        "gb_nhs": _nhs,
        "gb_nino": _nino,
        "gb_utr": _utr,
        "gr_afm": _afm,
        "gr_amka": _amka,
        "hr_oib": _oib,
        "ie_pps": _pps,
        "it_codice": _codice,
        "baltic_code": _baltic,
        "luhn": _luhn,
        "lv_code": _lv_code,
        "nl_bsn": _bsn,
        "no_birth": _no_birth,
        "pl_nip": _nip,
        "pl_pesel": _pesel,
        "pl_regon": _regon,
        "pt_nif": _nif,
        "ro_cnp": _cnp,
        "ru_inn": _inn,
        "ru_snils": _snils,
        "se_company": _se_company,
        "se_personal": _personnummer,
        "ua_tax": _ua_tax,
    },
)
"""The checks, by name."""
