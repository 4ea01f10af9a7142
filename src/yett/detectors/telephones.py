"""
Telephones: whether digits can be a telephone number.

A number with a plus sign carries its country's calling code, which is checked against those that are assigned. National
forms differ in everything but their length, so there it is told what they are not: dates, years, addresses of machines.
"""

import re
from collections.abc import Callable
from types import MappingProxyType

__all__ = ["NUMBERS"]

# Assigned calling codes (ITU-T E.164, list of country codes). Zones 1 and 7 have codes of one digit.
_TWO = (
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 "
    "92 93 94 95 98"
)
_THREE = (
    "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 "
    "244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 "
    "299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 "
    "421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 "
    "678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 "
    "960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998"
)
_CODES = frozenset(_TWO.split()) | frozenset(_THREE.split())
_LENGTHS = range(7, 16)
_ABROAD = range(8, 16)
_AMERICAN = 11
_SHORT = range(5, 7)
_FEWEST_DIGITS = 3
_SEPARATORS = b" ./()-+,;:"
_PLAIN = b"0123456789" + _SEPARATORS
"""What is written with no more than this has no extension."""
_EXTENSION = re.compile(
    r"(?i)[ ,;]*(?:e?xt?\.?|extension|durchwahl|dw\.?|poste|anexo|ramal|доб\.?|#)[ .:]*[0-9]{1,6}\Z"
)
# Days, years from one to another, instants, addresses of machines and amounts: digits with separators of their own.
_OTHERWISE = re.compile(
    r"(?:19|20)[0-9]{2}([-./ ])[0-9]{1,2}\1[0-9]{1,2}(?: [0-9]{1,2})*"
    r"|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:19|20)[0-9]{2}(?: [0-9]{1,2})*"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
    r"|[0-9]{1,2}\.[0-9]{4,}"
    r"|[0-9]{1,3}(?:[ .](?:000|[0-9]00)){1,3}"
)


def _digits(value: str) -> str:
    """Return the digits of *value* without its extension."""
    if value.isascii():
        data = value.encode()
        if not data.translate(None, _PLAIN):
            return data.translate(None, _SEPARATORS).decode()
    return "".join(character for character in _EXTENSION.sub("", value) if character.isdigit())


def _abroad(value: str) -> bool:
    """Say whether *value* begins with a calling code, after `+` or `00`, and is as long as such numbers are."""
    digits = _digits(value)
    if not value.lstrip("( ").startswith("+"):
        digits = digits.removeprefix("00")
    if len(digits) not in _ABROAD or len(set(digits)) < _FEWEST_DIGITS:
        return False
    if digits[0] == "1":
        return len(digits) == _AMERICAN and digits[1] not in "01"
    return digits[0] == "7" or digits[:2] in _CODES or digits[:3] in _CODES


def _national(value: str) -> bool:
    """Say whether *value* has as many digits as a telephone number and is nothing else that has its own form."""
    digits = _digits(value)
    if len(digits) not in _LENGTHS or len(set(digits)) < _FEWEST_DIGITS:
        return False
    # Whatever has a form of its own has separators.
    return len(digits) == len(value) or not _OTHERWISE.fullmatch(value)


def _short(value: str) -> bool:
    """Say whether *value* is as long as the numbers of small countries and old exchanges."""
    digits = _digits(value)
    return len(digits) in _SHORT and len(set(digits)) >= _FEWEST_DIGITS


NUMBERS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {"phone": _national, "phone_abroad": _abroad, "phone_short": _short},
)
"""The checks, by name."""
