"""While it is not known what is published, nothing passes."""

from dataclasses import replace

from tests.services.policies import deciding_by
from yett.ports.authority import Authority
from yett.services.unread import Unread, opened, withheld


def test_what_lets_nothing_pass_does_so_for_everybody_and_can_be_opened() -> None:
    snapshot = deciding_by(documents=0)
    closed = withheld(replace(snapshot, canaries=((100, snapshot),)))
    assert [each.name for each in closed.serving("t", "s").authorities] == ["releases"]
    assert opened(closed) == snapshot


async def test_nothing_passes_and_the_reason_is_told() -> None:
    unread: Authority = Unread()
    await unread.look()
    decision = await unread.decide({"llm": {"model": "m"}})
    assert (decision.allowed, decision.reason) == (False, unread.trouble)
    assert unread.mode == "LOCAL"
