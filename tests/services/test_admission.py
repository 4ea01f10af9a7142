"""Who is it, and may they now."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from yett.model.principal import Principal
from yett.model.rate import Grant, Rate
from yett.model.refusal import Refusal
from yett.services.admission import Admission, Admitted, limit_headers

MINUTE = Rate("requests", 60, 60.0, 10)
HOUR = Rate("requests", 1000, 3600.0, 1000)


class Directory:
    async def principal(self, credential: str) -> Principal | None:
        return Principal("acme", "ann", key="k1") if credential == "known" else None


class Counters:
    def __init__(self, *, allowed: bool = True) -> None:
        self.keys: list[str] = []
        self._allowed = allowed

    async def take(self, key: str, rates: Sequence[Rate], cost: int = 1) -> Sequence[Grant]:
        self.keys.append(f"{key}#{cost}")
        return [Grant(rate, self._allowed, 3, 1.5, 0.0 if self._allowed else 2.5) for rate in rates]


def snapshot(*rates: Rate) -> SimpleNamespace:
    return SimpleNamespace(directory=Directory(), rates=rates)


@pytest.mark.parametrize("credential", [None, "", "unknown", "know", "known "])
async def test_an_unknown_credential_is_refused_always(credential: str | None) -> None:
    counters = Counters()
    refusal = await Admission(counters).admit(credential, snapshot(MINUTE))  # type: ignore[arg-type]
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.code) == (401, "invalid_api_key")
    assert counters.keys == []


async def test_limits_are_asked_of_the_verified_principal() -> None:
    counters = Counters()
    admitted = await Admission(counters).admit("known", snapshot(MINUTE, HOUR))  # type: ignore[arg-type]
    assert isinstance(admitted, Admitted)
    assert (admitted.principal.subject, admitted.refusal, len(admitted.grants)) == ("ann", None, 2)
    assert counters.keys == ["4:acme:k1#1"]


async def test_whoever_asks_too_often_is_told_when_to_come_back() -> None:
    admitted = await Admission(Counters(allowed=False)).admit("known", snapshot(MINUTE))  # type: ignore[arg-type]
    assert isinstance(admitted, Admitted)
    assert admitted.refusal == Refusal(
        429, "rate_limit_exceeded", "too many requests; try again later", retry_after=2.5
    )


async def test_without_limits_nobody_counts() -> None:
    counters = Counters()
    admitted = await Admission(counters).admit("known", snapshot())  # type: ignore[arg-type]
    assert isinstance(admitted, Admitted)
    assert (admitted.grants, counters.keys) == ((), [])


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, "0ms"), (0.25, "250ms"), (1, "1s"), (59.6, "1m0s"), (360, "6m0s"), (3725, "1h2m5s")]
)
def test_durations_are_told_as_openai_does(seconds: float, told: str) -> None:
    assert limit_headers([Grant(MINUTE, True, 9, seconds)])["x-ratelimit-reset-requests"] == told


def test_of_several_rates_the_one_nearest_to_its_end_is_told() -> None:
    headers = limit_headers([Grant(MINUTE, True, 9, 1), Grant(HOUR, True, 2, 60)])
    assert headers["x-ratelimit-limit-requests"] == "1000"
    assert headers["x-ratelimit-remaining-requests"] == "2"
