"""
Logs: what the gateway says about itself, on standard error.

Rules:

1. One line is one message. Whatever could begin another line, drive a terminal or hide something is written out.
2. A log holds no text of a request or an answer. Of an exception only the type and the places are told, for its message
   may quote what it met; and of what other libraries say only the first line, for asyncio quotes exceptions below it.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from traceback import walk_tb

from yett.compose.settings import Logging
from yett.model.errors import NotReady, OperatorError

__all__ = ["JsonLines", "TextLines", "begin"]


def begin(settings: Logging, app: str) -> None:
    """Log as *settings* say, for the application *app*; what a program has set up itself before stays as it is."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(app) if settings.format == "json" else TextLines())
    logging.basicConfig(level=settings.level, handlers=[handler])
    least = max(logging.getLevelNamesMapping()[settings.level], logging.WARNING)
    logging.getLogger("uvicorn").setLevel(least)  # it tells of every start and stop


class JsonLines(logging.Formatter):
    """One JSON object for each line, in ASCII."""

    def __init__(self, app: str) -> None:
        """Log for the application *app*."""
        super().__init__()
        self._app = app

    def format(self, record: logging.LogRecord) -> str:
        """Write *record*."""
        told = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "app": self._app,
            "process": record.process,
        }
        return json.dumps({**told, **_error(record)})


class TextLines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write *record*."""
        told = [f"{_time(record)} {record.levelname} {record.name}: {_message(record)}"]
        told += [f"({name}: {value})" for name, value in _error(record).items()]
        return _visible(" ".join(told))


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    ours = record.name.partition(".")[0] == "yett"
    return message if ours else message.partition("\n")[0]


def _error(record: logging.LogRecord) -> Mapping[str, str]:
    """Tell the exception that *record* carries, if it does; what we say to the operator ourselves is told whole."""
    kind, error, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {}
    why = f"{kind.__name__}: {error}" if isinstance(error, NotReady | OperatorError) else kind.__name__
    frames = ((frame.f_code, line) for frame, line in walk_tb(trace))
    places = [f"{code.co_filename.rpartition('/')[2]}:{line}:{code.co_name}" for code, line in frames]
    return {"error": why, "at": " > ".join(places)}


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
