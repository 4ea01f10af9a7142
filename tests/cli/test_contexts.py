"""A context states facts, or is a mistake of usage."""

import click
import pytest

from yett.cli.contexts import stated_facts


def test_facts_are_read_and_dated() -> None:
    facts = stated_facts('{"team": {"tier": "free"}}')
    assert facts["team"] == {"tier": "free"}
    assert isinstance(facts["request"], dict)
    assert facts["request"]["date"] > 20_000_101


def test_a_date_that_is_stated_stays() -> None:
    stated = '{"request": {"date": 5, "hour": 0}}'
    assert stated_facts(stated) == {"request": {"date": 5, "hour": 0}}


@pytest.mark.parametrize("context", ["{", "[]", "@/nowhere/at/all"])
def test_what_is_no_context_is_refused(context: str) -> None:
    with pytest.raises(click.UsageError):
        stated_facts(context)
