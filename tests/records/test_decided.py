"""A decision's record is what any record is, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Decision, Effect, Reason
from yett.model.record import Judgement, Record
from yett.model.stage import Stage
from yett.records import decided
from yett.records.building import parse, serialise
from yett.records.decided import DecisionRecords

names = st.text(max_size=8).filter(lambda text: text.isprintable())
reasons = st.builds(Reason, names, names, names, st.sampled_from(Effect), names, st.tuples() | st.tuples(names))
decisions = st.builds(
    Decision, st.booleans(), st.sampled_from(Effect), st.lists(reasons, max_size=3).map(tuple), revision=names
)


def plainly(id: str, at: float, stage: Stage, decision: Decision) -> bytes:
    rules = tuple(f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons)
    unknown = tuple(sorted({name for each in decision.reasons for name in each.unknown}))
    judged = Judgement(
        stage.value, decision.effect.value, decision.allowed, rules, unknown, (), (), revision=decision.revision
    )
    return serialise(Record(id, at, "test", decision.revision, judgements=[judged]))


@given(st.lists(decisions, min_size=1, max_size=3), st.lists(st.tuples(names, st.floats(0, 1e12)), max_size=6))
def test_it_is_what_any_record_is(asked: list[Decision], heads: list[tuple[str, float]]) -> None:
    records = DecisionRecords("test")
    for number, (name, at) in enumerate(heads):
        decision = asked[number % len(asked)]
        for stage in (Stage.REQUEST, Stage.RESPONSE):
            assert records.of(name, at, stage, decision) == plainly(name, at, stage, decision)


def test_it_is_read_back() -> None:
    record = parse(DecisionRecords("test").of("a", 1.5, Stage.TOOL, Decision(allowed=False, effect=Effect.DENY)))
    assert record is not None
    assert (record.id, record.at, record.operation, record.judgements[0].stage) == ("a", 1.5, "test", "tool")


@pytest.mark.parametrize("most", [1, 1500])
def test_no_more_is_kept_than_is_allowed(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decided, "_MOST", most)
    records = DecisionRecords("test")
    # Equal ones, and none of them may be taken for another that is gone.
    for number in range(10):
        decision = Decision(allowed=True, effect=Effect.ALLOW, revision=str(number))
        assert records.of("a", 0.0, Stage.REQUEST, decision) == plainly("a", 0.0, Stage.REQUEST, decision)
    assert sum(len(rest) for _, rest in records._rests.values()) <= most
    assert bool(records._rests) is (most > 1)


def test_a_decision_taken_for_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decided, "id_of", lambda _: 0)
    records = DecisionRecords("test")
    told = {
        records.of("a", 0.0, Stage.REQUEST, Decision(allowed, Effect.DENY if not allowed else Effect.ALLOW))
        for allowed in (True, False)
    }
    assert len(told) == 1
