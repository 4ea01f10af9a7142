"""
Allowing: what an operator knows to be harmless, though it looks like personal data or a credential.

Only values are allowed: credentials and personal data. Orders, commands and the like are judged wherever they stand.

A value is allowed as such, by its keyed digest (so that a list of real values need not be written down), by a pattern
that takes all of it, or by the domain of an address. Separators and case do not matter to values and digests.

Numbers that standards and payment networks print for documents and tests are found like any other, since somebody who
masks them loses nothing; `DOCUMENTED` lists them for those who would rather see them pass.
"""

import hmac
from dataclasses import dataclass

from yett.detectors.dates import bare
from yett.detectors.expression import compiled
from yett.detectors.overlaps import VALUES
from yett.model.kinds import family

__all__ = ["DOCUMENTED", "NOTHING", "Allowed", "digest"]

DOCUMENTED = frozenset(
    {
        *("4111111111111111", "4012888888881881", "4242424242424242", "4000056655665556", "4222222222222"),
        *("5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222", "2221000000000009"),
        *("378282246310005", "371449635398431", "378734493671000", "6011111111111117", "6011000990139424"),
        *("30569309025904", "38520000023237", "36227206271667", "3530111333300000", "3566002020360505"),
        *("DE89370400440532013000", "GB82WEST12345698765432", "GB29NWBK60161331926819", "1M8GDM9AXKP042788"),
        *("FR1420041010050500013M02606", "490154203237518", "S1234567D", "1A1ZP1EP5QGEFI2DMPTFTL5SLMV7DIVFNA"),
    },
)
"""Test cards of the payment networks, and the examples of ISO 13616, ISO 3779, 3GPP and others, without separators."""


def digest(value: str, key: bytes) -> str:
    """Return the digest by which *value* may be allowed: HMAC-SHA-256 in hexadecimal."""
    return hmac.new(key, bare(value).encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may pass."""

    values: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    key: bytes = b""
    """What the digests were made with."""
    patterns: tuple[str, ...] = ()
    """RE2 patterns, each for all of a value."""
    domains: frozenset[str] = frozenset()
    """Domains, in lower case, of addresses at them or below them."""

    def __bool__(self) -> bool:
        """Say whether anything is allowed."""
        return bool(self.values or self.digests or self.patterns or self.domains)

    def allows(self, kind: str, value: str) -> bool:
        """Say whether *value*, which is of this *kind*, may pass."""
        return family(kind) in VALUES and self._knows(value)

    def _knows(self, value: str) -> bool:
        return (
            (bool(self.values) and bare(value) in {bare(each) for each in self.values})
            or (bool(self.digests) and digest(value, self.key) in self.digests)
            or any(compiled(rf"\A(?:{pattern})\z").search(value.encode()) for pattern in self.patterns)
            or (bool(self.domains) and self._at_home(value.rpartition("@")[2].lower()))
        )

    def _at_home(self, domain: str) -> bool:
        return any(domain == home or domain.endswith(f".{home}") for home in self.domains)

    @property
    def revision(self) -> str:
        """Changes whenever something else may pass; tells nothing of the values."""
        told = repr((sorted(self.values), sorted(self.digests), self.patterns, sorted(self.domains)))
        return hmac.new(self.key or b"yett", told.encode(), "sha256").hexdigest()


NOTHING = Allowed()
"""Nothing may pass."""
