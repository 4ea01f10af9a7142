"""
Numbers without a country: devices, vehicles, banks, travel documents and coins.

Each function is handed a value as it was matched and checks what its standard says.
"""

from collections.abc import Callable
from types import MappingProxyType

from yett.detectors.checksums import IBAN_LENGTHS, luhn, seven_three_one
from yett.detectors.coins import bitcoin, ethereum
from yett.detectors.dates import bare, day

__all__ = ["NUMBERS"]

# Countries with banks beside those that have IBANs (ISO 3166).
_FURTHER = (
    "AF AG AI AM AN AO AR AU AW BB BD BF BJ BM BN BO BS BT BW BZ CA CD CF CG CI CK CL CM CN CO CU CV CW DM DZ EC ER ET FJ "
    "FM GA GD GH GM GN GQ GW GY HK HT ID IN IR JE JM JP KE KG KH KI KM KN KP KR KY LA LK LR LS MA MG MH ML MM MO MS MV MW "
    "MX MY MZ NA NC NE NG NP NR NZ PA PE PF PG PH PR PY RW SB SG SL SN SR SS SX SY SZ TC TD TG TH TJ TM TO TT TV TW TZ UG "
    "US UY UZ VC VE VI VN VU WF WS ZA ZM ZW GG IM RE GP MQ GF YT"
)
_BANKING = frozenset(IBAN_LENGTHS) | frozenset(_FURTHER.split())
_VIN = MappingProxyType(dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEARS = range(1900, 2030)
_FEWEST_DIGITS = 3


def _bic(value: str) -> bool:
    return value[4:6] in _BANKING


def _mac(value: str) -> bool:
    digits = value.replace(":", "").replace("-", "").replace(".", "").lower()
    return len(set(digits)) > _FEWEST_DIGITS


def _imei(value: str) -> bool:
    digits = bare(value)
    return luhn(digits) and len(set(digits)) > _FEWEST_DIGITS


def _vin(value: str) -> bool:
    total = sum(
        int(_VIN.get(character, character)) * weight for character, weight in zip(value, _VIN_WEIGHTS, strict=True)
    )
    lettered = any(character.isalpha() for character in value)
    return lettered and not value.isalpha() and "0123456789X"[total % 11] == value[8]


def _mrz(value: str) -> bool:
    """Check the second line of a passport, or of a card of two lines: number, birth, expiry and all together."""
    line = value.rsplit(maxsplit=1)[-1]
    fields = ((line[:9], line[9]), (line[13:19], line[19]), (line[21:27], line[27]))
    return all(seven_three_one(text) == int(check.replace("<", "0")) for text, check in fields)


def _mrz_card(value: str) -> bool:
    """Check the first two lines of an identity card of three."""
    first, second = value.split()[:2]
    fields = ((first[5:14], first[14]), (second[:6], second[6]), (second[8:14], second[14]))
    return all(seven_three_one(text) == int(check.replace("<", "0")) for text, check in fields)


def _birth(value: str) -> bool:
    """Say whether *value* is a day in living memory, however it is written."""
    parts = [
        part for part in value.replace(",", " ").replace(".", " ").replace("-", " ").replace("/", " ").split() if part
    ]
    months = [
        _MONTHS.index(part[:3].lower()) + 1 if part[:3].lower() in _MONTHS else int(part.rstrip("stndrhSTNDRH") or 0)
        for part in parts
        if part[0].isdigit() or part[:3].lower() in _MONTHS
    ]
    if len(months) != _FEWEST_DIGITS:
        return any(part.isdigit() and int(part) in _YEARS for part in parts)
    first, second, third = months
    year, month, on = (first, second, third) if first > 31 else (third, second, first)  # noqa: PLR2004 - no month has 32
    year += (1900 if year > 29 else 2000) if year < 100 else 0  # noqa: PLR2004
    return year in _YEARS and (day(year, month, on) or day(year, on, month))


def _position(value: str) -> bool:
    """Say whether *value* is a latitude and a longitude that lie on the globe, and not beside the Gulf of Guinea."""
    latitude, longitude = (float(part) for part in value.replace(";", ",").split(","))
    return abs(latitude) <= 90 and abs(longitude) <= 180 and abs(latitude) + abs(longitude) > 1  # noqa: PLR2004


NUMBERS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {
        "bic": _bic,
        "birth": _birth,
        "bitcoin": bitcoin,
        "ethereum": ethereum,
        "imei": _imei,
        "mac": _mac,
        "mrz": _mrz,
        "mrz_card": _mrz_card,
        "position": _position,
        "vin": _vin,
    },
)
"""The checks, by name."""
