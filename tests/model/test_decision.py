"""A decision never travels without its reasons, and the one that it gives is fit to be shown."""

import pytest

from yett.model.decision import Decision, Effect, Reason


def reason(effect: Effect, text: str = "", rule: str = "r") -> Reason:
    return Reason("p", "1", rule, effect, text)


@pytest.mark.parametrize(
    ("effect", "reasons", "told"),
    [
        (Effect.ALLOW, (), ""),
        (Effect.DENY, (reason(Effect.DENY, "too dear"),), "too dear"),
        (Effect.DENY, (reason(Effect.DENY, rule="no-money"),), "no-money"),
        (Effect.DENY, (reason(Effect.WARN, "careful"), reason(Effect.DENY, "too dear")), "too dear"),
        (Effect.DENY, (reason(Effect.DENY, "first"), reason(Effect.DENY, "second")), "first"),
        (Effect.SANITIZE, (reason(Effect.WARN, "careful"),), ""),
    ],
)
def test_the_reason_is_that_of_the_first_rule_with_the_decisions_effect(
    effect: Effect, reasons: tuple[Reason, ...], told: str
) -> None:
    assert Decision(effect is not Effect.DENY, effect, reasons).reason == told


def test_effects_stand_from_the_mildest_to_the_strictest_and_are_told_by_their_words() -> None:
    words = "allow warn limit route sanitize require_approval deny".split()
    assert [str(effect) for effect in Effect] == words
    assert [Effect(word) for word in words] == list(Effect)
