"""
PostgreSQL addresses as everybody writes them (libpq, 34.1.1.2), for the driver that is used here.

`host=/folder` among the options is a socket on this machine. `sslmode` is `disable`, `require` (encrypted, by whomever),
`verify-ca` or `verify-full`, with `sslrootcert` for certificates of one's own.
"""

import ssl
from collections.abc import Mapping

from sqlalchemy import URL

__all__ = ["connection"]

_PORT = 5432
_PATIENCE = 60
"""Seconds of silence after which a server is given up: one that is cut off would otherwise be waited for for hours."""


def connection(url: URL) -> tuple[URL, Mapping[str, object]]:
    """
    Return *url* as the driver reads it, and its further arguments.

    Raises:
        ValueError: an option is not known, or its value is none.
    """
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    arguments: dict[str, object] = {"timeout": _PATIENCE}
    host = options.pop("host", "")
    port = int(options.pop("port", url.port or _PORT))
    if host.startswith("/"):
        arguments["unix_sock"] = f"{host}/.s.PGSQL.{port}"
    elif host:
        url = url.set(host=host, port=port)
    context = _tls(options.pop("sslmode", ""), options.pop("sslrootcert", None))
    if context:
        arguments["ssl_context"] = context
    if "application_name" in options:
        arguments["application_name"] = options.pop("application_name")
    if options:
        raise ValueError(f"the option `{min(options)}` is not known")
    return url.set(drivername="postgresql+pg8000", query={}), arguments


def _tls(mode: str, authorities: str | None) -> ssl.SSLContext | None:
    if mode in {"", "disable"}:
        return None
    if mode not in {"require", "verify-ca", "verify-full"}:
        raise ValueError(f"`sslmode={mode}` is not known")
    context = ssl.create_default_context(cafile=authorities)
    context.check_hostname = mode == "verify-full"
    if mode == "require" and authorities is None:
        context.verify_mode = ssl.CERT_NONE
    return context
