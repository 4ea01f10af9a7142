"""Live, ready, and why not."""

from types import SimpleNamespace

from yett.services.health import Health
from yett.services.snapshots import Snapshots


def snapshots(*, routes: bool = True) -> Snapshots:
    fake = SimpleNamespace(
        revision="r" * 64, routes=SimpleNamespace(routes=("one",) if routes else ()), policies=("p@1",), authorities=()
    )
    return Snapshots(fake)  # type: ignore[arg-type]


def test_a_house_with_an_upstream_is_ready() -> None:
    readiness = Health(snapshots()).readiness()
    assert readiness.ready
    assert (readiness.mode, readiness.checks["policies"]) == ("LOCAL", "p@1")


def test_without_an_upstream_or_while_draining_it_is_not_ready() -> None:
    assert not Health(snapshots(routes=False)).readiness().ready
    health = Health(snapshots())
    health.draining = True
    assert not health.readiness().ready
    assert health.readiness().checks["serving"] == "draining"


def test_a_kept_configuration_is_told_and_stops_nothing() -> None:
    known = snapshots()
    known.failure = "yett.yaml:3: no"
    readiness = Health(known).readiness()
    assert readiness.ready
    assert "yett.yaml:3: no" in readiness.checks["configuration"]


def test_an_authority_that_cannot_be_relied_on_is_told_and_the_house_is_not_ready() -> None:
    known = snapshots()
    for trouble, ready in (("", True), ("away", False)):
        known.current.authorities = (SimpleNamespace(name="opa", mode="OPA", trouble=trouble),)  # type: ignore[misc]
        readiness = Health(known).readiness()
        assert (readiness.mode, readiness.ready, readiness.checks["opa"]) == ("OPA", ready, trouble or "ok")


def test_an_authority_in_this_process_leaves_deciding_local() -> None:
    known = snapshots()
    known.current.authorities = (SimpleNamespace(name="rego", mode="LOCAL", trouble=""),)  # type: ignore[misc]
    assert Health(known).readiness().mode == "LOCAL"


def test_what_is_watched_is_told_and_stops_nothing() -> None:
    health = Health(snapshots())
    health.watched = {"store": lambda: "away", "journal": lambda: ""}
    readiness = health.readiness()
    assert readiness.ready
    assert (readiness.checks["store"], readiness.checks["journal"]) == ("away", "ok")
