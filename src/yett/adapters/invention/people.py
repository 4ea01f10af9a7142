"""
People: names, addresses and firms that Faker makes up, where `yett[synthetic]` is installed.

Nobody keeps names free for examples, so what is made up here may be somebody's by chance; only that it is nobody's whom
the text spoke of is certain, as far as a name can be.
"""

from collections.abc import Callable
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

__all__ = ["KINDS", "People", "people"]

KINDS = frozenset({"pii.person", "pii.address", "pii.location", "pii.organisation"})
"""What can be made up."""


class People:
    """Names, addresses and firms; the same for the same number, on any thread."""

    def __init__(self) -> None:
        """Begin; Faker itself is loaded when it is first needed."""
        self._lock = Lock()
        self._faker: Faker | None = None

    def __call__(self, kind: str, number: int) -> str | None:
        """Make up a value of *kind*; None for kinds that are not made up here."""
        if kind not in KINDS:
            return None
        with self._lock:  # Faker's dice are thrown in two steps: seed, then throw
            faker = self._faker = self._faker or _loaded()
            faker.seed_instance(number)
            makers: dict[str, Callable[[], str]] = {
                "pii.person": faker.name,
                "pii.address": lambda: faker.address().replace("\n", ", "),
                "pii.location": faker.city,
            }
            return makers.get(kind, faker.company)()


def people() -> People | None:
    """Return whoever makes up people; None where Faker is not installed."""
    return People() if find_spec("faker") else None


def _loaded() -> "Faker":
    from faker import Faker  # noqa: PLC0415 - an extra, and slow to load

    return Faker("en_US", use_weighting=False)
