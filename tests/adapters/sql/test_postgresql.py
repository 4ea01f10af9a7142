"""Addresses of PostgreSQL, as everybody writes them."""

import gc
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, make_url

from tests.conftest import Fresh
from yett.adapters.sql import postgresql as sql
from yett.adapters.sql.database import Database
from yett.adapters.sql.postgresql import connection
from yett.model.errors import NotReady


@pytest.mark.parametrize(
    ("address", "host", "port", "arguments"),
    [
        ("postgresql://u:p@h:6432/d", "h", 6432, {}),
        ("postgresql://u@/d?host=/run/postgresql", None, None, {"unix_sock": "/run/postgresql/.s.PGSQL.5432"}),
        ("postgresql://u@/d?host=/run&port=7", None, None, {"unix_sock": "/run/.s.PGSQL.7"}),
        ("postgresql://u@/d?host=h", "h", 5432, {}),
        ("postgresql://u@h/d?sslmode=disable&application_name=a", "h", None, {"application_name": "a"}),
    ],
)  # fmt: skip
def test_addresses_are_read(address: str, host: str | None, port: int | None, arguments: dict[str, object]) -> None:
    url, found = connection(make_url(address))
    assert (url.host, url.port, dict(url.query), url.drivername) == (host, port, {}, "postgresql+pg8000")
    assert dict(found) == {"timeout": 60} | arguments


@pytest.mark.parametrize(
    ("mode", "checked", "hostname"),
    [
        ("require", ssl.CERT_NONE, False),
        ("verify-ca", ssl.CERT_REQUIRED, False),
        ("verify-full", ssl.CERT_REQUIRED, True),
    ],
)
def test_encryption_is_as_strict_as_asked_for(mode: str, checked: ssl.VerifyMode, hostname: bool) -> None:
    context = connection(make_url(f"postgresql://u@h/d?sslmode={mode}"))[1]["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert (context.verify_mode, context.check_hostname) == (checked, hostname)


@pytest.mark.parametrize("option", ["sslmode=maybe", "sslmod=require"])
def test_what_is_not_known_is_refused_and_not_ignored(option: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        connection(make_url(f"postgresql://u@h/d?{option}"))


unclosed = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@contextmanager
def answered(answer: Callable[[socket.socket], None]) -> Iterator[Database]:
    """Give a database whose server does nothing but *answer* once somebody has asked."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve)
        serving.start()
        yield Database.later(f"postgresql://u@127.0.0.1:{listener.getsockname()[1]}/d")
        serving.join()
    gc.collect()  # the driver leaves a socket that broke to the collector


@unclosed
async def test_a_server_that_breaks_the_connection_is_not_ready() -> None:
    at_once = struct.pack("ii", 1, 0)  # without a farewell, as one that crashes or is killed
    with answered(lambda peer: peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)) as database:
        with pytest.raises(NotReady, match="cannot be reached: connection reset by peer"):
            await database.run(lambda _: None)
        await database.aclose()


@unclosed
async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "_PATIENCE", 0.05)
    given_up = threading.Event()
    with answered(lambda _: bool(given_up.wait())) as database:
        with pytest.raises(NotReady, match="cannot be reached: timed out"):
            await database.run(lambda _: None)
        given_up.set()
        await database.aclose()


async def test_a_connection_that_broke_is_made_anew(postgresql: Fresh) -> None:
    database = await Database.open(postgresql())

    def broken(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver._usock.shutdown(socket.SHUT_RDWR)
        connection.exec_driver_sql("select 1")

    with pytest.raises(NotReady):
        await database.run(broken)
    assert await database.run(lambda connection: connection.exec_driver_sql("select 1").scalar()) == 1
    await database.aclose()


async def test_a_real_server_is_reached(postgresql: Fresh) -> None:
    database = await Database.open(postgresql())
    assert await database.run(lambda connection: connection.dialect.name) == "postgresql"
    await database.aclose()
