"""One line is one message, and none holds what somebody asked."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.compose.logs import JsonLines, TextLines, begin
from yett.compose.settings import Logging
from yett.model.errors import CallerError, NotReady, OperatorError, Place, Problem

CANARY = "canary-that-somebody-asked"
FORGED = "fine\r\n2026-01-01T00:00:00.000Z INFO yett.reload: forged \x1b[2J\x00 \u2028 \u202e \x9b1A \udc80"
TEXTS = st.text(st.characters(), max_size=80) | st.just(FORGED)


def record(
    message: str, *args: object, name: str = "yett.reload", error: BaseException | None = None
) -> logging.LogRecord:
    told = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.WARNING, "file.py", 1, message, args, told)
    made.created, made.process = 1_800_000_000.25, 7
    return made


def raised() -> Exception:
    try:
        {}[CANARY]
    except KeyError as error:
        return error
    raise AssertionError


def test_json_says_what_is_to_be_said() -> None:
    assert json.loads(JsonLines("shop").format(record("%s is in force", "abc"))) == {
        "time": "2027-01-15T08:00:00.250Z",
        "level": "WARNING",
        "logger": "yett.reload",
        "message": "abc is in force",
        "app": "shop",
        "process": 7,
    }


def test_text_is_for_people() -> None:
    line = TextLines().format(record("%s is in force", "abc"))
    assert line == "2027-01-15T08:00:00.250Z WARNING yett.reload: abc is in force"


def one_safe_line(line: str) -> bool:
    return line.isprintable()


@given(message=TEXTS, app=TEXTS, name=TEXTS)
def test_whatever_is_logged_stays_one_line_without_control(message: str, app: str, name: str) -> None:
    for formatter in (JsonLines(app), TextLines()):
        assert one_safe_line(formatter.format(record("%s", message, name=f"yett.{name}")))
    read = json.loads(JsonLines(app).format(record("%s", message)))
    # JSON has no half of a pair beside its other half: they are read back as the one character that they make.
    assert read["message"].encode("utf-16", "surrogatepass") == message.encode("utf-16", "surrogatepass")
    assert read["app"].encode("utf-16", "surrogatepass") == app.encode("utf-16", "surrogatepass")


@pytest.mark.parametrize(
    ("place", "broken", "formatter"),
    [
        ("yett.compose.logs._visible", str, TextLines()),
        ("yett.compose.logs.json.dumps", lambda told: f"{{{told['message']}}}", JsonLines("shop")),
    ],
)
def test_a_formatter_that_writes_values_as_they_are_is_found_out(
    place: str, broken: Callable[..., str], formatter: logging.Formatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, broken)
    assert not one_safe_line(formatter.format(record("%s", FORGED)))


@pytest.mark.parametrize("formatter", [JsonLines("shop"), TextLines()])
def test_an_exception_is_told_by_its_type_and_places_and_never_by_what_it_met(formatter: logging.Formatter) -> None:
    line = formatter.format(record("it broke", error=raised()))
    assert "KeyError" in line
    assert "test_logs.py:" in line
    assert ":raised" in line
    assert CANARY not in line


@pytest.mark.parametrize("formatter", [JsonLines("shop"), TextLines()])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotReady("the disk is gone"), True),
        (OperatorError(Problem(Place("f.yaml", 1), "bad-value", "the disk is gone")), True),
        (CallerError("the disk is gone"), False),
    ],
)
def test_what_is_said_to_the_operator_is_told_whole(formatter: logging.Formatter, error: Exception, told: bool) -> None:
    assert ("the disk is gone" in formatter.format(record("no", error=error))) is told


@pytest.mark.parametrize("formatter", [JsonLines("shop"), TextLines()])
def test_other_libraries_are_cut_to_their_first_line(formatter: logging.Formatter) -> None:
    told = f"Task exception was never retrieved\nfuture: <Task exception=KeyError('{CANARY}')>"
    line = formatter.format(record(told, name="asyncio"))
    assert "never retrieved" in line
    assert CANARY not in line
    assert "second" in formatter.format(record("first\nsecond"))


@contextmanager
def nothing_set_up() -> Iterator[io.StringIO]:
    """Give what is written to standard error where nobody has set up any logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    written = io.StringIO()
    with redirect_stderr(written):
        yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn").setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("DEBUG", ["yett.a debug", "yett.a warning", "uvicorn.error warning", "uvicorn.error error"]),
        ("INFO", ["yett.a warning", "uvicorn.error warning", "uvicorn.error error"]),
        ("ERROR", ["uvicorn.error error"]),
    ],
)
def test_what_is_milder_than_the_level_is_not_told(level: str, told: list[str]) -> None:
    with nothing_set_up() as written:
        begin(Logging.model_validate({"level": level}), "shop")
        logging.getLogger("yett.a").debug("debug")
        logging.getLogger("yett.a").warning("warning")
        logging.getLogger("uvicorn.error").info("info")
        logging.getLogger("uvicorn.error").warning("warning")
        logging.getLogger("uvicorn.error").error("error")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [f"{line['logger']} {line['message']}" for line in lines] == told


def test_the_format_is_chosen() -> None:
    with nothing_set_up() as written:
        begin(Logging(format="text"), "shop")
        logging.getLogger("yett.a").warning("hear")
    assert written.getvalue().endswith("Z WARNING yett.a: hear\n")


def test_what_a_program_has_set_up_itself_stays() -> None:
    program = (
        "import logging; logging.basicConfig(format='mine %(message)s')\n"
        "from yett.compose.logs import begin; from yett.compose.settings import Logging\n"
        "begin(Logging(), 'shop'); logging.getLogger('yett.a').warning('hear')"
    )
    where = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=where)
    assert done.stderr == "mine hear\n"
