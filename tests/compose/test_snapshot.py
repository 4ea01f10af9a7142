"""What settings mean, compiled: each worker's share of the limits, and what providers are held to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.test_publishing import policy
from yett.compose import snapshot
from yett.compose.clock import SystemClock
from yett.compose.settings import Settings
from yett.compose.snapshot import Builder
from yett.model.obligation import Cap
from yett.model.rate import Rate
from yett.model.release import Bundle, Release, Rollout, Standing
from yett.model.stage import Stage
from yett.policy.bundles import bundled
from yett.services.following import Published

KEY = b"k" * 32
RATES = st.builds(Rate, st.just("requests"), st.integers(1, 10_000), st.just(60.0), st.integers(1, 10_000))


def adds_up(rate: Rate, workers: int, share: Rate) -> bool:
    """Say whether *workers* that each grant *share* grant no more than *rate*, but for one each that nobody loses."""
    pairs = ((rate.amount, share.amount), (rate.burst, share.burst))
    return share.seconds == rate.seconds and all(part == 1 or part * workers <= whole for whole, part in pairs)


@given(rate=RATES, workers=st.integers(1, 64))
def test_all_shares_together_are_no_more_than_the_limit_and_none_is_nothing(rate: Rate, workers: int) -> None:
    share = snapshot._share(rate, workers)
    assert adds_up(rate, workers, share)
    assert min(share.amount, share.burst) >= 1
    assert snapshot._share(rate, 1) == rate


@pytest.mark.parametrize(
    "share", [Rate("requests", 10, 60.0, 5), Rate("requests", 2, 60.0, 2), Rate("requests", 2, 15.0, 1)]
)
def test_shares_that_are_too_large_are_found_out(share: Rate) -> None:
    assert not adds_up(Rate("requests", 10, 60.0, 5), 4, share)


@pytest.mark.parametrize(("workers", "amounts"), [(1, (60, 1000)), (4, (15, 250)), (100, (1, 10))])
def test_each_worker_grants_its_share(workers: int, amounts: tuple[int, ...]) -> None:
    limits = {"requests_per_minute": 60, "requests_per_hour": 1000, "burst_allowance": 10}
    settings = Settings.model_validate(
        {"policies": {"default": "none"}, "security": {"rate_limiting": limits}, "server": {"workers": 7}}
    )
    built = Builder(SystemClock(), KEY, workers=workers).build(settings)
    assert tuple(rate.amount for rate in built.rates) == amounts
    assert built.rates[0].burst == max(10 // workers, 1)


def test_a_provider_is_held_to_its_most_tokens() -> None:
    providers = {
        "thrifty": {"kind": "stub", "models": ["a"], "max_tokens": 5},
        "lavish": {"kind": "stub", "models": ["b"]},
    }
    settings = Settings.model_validate({"policies": {"default": "none"}, "llm_providers": providers})
    routes = Builder(SystemClock(), KEY).build(settings).routes
    assert (routes.caps("a"), routes.caps("b")) == ((Cap("max_tokens", 5),), ())


def test_each_namespace_tries_out_for_its_own_share_and_shadows_are_asked_beside_all() -> None:
    def tried(namespace: str, number: int, rollout: Rollout, share: int) -> tuple[Standing, Bundle]:
        bundle = bundled({namespace: policy(namespace)})
        release = Release(namespace, number, bundle.digest, rollout, 0.0, share)
        return Standing(namespace, number, None, release), bundle

    stages = (
        ("a", Rollout.CANARY, 50),
        ("b", Rollout.CANARY, 5),
        ("c", Rollout.CANARY, 50),
        ("d", Rollout.SHADOW, 100),
    )
    standings, bundles = zip(*(tried(name, 1, *stage) for name, *stage in stages), strict=True)
    published = Published(standings, {bundle.digest: bundle for bundle in bundles})
    settings = Settings.model_validate({"policies": {"default": "none"}})
    built = Builder(SystemClock(), KEY).build(settings, published)
    assert [(share, each.policies) for share, each in built.canaries] == [
        (5, ("a@1", "b@1", "c@1")),
        (50, ("a@1", "c@1")),
    ]
    assert [[name[0] for name in each.releases] for _, each in built.canaries] == [["a", "b", "c"], ["a", "c"]]
    assert all(each.guard._shadow is built.guard._shadow is not None for _, each in built.canaries)


def test_policies_are_compiled_before_the_first_question_comes() -> None:
    program = Builder(SystemClock(), KEY).build(Settings.model_validate({"policies": {"default": "default"}})).program
    for stage in Stage:
        assert "decide_known" in vars(program._part(stage))
