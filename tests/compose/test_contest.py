"""A contest compares answers before it measures, asks each peer what it can be told, and says what it was not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest

from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written
from yett.compose import contest as judged
from yett.compose.contest import PEERS, Contest
from yett.compose.workload import context
from yett.model.decision import Decision, Effect
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.expression import Expression, Operator, literals
from yett.policy.interpreter import lookup, truth
from yett.policy.parser import PolicyParser

POLICY = """\
metadata: {id: p}
rules:
  - {id: dear, when: llm.estimatedCost > 0.1, action: {decision: deny}}
  - {id: free, when: team.tier == "free", action: {decision: warn}}
  - {id: role, when: '"role-1" in user.roles', action: {decision: warn}}
"""


def contest(seconds: float = 0.01) -> Contest:
    program = PolicyEngine([PolicyParser().parse_yaml(POLICY)]).program
    dice = Random(1)
    return Contest(program, Stage.REQUEST, (context(dice) for _ in range(1_200)), seconds)


class Told:
    """A peer that is as good as the specification, unless it is told otherwise; it has no word for `contains`."""

    def __init__(self, *, lists: bool = True, spoilt: bool = False, refuses: bool = False) -> None:
        self.conditions: dict[str, Expression] = {}
        self.lists = lists
        self.spoilt = spoilt
        self.refuses = refuses
        self.running = 0
        self.peer = Peer("told", "json", "pip install told", write=self.write, start=self.start)

    def write(self, condition: Expression, _: frozenset[str]) -> str:
        if any(getattr(each, "operator", None) is Operator.CONTAINS for each in literals(condition)):
            raise Untold("it has no lists")
        self.conditions[repr(condition)] = condition
        return repr(condition)

    @contextmanager
    def start(self, written: Written) -> Iterator[Ready]:
        if self.refuses:
            raise Untold("it does not like them")
        self.running += 1

        def ask(facts: Facts) -> set[int] | bool:
            look = lambda name: lookup(facts, name)  # noqa: E731
            found = {number for number, rule in written.rules.items() if truth(self.conditions[rule], look)}
            found = set() if self.spoilt else found
            return found if self.lists else bool(found)

        yield Ready(lambda facts: facts, ask)
        self.running -= 1


def test_ours_is_compared_and_measured() -> None:
    figures = contest().ours(3.5)
    assert (figures.engine, figures.rules, figures.load_ms) == ("yett", 3, 3.5)
    assert (figures.agreed, figures.checked) == (200, 200)
    assert figures.decisions_per_second > 0
    assert figures.recorded_per_second
    assert 0 < figures.p50_us <= figures.p99_us


def test_an_engine_of_ours_that_decides_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "decide", lambda *_: Decision(allowed=True, effect=Effect.LIMIT))
    assert contest().ours(0).agreed < 200


def test_the_specification_is_measured() -> None:
    figures = contest().specification()
    assert figures.decisions_per_second > 0
    assert (figures.load_ms, figures.recorded_per_second, figures.checked) == (None, None, 0)


@pytest.mark.parametrize("lists", [True, False])
def test_a_peer_is_asked_the_rules_that_it_can_be_told(lists: bool) -> None:
    told = Told(lists=lists)
    figures = contest(seconds=0.1).beside(told.peer)
    assert (figures.engine, figures.rules, dict(figures.untold)) == ("told", 2, {"role": "it has no lists"})
    assert figures.agreed == figures.checked > 0
    assert figures.decisions_per_second > 0
    assert figures.load_ms is not None
    assert figures.recorded_per_second is None
    assert told.running == 0


@pytest.mark.parametrize("lists", [True, False])
def test_a_peer_that_answers_otherwise_is_noticed(lists: bool) -> None:
    figures = contest(seconds=0.1).beside(Told(lists=lists, spoilt=True).peer)
    assert figures.agreed < figures.checked


def test_a_slow_peer_is_asked_less() -> None:
    clock = iter(range(10**6))
    slow = Told()

    class Slow(Peer):
        @property
        def clock(self) -> Callable[[], float]:
            return lambda: float(next(clock))

    peer = Slow("slow", "json", "", write=slow.write, start=slow.start)
    figures = contest(seconds=3).beside(peer)
    assert figures.checked < 10
    assert figures.decisions_per_second < 10


def test_a_peer_that_refuses_the_rules_is_not_measured() -> None:
    figures = contest().beside(Told(refuses=True).peer)
    assert (figures.rules, figures.refused) == (0, "it does not like them")


def test_a_peer_without_a_word_for_any_rule_is_not_started() -> None:
    told = Told()

    def write(_: Expression, __: frozenset[str]) -> str:
        raise Untold("no words")

    figures = contest().beside(Peer("mute", "json", "", write=write, start=told.start))
    assert figures.refused == "none of the rules can be told in its language"
    assert set(figures.untold) == {"dear", "free", "role"}


def test_the_peers_have_names_of_their_own_and_say_how_to_install_them() -> None:
    assert len({peer.name for peer in PEERS}) == len(PEERS) == 6
    assert all(peer.install.split()[0] in {"pip", "npm"} for peer in PEERS)


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.installed], ids=lambda peer: peer.name)
def test_a_peer_that_is_installed_agrees(peer: Peer) -> None:
    figures = contest(seconds=0.05).beside(peer)
    assert (figures.rules, figures.untold) == (3, {})
    assert figures.agreed == figures.checked > 0


def test_peers_that_are_not_installed_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told().peer
    monkeypatch.setattr(judged, "PEERS", (replace(told, name="gone", package="nothing_of_the_kind"), told))
    assert judged.missing() == {"gone": "pip install told"}
    assert [each.engine for each in contest().figures(1, beside=True)] == ["yett", "yett's specification", "told"]
    assert [each.engine for each in contest().figures(1, beside=False)] == ["yett", "yett's specification"]
