"""Sites and a server over real sockets: what they learn, and what becomes of a site that leaves, refuses or lies."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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
authority = open(sys.argv[4], "rb").read() if sys.argv[4:] else None

def teach(model, terms):
    if way == "refuses":
        raise OperatorError(Problem(Place("terms"), "loose-terms", "never", "nothing was sent"))
    if way == "breaks":
        raise SystemExit(3)
    update = np.full(len(model) + (way == "lies"), value) - model[0]
    return shared(update, terms, np.random.default_rng(int(value)))

try:
    print("rounds", follow(place, authority, teach, wait=120))
except OperatorError as error:
    print(error)
"""
LEAD = """
import json, sys
import numpy as np
from yett.adapters.federation.flower import Certificates, Meeting, lead
from yett.learning.federation import Terms
from yett.model.errors import OperatorError

files = [open(file, "rb").read() for file in sys.argv[4:]]
shown = Certificates(*files) if files else None
place, sites, noise = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
told = []
try:
    model = lead(Meeting(place, shown, 120), Terms(3, sites, 100.0, noise), np.zeros(4), told.append)
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
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ran(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=240)
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
    with running(LEAD.replace("shown, 120", "shown, 0.5"), free(), 1, 0.0) as server:
        outcome, _ = json.loads(ran(server))
    assert "0 of 1 sites are there" in outcome


@pytest.fixture
def pem(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine, which is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@flower
def test_what_is_sent_is_encrypted_for_whom_the_authority_vouches(pem: tuple[Path, Path]) -> None:
    certificate, key = pem
    place = free()
    with running(LEAD, place, 1, 0.0, certificate, certificate, key) as server:
        with running(SITE, place, 3, "helps") as stranger:
            assert "federation-over" in ran(stranger)
        with running(SITE, place, 3, "helps", certificate) as site:
            assert ran(site) == "rounds 3\n"
        assert json.loads(ran(server))[0] == [3.0] * 4


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
