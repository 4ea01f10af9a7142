"""Real Rego over real HTTP, asked as any OPA is, decides the cases of the corpus that it has an equivalent for."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

from tests.conformance.corpus import GROUPS, Group
from yett.compose.authorities import authority_of
from yett.compose.opa import OpaSettings
from yett.testing.opa import RegoServer

IN_REGO = tuple(group for group in GROUPS if group.rego)


def test_there_are_groups_in_rego() -> None:
    assert len(IN_REGO) >= 3


@pytest.mark.parametrize("group", IN_REGO, ids=lambda group: group.name)
async def test_rego_decides_alike(group: Group) -> None:
    async with RegoServer(f"package gateway\n\ndefault deny := false\n\n{group.rego}") as server:
        authority, upstream = authority_of(OpaSettings(url=server.address))
        for case in group.cases:
            decision = await authority.decide(case.given)
            assert (decision.effect.value, decision.reasons[0].unknown) == (case.effect, ()), case.given
        await upstream.aclose()
