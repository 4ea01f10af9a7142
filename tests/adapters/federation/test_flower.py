"""Sites and a server over real sockets: what they learn, and what becomes of a site that leaves, refuses or lies."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from yett.adapters.federation.flower import Meeting, follow, lead
from yett.learning.federation import Terms, Vector, shared
from yett.model.errors import OperatorError

flower = pytest.mark.skipif(find_spec("flwr") is None, reason="Flower has an environment of its own: `make federated`")
pytestmark = pytest.mark.filterwarnings("ignore:'click:DeprecationWarning")  # in what Flower leans on
ROOT = Path(__file__).parents[3]
SITE = """
import sys
import numpy as np
from yett.adapters.federation.flower import follow
from yett.learning.federation import shared
from yett.model.errors import OperatorError, Place, Problem

place, value, way = sys.argv[1], float(sys.argv[2]), sys.argv[3]

def teach(model, terms):
    if way == "refuses":
        raise OperatorError(Problem(Place("terms"), "loose-terms", "never", "nothing was sent"))
    if way == "breaks":
        raise SystemExit(3)
    update = np.full(len(model) + (way == "lies"), value) - model[0]
    return shared(update, terms, np.random.default_rng(int(value)))

try:
    print("rounds", follow(place, None, teach, wait=30))
except OperatorError as error:
    print(error)
"""
LEAD = """
import json, sys
import numpy as np
from yett.adapters.federation.flower import Meeting, lead
from yett.learning.federation import Terms
from yett.model.errors import OperatorError

place, sites, noise = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
told = []
try:
    model = lead(Meeting(place, None, 30), Terms(3, sites, 100.0, noise), np.zeros(4), told.append)
    print(json.dumps([model.tolist(), told]))
except OperatorError as error:
    print(json.dumps([str(error), told]))
from flwr.supercore.telemetry import FLWR_TELEMETRY_ENABLED
assert FLWR_TELEMETRY_ENABLED == "0"
"""


def free() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@contextmanager
def running(code: str, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """Run *code* in a process of its own, which does not outlive the test."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ran(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=90)
    return out or err


def federation(*ways: str) -> tuple[object, list[str], list[str]]:
    """Return what the server ends with, what it told, and what each site said; the first has the value 3, the next 6."""
    place = free()
    with ExitStack() as stack:
        server = stack.enter_context(running(LEAD, place, len(ways), 0.0))
        started = [stack.enter_context(running(SITE, place, 3 * number, way)) for number, way in enumerate(ways, 1)]
        sites = [ran(each) for each in started]
        model, told = json.loads(ran(server))
    return model, told, sites


@flower
def test_three_sites_learn_what_lies_between_them() -> None:
    model, told, sites = federation("helps", "helps", "helps")
    assert model == [6.0, 6.0, 6.0, 6.0]
    assert told == ["round 1 of 3", "round 2 of 3", "round 3 of 3"]
    assert sites == ["rounds 3\n"] * 3


@flower
@pytest.mark.parametrize(
    ("way", "said", "server"),
    [
        ("refuses", "loose-terms", "0 of 1 sites sent an update"),
        ("lies", "the federation ended early, after 1 rounds", "no update of this model"),
    ],
)
def test_a_site_that_does_not_help_ends_it(way: str, said: str, server: str) -> None:
    outcome, told, sites = federation(way)
    assert "site-lost" in str(outcome)
    assert server in str(outcome)
    assert told == []
    assert said in sites[0]


@flower
def test_a_site_that_breaks_ends_it_for_all() -> None:
    outcome, told, sites = federation("helps", "breaks")
    assert "1 of 2 sites sent an update" in str(outcome)
    assert told == []
    assert "the federation ended early, after 1 rounds" in sites[0]


@flower
def test_a_site_that_never_comes_is_told() -> None:
    with running(LEAD.replace("None, 30", "None, 0.5"), free(), 1, 0.0) as server:
        outcome, _ = json.loads(ran(server))
    assert "0 of 1 sites are there" in outcome


def teach(model: Vector, terms: Terms) -> np.ndarray:
    return shared(model, terms, np.random.default_rng(0))


@flower
def test_an_address_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OperatorError, match="cannot-listen"):
            lead(Meeting(place, None, 1), Terms(1, 1, 1.0), np.zeros(2))


@flower
def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(OperatorError, match="no-server"):
        follow(free(), None, teach, wait=0.3)


@flower
@pytest.mark.parametrize("address", ["127.0.0.1", "host:port", ":8765"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(OperatorError, match="is no address"):
        follow(address, None, teach, wait=0.3)


def test_the_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flwr", None)
    with pytest.raises(OperatorError, match=r"yett\[federated\]"):
        lead(Meeting(free(), None, 1), Terms(1, 1, 1.0), np.zeros(2))
