"""
Flower: the messages of a federation, over gRPC by Flower's server and client.

Rules:

1. A site runs its own code alone. Of Flower's two ways it is the older one, in which the server sends numbers; in the
   newer one it sends the program that sites run, and what a program takes along nobody can promise.
2. What comes from a site is an array, a count that is always 1, and nothing else. What comes from the server is an
   array, the terms, and the number of the round.
3. Who takes part in the first round takes part in all; a site that leaves ends the federation.
4. Flower's reports to its makers are switched off before it is imported.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from yett.learning.federation import Terms, Vector, averaged
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["Certificates", "Meeting", "Teach", "follow", "lead"]

_Sent = NDArray[np.float32]
Teach = Callable[[Vector, Terms], _Sent]
"""What a site makes of a model by the terms; `OperatorError` where it does not agree to them."""
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a server shows of itself, as PEM."""

    authority: bytes
    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a server waits for sites, and for how long."""

    address: str
    certificates: Certificates | None
    """Without them nothing is encrypted."""
    wait: float
    """Seconds that the sites have to come, and then to answer in each round."""


def _flower() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Return Flower's parts: common, server, client."""
    os.environ["FLWR_TELEMETRY_ENABLED"] = "0"
    try:
        from flwr import client, common, server  # noqa: PLC0415 - an optional library
    except ModuleNotFoundError:
        message = "federated learning needs `flwr`, which is not installed"
        hint = "`pip install 'yett[federated]'`, in an environment of its own"
        raise OperatorError(Problem(Place("flwr"), "not-installed", message, hint)) from None
    logging.getLogger("flwr").setLevel(logging.ERROR)
    return common, server, client


def lead(meeting: Meeting, terms: Terms, model: Vector, tell: Callable[[str], None] = lambda _: None) -> Vector:
    """
    Wait for the sites at *meeting* and return what *model* becomes; *tell* is told of each round.

    Raises:
        OperatorError: Flower is not installed, the address is taken, or a site does not come, leaves or refuses.
    """
    common, server, _ = _flower()
    _claim(meeting.address)
    certificates = meeting.certificates
    course = _Course(common, terms, model, meeting.wait, tell)
    shown = (certificates.authority, certificates.certificate, certificates.key) if certificates else None
    config = server.ServerConfig(num_rounds=terms.rounds, round_timeout=meeting.wait)
    server.start_server(server_address=meeting.address, config=config, strategy=course, certificates=shown)
    if course.failed:
        hint = "look at what the sites say, and begin anew: with fewer sites noise would be missing"
        raise OperatorError(Problem(Place(meeting.address), "site-lost", course.failed, hint))
    return course.model


class _Course:
    """The course of a federation, as Flower asks a strategy about it."""

    def __init__(
        self, common: ModuleType, terms: Terms, model: Vector, wait: float, tell: Callable[[str], None]
    ) -> None:
        self._common, self._terms, self._wait, self._tell = common, terms, wait, tell
        self.model = model
        self.failed = ""
        self._sites: list[str] = []

    def initialize_parameters(self, client_manager: object) -> object:  # noqa: ARG002 - Flower's signature
        """Begin with the model that is there."""
        return self._common.ndarrays_to_parameters([self.model.astype(np.float32)])

    def configure_fit(self, server_round: int, parameters: object, client_manager: object) -> list[object]:
        """Send the model to every site that takes part; to none when one is missing."""
        there = self._there(client_manager) if not self.failed else {}
        config = {**asdict(self._terms), "round": server_round}
        return [(site, self._common.FitIns(parameters, config)) for site in there.values()]

    def _there(self, everyone: object) -> Mapping[str, object]:
        """Return the sites that take part, by their names."""
        come = everyone.wait_for(self._terms.sites, timeout=self._wait)  # type: ignore[attr-defined]  # Flower's
        there: Mapping[str, object] = everyone.all()  # type: ignore[attr-defined]  # the same
        self._sites = self._sites or sorted(there)[: self._terms.sites]
        if come and all(site in there for site in self._sites):
            return {site: there[site] for site in self._sites}
        self.failed = f"{sum(site in there for site in self._sites)} of {self._terms.sites} sites are there"
        return {}

    def aggregate_fit(
        self, server_round: int, results: Sequence[tuple[object, object]], failures: Sequence[object]
    ) -> tuple[object, dict[str, object]]:
        """Move the model by what the sites sent."""
        arrays = [self._common.parameters_to_ndarrays(each.parameters) for _, each in results]  # type: ignore[attr-defined]  # Flower's
        try:
            self.model = averaged(self.model, [each[0] for each in arrays if len(each) == 1], self._terms)
        except ValueError as error:
            self.failed = f"in round {server_round}, {error}, and {len(failures)} failed"
        else:
            self._tell(f"round {server_round} of {self._terms.rounds}")
        return self._common.ndarrays_to_parameters([self.model.astype(np.float32)]), {}

    def configure_evaluate(self, **_: object) -> list[object]:
        """Ask no site for figures."""
        return []

    def evaluate(self, server_round: int, parameters: object) -> None:
        """Judge nothing on the way."""


