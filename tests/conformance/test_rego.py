"""Real Rego, over real HTTP as any OPA is asked and embedded, decides the cases of the corpus that it has an equivalent for."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

from pathlib import Path

from tests.conformance.corpus import GROUPS, Group
from yett.compose.authorities import Authorities
from yett.compose.opa import OpaSettings
from yett.compose.rego import RegoSettings
from yett.compose.settings import Policies
from yett.testing.opa import RegoServer

IN_REGO = tuple(group for group in GROUPS if group.rego)


def test_there_are_groups_in_rego() -> None:
    assert len(IN_REGO) >= 3


@pytest.mark.parametrize("group", IN_REGO, ids=lambda group: group.name)
async def test_rego_decides_alike(group: Group, tmp_path: Path) -> None:
    module = f"package gateway\n\ndefault deny := false\n\n{group.rego}"
    file = tmp_path / "gateway.rego"
    file.write_text(module, "utf-8")
    authorities = Authorities()
    async with RegoServer(module) as server:
        policies = Policies(opa=OpaSettings(url=server.address), rego=RegoSettings(files=(file,), timeout=10))
        for authority in authorities.of(policies):
            for case in group.cases:
                decision = await authority.decide(case.given)
                told = (decision.effect.value, decision.reasons[0].unknown)
                assert told == (case.effect, ()), (authority.name, case.given)
        await authorities.aclose()
