"""Who may ask the control plane."""

from typing import Any

import pytest

from tests.doors.asgi.wire import request
from tests.services.staged import CALLER, StagedAnswer, StagedCounters, StagedUpstream, snapshot
from yett.doors.rest.access import Access, forbidden
from yett.model.principal import Principal
from yett.model.refusal import Refusal
from yett.services.admission import Admission
from yett.services.snapshots import Snapshots


@pytest.mark.parametrize(("credential", "known"), [(b"open", True), (b"closed", False), (b"", False)])
async def test_only_those_who_are_known_may_ask(credential: bytes, known: bool) -> None:
    access = Access(Admission(StagedCounters(allowed=False)), Snapshots(snapshot(StagedUpstream(StagedAnswer([])))))
    told: Any = await access.principal(request((b"x-api-key", credential)))
    assert (told == CALLER) if known else (isinstance(told, Refusal) and told.status == 401)


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("developer",), 403), (("admin",), None), (("Admin",), 403)])
def test_some_things_are_for_administrators(roles: tuple[str, ...], status: int | None) -> None:
    refusal = forbidden(Principal("t", "s", frozenset(roles)))
    assert (refusal and refusal.status) == status