def follow(address: str, authority: bytes | None, teach: Teach, *, wait: float) -> int:
    """
    Take part in the federation at *address*; return after how many rounds it was over.

    Without *authority*, the certificates in PEM that are trusted, what is sent can be read on its way. *wait* is how many
    seconds the server has to be there.

    Raises:
        OperatorError: Flower is not installed, nobody is there, the terms are not agreed to, or it ended early.
    """
    common, _, client = _flower()
    from grpc import RpcError  # noqa: PLC0415 - comes with Flower

    _await(address, wait)
    site = _Member(common, teach)
    ended = "the federation ended early"
    try:
        client.start_client(
            server_address=address, client=site, root_certificates=authority, insecure=authority is None
        )
    except RpcError as error:
        ended = f"the connection is lost: {getattr(error, 'details', str)() or 'no reason given'}"
    if site.refused:
        raise site.refused
    if not site.done or site.done < site.agreed:
        message = f"{ended}, after {site.done} rounds"
        raise OperatorError(Problem(Place(address), "federation-over", message, "look at what its server says"))
    return site.done


class _Member:
    """A site, as Flower asks a client about it."""

    def __init__(self, common: ModuleType, teach: Teach) -> None:
        self._common, self._teach = common, teach
        self._terms: Terms | None = None
        self.refused: OperatorError | None = None
        self.done = 0

    @property
    def agreed(self) -> int:
        """How many rounds there are to be."""
        return self._terms.rounds if self._terms else 0

    def fit(self, instruction: object) -> object:
        """Answer a round with an update, or with nothing at all."""
        try:
            update = [self._update(instruction)]
            code = self._common.Code.OK
            self.done += 1
        except OperatorError as refused:
            self.refused, update, code = refused, [], self._common.Code.FIT_NOT_IMPLEMENTED
        sent = self._common.ndarrays_to_parameters(update)
        return self._common.FitRes(self._common.Status(code, ""), sent, 1, {})

    def _update(self, instruction: object) -> _Sent:
        config = dict(instruction.config)  # type: ignore[attr-defined]  # Flower's
        arrays = self._common.parameters_to_ndarrays(instruction.parameters)  # type: ignore[attr-defined]  # the same
        try:
            terms = Terms(int(config["rounds"]), int(config["sites"]), float(config["clip"]), float(config["noise"]))
            (model,) = arrays
        except (KeyError, TypeError, ValueError):
            raise _refusal("the server does not say on what terms") from None
        self._terms = self._terms or terms
        if terms != self._terms or self.done >= terms.rounds:
            raise _refusal("the server goes beyond the terms of the first round")
        return self._teach(model.astype(np.float64), terms)


def _refusal(message: str) -> OperatorError:
    return OperatorError(Problem(Place("terms"), "loose-terms", message, "nothing was sent; ask who runs the server"))


def _parted(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        hint = "write HOST:PORT, such as `127.0.0.1:8765`"
        raise OperatorError(Problem(Place("address"), "bad-value", f"`{address}` is no address", hint))
    return host.strip("[]"), int(port)


def _claim(address: str) -> None:
    """Say now whether the address can be had: Flower would end the process."""
    host, port = _parted(address)
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return
    except OSError as error:
        why = (error.strerror or "cannot be had").lower()
        hint = "choose another address"
        raise OperatorError(Problem(Place(address), "cannot-listen", f"`{address}`: {why}", hint)) from None


def _await(address: str, wait: float) -> None:
    """Return when somebody listens at *address*."""
    host, port = _parted(address)
    until = time.monotonic() + wait
    while True:
        try:
            socket.create_connection((host, port), timeout=max(_PAUSE, wait)).close()
        except OSError as error:
            if time.monotonic() >= until:
                why = (error.strerror or "does not answer").lower()
                hint = "start the server first, or wait longer"
                raise OperatorError(Problem(Place(address), "no-server", f"`{address}`: {why}", hint)) from None
            time.sleep(_PAUSE)
        else:
            return
