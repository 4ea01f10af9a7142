"""
The editor's server: the Language Server Protocol (LSP 3.17), spoken by pygls.

Rules:

1. Nothing is judged here. What is to be said comes from whom the server is made with; what may be written, and what a word
   means, from `yett.policy.completing`.
2. A text is looked at once its author pauses, one text at a time and beside the loop. What is said of a text that was
   changed or closed meanwhile is not told.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from lsprotocol import types
from pygls.exceptions import PyglsError
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from yett.doors.lsp.positions import offset_at, position_at, spotted
from yett.model.errors import Place
from yett.policy.completing import choices, explained
from yett.services.remarks import Remark, Severity

__all__ = ["Editor", "serve"]

_PAUSE = 0.2
"""Seconds without a change after which a text is looked at."""
_SEVERITIES = MappingProxyType(
    {
        Severity.ERROR: types.DiagnosticSeverity.Error,
        Severity.WARNING: types.DiagnosticSeverity.Warning,
        Severity.NOTE: types.DiagnosticSeverity.Information,
    }
)
_KINDS = MappingProxyType(
    {
        "key": types.CompletionItemKind.Property,
        "fact": types.CompletionItemKind.Field,
        "field": types.CompletionItemKind.Field,
        "value": types.CompletionItemKind.EnumMember,
    }
)
_BEFORE_COLONS = frozenset({"key", "fact"})
_Remarks = Callable[[Path, Mapping[Path, str]], Iterable[Remark]]
_At = types.CompletionParams | types.HoverParams


def serve(remarks: _Remarks, is_suite: Callable[[Path], bool], version: str, pages: str) -> NoReturn:
    """
    Serve an editor over standard input and output, and end the process: with 0 where it said goodbye, else with 1.

    Whatever is being looked at then is for nobody any more, and an interpreter that ends would wait for its thread.
    """
    editor = Editor(remarks, is_suite, version, pages)
    # A thread waits for standard input, and nothing else would end it when somebody presses Ctrl+C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # pygls closes what it writes to, and standard output is not ours to close.
    with open(sys.stdout.fileno(), "wb", closefd=False) as output:
        editor.start_io(stdout=output)
    sys.stderr.flush()
    os._exit(0 if editor.dismissed else 1)


class Editor(LanguageServer):
    """
    What an editor speaks to.

    *remarks* says what is to be said about a file, given the texts that are open; *pages* is the address of the
    documentation, which has a page for each code; empty where nobody knows it.
    """

    def __init__(self, remarks: _Remarks, is_suite: Callable[[Path], bool], version: str, pages: str) -> None:
        super().__init__("yett", version, types.TextDocumentSyncKind.Full)
        self.dismissed = False
        self._remarks = remarks
        self._is_suite = is_suite
        self._pages = pages
        self._beside = ThreadPoolExecutor(1)
        self._awaited: dict[str, asyncio.Task[None]] = {}
        # pygls writes on what it is given, and nobody can write on a method.
        for name, act in (
            (types.TEXT_DOCUMENT_DID_OPEN, self._opened),
            (types.TEXT_DOCUMENT_DID_CHANGE, self._changed),
            (types.TEXT_DOCUMENT_DID_SAVE, self._saved),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._closed),
            (types.TEXT_DOCUMENT_HOVER, self._hover),
            (types.SHUTDOWN, self._dismiss),
        ):
            self.feature(name)(partial(act))
        options = types.CompletionOptions(trigger_characters=[".", " "])
        self.feature(types.TEXT_DOCUMENT_COMPLETION, options)(partial(self._complete))

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        self._look(params.text_document.uri)

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        self._look(params.text_document.uri, _PAUSE)

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """Look at all texts, since one may speak of another."""
        del params
        for uri in self.workspace.text_documents:
            self._look(uri)

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if task := self._awaited.pop(uri, None):
            task.cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _dismiss(self, params: None) -> None:
        del params
        self.dismissed = True

    def _complete(self, params: types.CompletionParams) -> list[types.CompletionItem]:
        text, offset, suite = self._place(params)
        cursor, found = choices(text, offset, suite=suite)
        where = self._range(text, cursor.start, cursor.end)
        colon = "" if text[cursor.end :].lstrip(" ").startswith(":") else ": "
        return [
            types.CompletionItem(
                choice.text,
                kind=_KINDS[choice.kind],
                documentation=_markdown(choice.meaning) if choice.meaning else None,
                sort_text=f"{rank:04}",
                text_edit=types.TextEdit(where, choice.text + (colon if choice.kind in _BEFORE_COLONS else "")),
            )
            for rank, choice in enumerate(found)
        ]

    def _hover(self, params: types.HoverParams) -> types.Hover | None:
        text, offset, suite = self._place(params)
        cursor, meaning = explained(text, offset, suite=suite)
        return types.Hover(_markdown(meaning), self._range(text, cursor.start, cursor.end)) if meaning else None

    def _look(self, uri: str, pause: float = 0) -> None:
        if task := self._awaited.get(uri):
            task.cancel()
        self._awaited[uri] = task = asyncio.get_running_loop().create_task(self._told(uri, pause))
        task.add_done_callback(self._failed)

    async def _told(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        document, path = self.workspace.get_text_document(uri), _path(uri)
        texts = {_path(each.uri): each.source for each in self.workspace.text_documents.values()}
        found = await asyncio.get_running_loop().run_in_executor(self._beside, self._remarks, path, texts)
        told = [self._diagnostic(document.source, path, remark) for remark in found]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told, document.version))

    def _failed(self, task: asyncio.Task[None]) -> None:
        """Tell of a mistake of our own, as pygls tells of those in answers."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.report_server_error(error, PyglsError)

    def _diagnostic(self, text: str, path: Path, remark: Remark) -> types.Diagnostic:
        problem = remark.problem
        here = problem.place.file == str(path)
        told = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        return types.Diagnostic(
            self._range(text, *spotted(text, problem.place if here else Place(str(path)))),
            told if here else f"{problem.place}: {told}",
            _SEVERITIES[remark.severity],
            problem.code,
            types.CodeDescription(f"{self._pages}/problems/{problem.code}") if self._pages else None,
            "yett",
        )

    def _place(self, params: _At) -> tuple[str, int, bool]:
        """Return the text, empty where it is neither open nor in a file, the offset in it, and whether it is a suite."""
        document, at = self.workspace.get_text_document(params.text_document.uri), params.position
        try:
            text = document.source
        except (OSError, UnicodeDecodeError):
            text = ""
        return text, offset_at(text, at.line, at.character, self._encoding()), self._is_suite(_path(document.uri))

    def _range(self, text: str, start: int, end: int) -> types.Range:
        one, other = (types.Position(*position_at(text, each, self._encoding())) for each in (start, end))
        return types.Range(one, other)

    def _encoding(self) -> str:
        agreed = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return types.PositionEncodingKind(agreed).value


def _path(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)
