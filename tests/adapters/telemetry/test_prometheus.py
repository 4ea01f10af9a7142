"""Exchanges are counted by what there is a closed number of."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from yett.adapters.telemetry.prometheus import PrometheusTelemetry
from yett.model.record import Judgement, Record
from yett.model.usage import Usage

TEXTS = st.text(max_size=20)
SAID = ("id", "tenant", "subject", "key", "model", "upstream", "code")


def counts(telemetry: PrometheusTelemetry) -> dict[tuple[str, ...], float]:
    """Return what is told, by name and labels; not the moment at which a count began."""
    families = text_string_to_metric_families(telemetry.render().decode())
    samples = [sample for each in families for sample in each.samples if not sample.name.endswith("_created")]
    return {(sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value for sample in samples}


def judgement(stage: str, effect: str, *findings: tuple[str, str, int]) -> Judgement:
    return Judgement(stage, effect, effect != "deny", (), (), findings, ())


def record(**fields: object) -> Record:
    made = Record("id", 0.0, "openai.chat", outcome="served", status=200, duration=0.002)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_an_exchange_is_counted_by_operation_outcome_and_status() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.exchange(record())
    telemetry.exchange(record())
    telemetry.exchange(record(operation="yett.complete", outcome="refused", status=403, duration=7.0))
    told = counts(telemetry)
    assert told["yett_exchanges_total", "openai.chat", "served", "200"] == 2
    assert told["yett_exchanges_total", "yett.complete", "refused", "403"] == 1
    assert told["yett_exchange_seconds_count",] == 3
    assert told["yett_exchange_seconds_sum",] == pytest.approx(7.004)
    assert told["yett_exchange_seconds_bucket", "0.0025"] == 2
    assert told["yett_exchange_seconds_bucket", "10.0"] == 3


def test_decisions_are_counted_by_stage_and_findings_by_family_and_origin() -> None:
    telemetry = PrometheusTelemetry()
    asked = judgement(
        "request", "sanitize", ("pii.email", "user", 2), ("pii.phone", "user", 1), ("secret.x", "tool", 1)
    )
    telemetry.exchange(record(judgements=[asked, judgement("response", "allow", ("pii.email", "model", 4))]))
    told = counts(telemetry)
    assert told["yett_decisions_total", "sanitize", "request"] == 1
    assert told["yett_decisions_total", "allow", "response"] == 1
    found = {key[1:]: value for key, value in told.items() if key[0] == "yett_findings_total"}
    assert found == {("pii", "user"): 3, ("secret", "tool"): 1, ("pii", "model"): 4}


def test_tokens_are_counted_as_upstreams_counted_them() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.exchange(record(usage=Usage(input_tokens=7, output_tokens=2)))
    telemetry.exchange(record(usage=Usage(input_tokens=3)))
    told = counts(telemetry)
    assert (told["yett_tokens_total", "input"], told["yett_tokens_total", "output"]) == (10, 2)


def test_an_exchange_that_reached_no_upstream_counts_no_tokens() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.exchange(record(outcome="refused", status=403))
    assert not [key for key in counts(telemetry) if key[0].startswith("yett_tokens")]


def test_reloads_are_counted_by_their_result() -> None:
    telemetry = PrometheusTelemetry()
    for well in (True, False, False):
        telemetry.reload(well=well)
    told = counts(telemetry)
    assert (told["yett_reloads_total", "swapped"], told["yett_reloads_total", "kept"]) == (1, 2)


def test_two_houses_count_apart() -> None:
    one, other = PrometheusTelemetry(), PrometheusTelemetry()
    one.exchange(record())
    assert ("yett_exchanges_total", "openai.chat", "served", "200") in counts(one)
    assert ("yett_exchanges_total", "openai.chat", "served", "200") not in counts(other)


def grows(telemetry: PrometheusTelemetry, texts: tuple[str, ...]) -> bool:
    """Say whether what a caller can say, *texts*, makes for further counts."""
    *named, kind = texts
    telemetry.exchange(record(judgements=[judgement("request", "allow", ("pii.email", "user", 1))]))
    before = set(counts(telemetry))
    found = judgement("request", "allow", (f"pii.{kind}", "user", 1))
    telemetry.exchange(record(judgements=[found], **dict(zip(SAID, named, strict=True))))
    return set(counts(telemetry)) != before


@given(texts=st.tuples(*[TEXTS] * (len(SAID) + 1)))
def test_nothing_that_a_caller_says_becomes_a_label(texts: tuple[str, ...]) -> None:
    assert not grows(PrometheusTelemetry(), texts)


@pytest.mark.parametrize("said", range(len(SAID)))
def test_a_label_that_a_caller_can_say_is_found_out(said: int) -> None:
    class Talkative(PrometheusTelemetry):
        def exchange(self, record: Record) -> None:
            super().exchange(replace(record, operation=getattr(record, SAID[said])))

    assert grows(Talkative(), tuple("abcdefgh"))
