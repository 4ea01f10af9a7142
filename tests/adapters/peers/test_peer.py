"""What a peer is told: rules in its language or why not, and facts as it has them."""

import sys
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from pathlib import Path

import pytest

from tests.adapters.peers.conditions import BOTH, DEAR, FREE, MANY, ROLE
from yett.adapters.peers.peer import Peer, Ready, Untold, Written, plain, written
from yett.policy.expression import Expression


def silent(_: Written) -> AbstractContextManager[Ready]:
    return nullcontext(Ready(lambda facts: facts, lambda facts: False))


def terse(condition: Expression, fractions: frozenset[str]) -> str:
    if condition is ROLE:
        raise Untold("it has no lists")
    return f"{type(condition).__name__}{sorted(fractions)}"


def test_a_rule_that_cannot_be_told_is_left_out_and_the_others_keep_their_numbers() -> None:
    told = written(Peer("terse", "terse", "", write=terse, start=silent), [FREE, ROLE, BOTH], [])
    assert told.rules == {0: "Leaf['llm.cost']", 2: "And['llm.cost']"}
    assert told.untold == {1: "it has no lists"}


@pytest.mark.parametrize(
    ("tokens", "fractions"),
    [(1, set()), (1.5, {"llm.tokens"}), (Decimal("1.5"), {"llm.tokens"}), ("x", set())],
)
def test_a_field_holds_fractions_where_a_context_has_one(tokens: object, fractions: set[str]) -> None:
    peer = Peer("terse", "terse", "", write=terse, start=silent)
    told = written(peer, [DEAR, MANY], [{"llm": {"tokens": 3}}, {"llm": {"tokens": tokens}}])
    assert told.fractions == {"llm.cost"} | fractions


def test_facts_are_told_as_json_has_them() -> None:
    facts = {"llm": {"cost": 2, "tokens": 2, "dear": True}, "user": {"roles": ("a",), "worth": Decimal("0.1")}}
    assert plain(facts, frozenset({"llm.cost", "llm.dear"})) == {
        "llm": {"cost": 2.0, "tokens": 2, "dear": True},
        "user": {"roles": ["a"], "worth": 0.1},
    }
    assert repr(plain(facts, frozenset({"llm.cost"}))["llm"]) == "{'cost': 2.0, 'tokens': 2, 'dear': True}"


def test_whole_numbers_of_more_than_64_bits_become_fractions() -> None:
    told = plain({"a": 2**63, "b": 2**63 - 1, "c": [-(2**63) - 1], "d": 10**400}, frozenset())
    assert (
        repr(told) == "{'a': 9.223372036854776e+18, 'b': 9223372036854775807, 'c': [-9.223372036854776e+18], 'd': inf}"
    )


def test_a_peer_is_installed_where_its_module_or_its_program_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "decider"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    there = [("json", False), ("decider", True)]
    gone = [("decider", False), ("json", True), ("nothing_of_the_kind", False)]
    for package, server in there + gone:
        peer = Peer("p", package, "", write=terse, start=silent, server=server)
        assert peer.installed is ((package, server) in there), (package, server)


def test_a_server_is_timed_by_the_clock_on_the_wall() -> None:
    alone, server = (Peer("p", "p", "", write=terse, start=silent, server=each) for each in (False, True))
    assert alone.clock is sys.modules["time"].process_time
    assert server.clock is sys.modules["time"].perf_counter
