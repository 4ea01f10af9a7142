"""Addresses of PostgreSQL, as everybody writes them."""

import ssl

import pytest
from sqlalchemy import make_url

from tests.adapters.sql.conftest import Fresh
from yett.adapters.sql.database import Database
from yett.adapters.sql.postgresql import connection


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
    assert dict(found) == arguments


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


async def test_a_real_server_is_reached(postgresql: Fresh) -> None:
    database = await Database.open(postgresql())
    assert await database.run(lambda connection: connection.dialect.name) == "postgresql"
    await database.aclose()
