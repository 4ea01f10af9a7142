"""While it is not known what is published, nothing passes."""

from yett.ports.authority import Authority
from yett.services.unread import Unread


async def test_nothing_passes_and_the_reason_is_told() -> None:
    unread: Authority = Unread()
    await unread.look()
    decision = await unread.decide({"llm": {"model": "m"}})
    assert (decision.allowed, decision.reason) == (False, unread.trouble)
    assert unread.mode == "LOCAL"
