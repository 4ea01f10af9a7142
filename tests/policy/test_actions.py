"""Effects and obligations as they are written."""

import pytest

from yett.model.errors import OperatorError
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Restore, Route, Transform
from yett.policy.actions import read_action
from yett.policy.documents import Action
from yett.policy.problems import Problems
from yett.policy.shape import Shape
from yett.policy.source import read


def action(text: str) -> Action:
    problems = Problems()
    (node,) = read(text, "f", problems)
    found = read_action(Shape(problems), node, "rule-id")
    problems.raise_any()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "obligations"),
    [
        ("{decision: deny, reason: No}", ()),
        ("{decision: allow}", ()),
        ("{decision: sanitize}", (Redact("*"),)),
        ("{decision: sanitize, obligations: [{type: notify, channel: soc}]}", (Notify("soc"), Redact("*"))),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii.email, secret], how: hash}]}", (Redact("pii.email", Transform.HASH), Redact("secret", Transform.HASH))),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], how: mask, keep: 4, origins: [user, model]}]}", (Redact("pii", keep=4, origins=frozenset({"user", "model"})),)),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], how: date_shift}, {type: restore, kinds: [pii, secret.key]}]}", (Redact("pii", Transform.DATE_SHIFT), Restore("pii"), Restore("secret.key"))),
        ("{decision: sanitize, obligations: [{type: redact, kinds: ['*']}]}", (Redact("*"),)),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii.loyalty_card, content.bad, secret.aws_key]}]}", (Redact("pii.loyalty_card"), Redact("content.bad"), Redact("secret.aws_key"))),
        ("{decision: sanitize, obligations: [{type: drop, what: segment, kinds: [injection], origins: [document]}]}", (Drop("injection", frozenset({"document"})),)),
        ("{decision: sanitize, obligations: [{type: drop, kinds: [injection]}]}", (Drop("injection"),)),
        ("{decision: warn, reason: Careful}", (Notify("warning", "Careful"),)),
        ("{decision: warn}", (Notify("warning", "rule-id"),)),
        ("{decision: limit, limit: {max_tokens: 500, n: 1}}", (Cap("max_tokens", 500), Cap("n", 1))),
        ("{decision: limit, obligations: [{type: cap, quantity: n, limit: 0}]}", (Cap("n", 0),)),
        ("{decision: route, route: {models: [a, b]}}", (Route(frozenset("ab")),)),
        ("{decision: route, obligations: [{type: route, models: [a]}]}", (Route(frozenset("a")),)),
        ("{decision: require_approval}", (Approve(1),)),
        ("{decision: require_approval, require_approval: {level: 2}}", (Approve(2),)),
        ("{decision: require_approval, obligations: [{type: approve, level: 3}]}", (Approve(3),)),
        ("{decision: deny, obligations: [{type: notify, channel: soc, message: m}]}", (Notify("soc", "m"),)),
        ("{decision: allow, obligations: [{type: cap, quantity: n, limit: 4}]}", (Cap("n", 4),)),
    ],
)  # fmt: skip
def test_actions_mean_obligations(text: str, obligations: tuple[Obligation, ...]) -> None:
    assert action(text).obligations == obligations


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("{decision: block}", ["f:1:12: `block` is no decision; one of `allow`, `warn`, `limit`, `route`, `sanitize`, `require_approval`, `deny` [wrong-value]"]),
        ("{reason: x}", ["f:1:1: an action has no `decision` [missing-key]"]),
        ("{decision: limit}", ["f:1:1: `limit` does not say what to do; such as `limit: {max_tokens: 500}` [missing-key]"]),
        ("{decision: route, limit: {n: 1}}", ["f:1:1: `route` does not say what to do; such as `route: {models: [name]}` [missing-key]", "f:1:26: `route` takes no `limit` [unknown-key]"]),
        ("{decision: limit, limit: 5}", ["f:1:1: `limit` does not say what to do; such as `limit: {max_tokens: 500}` [missing-key]", "f:1:26: `limit` must map quantities to numbers; such as `limit: {max_tokens: 500}` [wrong-type]"]),
        ("{decision: limit, limit: {max_tokenz: 1}}", ["f:1:27: unknown quantity `max_tokenz`; did you mean `max_tokens`? [unknown-quantity]"]),
        ("{decision: limit, limit: {maxTokens: 1, max_completion_tokens: 2, requests: 3, n: 4}}", [f"f:1:{at}: unknown quantity `{name}`; did you mean `max_tokens`? [unknown-quantity]" for at, name in ((27, "maxTokens"), (41, "max_completion_tokens"))]),
        ("{decision: limit, obligations: [{type: cap, quantity: max-token, limit: 1}]}", ["f:1:55: unknown quantity `max-token`; did you mean `max_tokens`? [unknown-quantity]"]),
        ("{decision: limit, limit: {n: -1}}", ["f:1:30: `n` must be from 0 to 9007199254740992 [wrong-value]"]),
        ("{decision: route, route: {models: []}}", ["f:1:1: `route` does not say what to do; such as `route: {models: [name]}` [missing-key]", "f:1:35: `models` is empty [wrong-value]"]),
        ("{decision: require_approval, require_approval: {level: 0}}", ["f:1:56: `level` must be from 1 to 100 [wrong-value]"]),
        ("{decision: deny, obligations: [{type: redact, kinds: [pii]}]}", ["f:1:1: a denied exchange can only notify; leave other obligations out [obligation]"]),
        ("{decision: sanitize, obligations: [{type: explode}]}", ["f:1:43: `explode` is no obligation; one of `redact`, `restore`, `drop`, `notify`, `cap`, `route`, `approve` [wrong-value]"]),
        ("{decision: sanitize, obligations: [{type: redakt}]}", ["f:1:43: `redakt` is no obligation; did you mean `redact`? [wrong-value]"]),
        ("{decision: sanitize, obligations: [5, {kinds: [pii]}]}", ["f:1:36: an obligation has no `type` [missing-key]", "f:1:39: an obligation has no `type` [missing-key]"]),
        ("{decision: sanitize, obligations: [{type: redact}]}", ["f:1:36: the obligation `redact` has no `kinds` [missing-key]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii.emial]}]}", ["f:1:59: unknown finding kind `pii.emial`; did you mean `pii.email`? [unknown-kind]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [secrets, injection.nonsense, pii.]}]}", [
            "f:1:59: unknown finding kind `secrets`; did you mean `secret`? [unknown-kind]",
            "f:1:68: unknown finding kind `injection.nonsense`; did you mean `injection.override`? [unknown-kind]",
            "f:1:88: unknown finding kind `pii.`; did you mean `pii`? [unknown-kind]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], how: blur}]}", ["f:1:70: `blur` is no way to redact; one of `date_shift`, `mask`, `synthetic`, `surrogate`, `hash`, `replace`, `remove` [wrong-value]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], how: synthetics, kepe: 4, origins: [usr]}]}", [
            "f:1:70: `synthetics` is no way to redact; did you mean `synthetic`? [wrong-value]",
            "f:1:82: unknown key `kepe` in the obligation `redact`; did you mean `keep`? [unknown-key]",
            "f:1:101: unknown origin `usr`; did you mean `user`? [unknown-origin]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], keep: -1}]}", ["f:1:71: `keep` must be from 0 to 100 [wrong-value]"]),
        ("{decision: sanitize, obligations: [{type: redact, kinds: [pii], how: hash, keep: 4}]}", ["f:1:82: `hash` keeps nothing; leave `keep` to `how: mask` [obligation]"]),
        ("{decision: sanitize, obligations: [{type: restore}]}", ["f:1:36: the obligation `restore` has no `kinds` [missing-key]"]),
        ("{decision: sanitize, obligations: [{type: drop, what: word, kinds: [pii], origins: [documnt]}]}", [
            "f:1:55: only a `segment` can be dropped [wrong-value]",
            "f:1:85: unknown origin `documnt`; did you mean `document`? [unknown-origin]"]),
        ("{decision: allow, modifications: []}", ["f:1:19: unknown key `modifications` in an action; did you mean `obligations`? [unknown-key]"]),
    ],
)  # fmt: skip
def test_problems_are_placed_and_cured(text: str, complaints: list[str]) -> None:
    with pytest.raises(OperatorError) as caught:
        action(text)
    assert sorted(str(caught.value).splitlines()) == sorted(complaints)
