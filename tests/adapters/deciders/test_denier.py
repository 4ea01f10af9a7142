"""Whatever an engine says instead of `false`, and whatever becomes of it, denies."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.adapters.deciders.denier import NOBODY, Denier, Questions, Silent, plain

WHY = ("timeout", "unreachable", "undefined", "malformed", "not-boolean", "unwritable", "failed", "ended")


class Says(Denier):
    """Answers in turn."""

    name = "says"

    def __init__(self, *answers: bool | str, sentinel: str = "") -> None:
        super().__init__(Questions("a/deny", sentinel))
        self.answers = list(answers)
        self.heard: list[tuple[str, Mapping[str, object]]] = []

    async def asked(self, path: str, facts: Mapping[str, object]) -> bool:
        self.heard.append((path, facts))
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise Silent(answer)
        return answer


@given(st.lists(st.booleans() | st.sampled_from(WHY), min_size=3, max_size=3), st.booleans())
async def test_it_passes_only_after_the_sign_and_by_a_plain_false(answers: list[bool | str], watched: bool) -> None:
    engine = Says(*answers, sentinel="a/ready" if watched else "")
    decision = await engine.decide({"x": 1})
    sign = isinstance(answers[0], bool) and (not watched or answers[1] is True)
    assert decision.allowed == (sign and answers[1 + watched] is False)
    assert engine.heard[0] == ("a/deny", NOBODY)
    if not sign:
        assert decision.reasons[0].unknown
        assert engine.trouble


@pytest.mark.parametrize("why", WHY)
async def test_the_reason_says_what_was_missing(why: str) -> None:
    engine = Says(False, why)
    (reason,) = (await engine.decide({})).reasons
    assert (reason.policy, reason.rule, reason.unknown) == ("says", "data/a/deny", (f"says.{why}",))


def test_mappings_and_sets_are_told_as_json_has_them() -> None:
    assert (plain(NOBODY), plain(frozenset("ba"))) == (dict(NOBODY), ["a", "b"])
    with pytest.raises(TypeError):
        plain(object())
