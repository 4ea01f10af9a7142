"""An editor speaks to the server over real pipes, in frames that are written by hand."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

WRONG = """\
metadata: {id: house}
rules:
  - {id: "🚪e\u0301", condition: {operator: gt, field: llm.estimatedCosts, value: 1}, action: {decision: deny}}
"""
AT = WRONG.splitlines()[2].index("llm.") + 1
"""Where the field is: the door is two units of UTF-16, an accent that is combined is one."""
RIGHT = WRONG.replace("Costs", "Cost")


class Editor:
    """Frames and counts messages, and keeps what the server says on its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.asked = 0
        self.told: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await self.process.stdin.drain()

    async def message(self) -> dict[str, Any]:
        assert self.process.stdout
        head = await self.process.stdout.readuntil(b"\r\n\r\n")
        length = int(next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")).split(b":")[1])
        message: dict[str, Any] = json.loads(await self.process.stdout.readexactly(length))
        return message

    async def ask(self, method: str, **params: Any) -> Any:
        self.asked += 1
        await self.send(id=self.asked, method=method, params=params or None)
        while (answer := await self.message()).get("id") != self.asked:
            self.told.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    async def say(self, method: str, **params: Any) -> None:
        await self.send(method=method, params=params)

    async def diagnosed(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """Wait for what is told about *uri*, in that version where one is given."""
        while True:
            told = self.told.pop(0) if self.told else await self.message()
            params = told.get("params", {})
            if told.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                assert version is None or params.get("version") == version
                return params["diagnostics"]

    async def open(self, file: Path, text: str) -> str:
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        await self.say("textDocument/didOpen", textDocument=document)
        return file.as_uri()

    async def change(self, uri: str, version: int, text: str) -> None:
        await self.say(
            "textDocument/didChange", textDocument={"uri": uri, "version": version}, contentChanges=[{"text": text}]
        )


YETT = ("-m", "yett", "policy", "lsp")
OTHER = (
    "-c",
    """
import time

from yett.doors.lsp.server import serve
from yett.model.errors import Place, Problem
from yett.services.remarks import Remark, Severity

def remarks(path, texts):
    while texts[path] == "endless":
        (path.parent / "begun").touch()
        time.sleep(0.1)
    if texts[path] == "broken":
        raise LookupError("a mistake of ours")
    return [Remark(Problem(Place(str(path), 1, 1), each.value, "x"), each) for each in Severity]

serve(remarks, lambda path: False, "1", "https://docs.example.org")
""",
)
"""A server that always says the same, falls over one text, and never ends over another."""


@asynccontextmanager
async def editing(command: tuple[str, ...] = YETT, encodings: tuple[str, ...] = ()) -> AsyncIterator[Editor]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    editor = Editor(process)
    general = {"positionEncodings": list(encodings)} if encodings else {}
    try:
        told = await editor.ask("initialize", processId=None, rootUri=None, capabilities={"general": general})
        assert told["serverInfo"]["name"] == "yett"
        await editor.say("initialized")
        yield editor
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def leave(editor: Editor) -> int:
    assert await editor.ask("shutdown") is None
    await editor.say("exit")
    return await editor.process.wait()


async def test_an_editor_hears_what_is_wrong_completes_hovers_and_leaves(tmp_path: Path) -> None:
    async with asyncio.timeout(60), editing() as editor:
        uri = await editor.open(tmp_path / "house.yaml", WRONG)
        (wrong,) = await editor.diagnosed(uri, 1)
        assert (wrong["code"], wrong["severity"], wrong["source"]) == ("unknown-field", 1, "yett")
        assert wrong["message"] == "unknown field `llm.estimatedCosts`; did you mean `llm.estimatedCost`?"
        assert wrong["range"] == {"start": {"line": 2, "character": AT}, "end": {"line": 2, "character": AT + 18}}

        await editor.change(uri, 2, RIGHT[:-5])  # nobody stops here, so nobody hears of it
        await editor.change(uri, 3, RIGHT)
        assert await editor.diagnosed(uri, 3) == []

        document = {"uri": uri}
        at = {"line": 2, "character": AT + 10}
        items = await editor.ask("textDocument/completion", textDocument=document, position=at)
        cost = next(item for item in items if item["label"] == "llm.estimatedCost")
        assert cost["textEdit"]["newText"] == "llm.estimatedCost"
        assert cost["textEdit"]["range"]["start"] == {"line": 2, "character": AT}
        assert "US dollars" in cost["documentation"]["value"]

        keys = await editor.ask("textDocument/completion", textDocument=document, position={"line": 3, "character": 0})
        assert {item["textEdit"]["newText"] for item in keys} >= {"tests: ", "status: "}

        hover = await editor.ask("textDocument/hover", textDocument=document, position=at)
        assert "number, counted in US dollars" in hover["contents"]["value"]
        assert (
            await editor.ask("textDocument/hover", textDocument=document, position={"line": 90, "character": 9}) is None
        )
        assert await leave(editor) == 0


async def test_saving_one_text_looks_at_the_others_and_closing_forgets(tmp_path: Path) -> None:
    policy, suite = tmp_path / "house.yaml", tmp_path / "house_test.yaml"
    policy.write_text(WRONG, encoding="utf-8")
    tests = "tests:\n  - given: {llm.estimatedCost: 2}\n    expect: {effect: deny}\n"
    async with asyncio.timeout(60), editing() as editor:
        about = await editor.open(suite, tests)
        (elsewhere,) = await editor.diagnosed(about)
        assert elsewhere["message"].startswith(f"{policy}:3:{AT}: unknown field")
        assert elsewhere["range"]["start"] == {"line": 0, "character": 0}

        uri = await editor.open(policy, RIGHT)  # not saved, and yet the suite is tried with it
        assert await editor.diagnosed(uri) == []
        await editor.say("textDocument/didSave", textDocument={"uri": uri})
        assert await editor.diagnosed(about) == []

        await editor.say("textDocument/didClose", textDocument={"uri": uri})
        assert await editor.diagnosed(uri) == []
        assert await leave(editor) == 0


async def test_columns_are_counted_as_was_agreed_and_who_leaves_without_goodbye_hears_so(tmp_path: Path) -> None:
    async with asyncio.timeout(60), editing(encodings=("utf-32", "utf-16")) as editor:
        uri = await editor.open(tmp_path / "house.yaml", WRONG)
        (unknown,) = await editor.diagnosed(uri)
        assert unknown["range"]["start"] == {"line": 2, "character": AT - 1}
        await editor.say("exit")
        assert await editor.process.wait() == 1


async def test_each_severity_and_page_is_told_and_a_mistake_of_ours_is_shown_and_survived(tmp_path: Path) -> None:
    async with asyncio.timeout(60), editing(OTHER) as editor:
        uri = await editor.open(tmp_path / "house.yaml", "broken")
        shown = await editor.message()
        assert (shown["method"], shown["params"]["type"]) == ("window/showMessage", 1)
        assert "a mistake of ours" in shown["params"]["message"]

        await editor.change(uri, 2, "whole")
        told = await editor.diagnosed(uri, 2)
        assert [(each["code"], each["severity"]) for each in told] == [("error", 1), ("warning", 2), ("note", 3)]
        assert told[0]["codeDescription"] == {"href": "https://docs.example.org/problems/error"}
        assert await leave(editor) == 0


async def test_a_text_that_is_neither_open_nor_in_a_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff")
    async with asyncio.timeout(60), editing(OTHER) as editor:
        for name in ("gone.yaml", "binary.yaml"):
            document, at = {"uri": (tmp_path / name).as_uri()}, {"line": 3, "character": 5}
            assert await editor.ask("textDocument/hover", textDocument=document, position=at) is None


@pytest.mark.parametrize("goodbye", [True, False])
async def test_it_leaves_with_its_editor_whatever_it_is_looking_at(tmp_path: Path, *, goodbye: bool) -> None:
    async with asyncio.timeout(60), editing(OTHER) as editor:
        await editor.open(tmp_path / "house.yaml", "endless")
        while not (tmp_path / "begun").exists():  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.01)
        if goodbye:
            assert await leave(editor) == 0
        else:
            assert editor.process.stdin
            editor.process.stdin.close()
            assert await editor.process.wait() == 1


async def test_whoever_interrupts_it_need_not_close_its_input() -> None:
    async with asyncio.timeout(60), editing(OTHER) as editor:
        editor.process.send_signal(signal.SIGINT)
        assert await editor.process.wait() == -signal.SIGINT
