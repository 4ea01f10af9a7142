"""
RegoEvaluator: the program of the process in which Rego is evaluated.

    python -I rego_evaluator.py < lines of JSON > lines of JSON

Rules:

1. It stands alone: it imports nothing of Yett, is started without any environment, and ends with its input.
2. A failing built-in is an error, never undefined.
3. The first line says what to load, `{"modules": {name: text}, "paths": […]}`, and is answered by `{"calls": [[name,
   file, line, column], …], "captured": [[file, line, column], …]}`, by `{"wrong": …}` or by `{"missing": …}`. Each
   further line `{"id": …, "path": …, "input": …}` is answered by `{"id": …, "told": …}`, which is true, false,
   `undefined`, `not-boolean` or `failed`.
4. Nothing but answers goes to where answers go: what rules and libraries print is thrown away.
"""

import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO, TypedDict

if TYPE_CHECKING:
    import regopy

__all__ = ["IDLE", "calls", "captured", "main", "serve"]

IDLE = 60
"""Seconds after which a process that nobody asks ends; one that is needed again is started again."""
_TRUE = {"type": "bool", "value": True}


class _Body(TypedDict, total=False):
    """What we read of a statement in a plan (https://www.openpolicyagent.org/docs/ir)."""

    file: int
    row: int
    col: int
    func: str
    a: object
    source: object
    target: int


class _Statement(TypedDict):
    type: str
    stmt: _Body


class _Plan(TypedDict):
    static: dict[str, list[dict[str, str]]]
    """Under `files`, what each is called, as `value`."""
    funcs: dict[str, list[dict[str, str]]]
    """Under `funcs`, the functions, each with its `name`."""
    plans: object


class _Question(TypedDict):
    id: int
    path: str
    input: object


def main() -> None:
    """Serve standard input until it ends."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        _volunteer()
        serve(sys.stdin, answers)


def serve(lines: Iterable[str], answers: TextIO) -> None:
    """Load what the first of *lines* says, and answer the others."""
    lines = iter(lines)
    try:
        import regopy  # noqa: PLC0415 - where it is missing, that is the answer
    except (ImportError, OSError):
        _tell(answers, {"missing": "regopy"})
        return
    load = json.loads(next(lines))
    interpreter = regopy.Interpreter()
    interpreter.strict_built_in_errors = True
    try:
        for name, text in load["modules"].items():
            interpreter.add_module(name, text)
        bundle = interpreter.build(None, load["paths"])
        plan = _plan(interpreter, bundle)
    except regopy.RegoError as error:
        _tell(answers, {"wrong": str(error)})
        return
    _tell(answers, {"calls": list(calls(plan)), "captured": list(captured(plan))})
    _wait()
    for line in lines:
        question: _Question = json.loads(line)
        _tell(answers, {"id": question["id"], "told": _told(interpreter, bundle, question)})
        _wait()


def calls(plan: _Plan) -> Iterator[tuple[str, str, int, int]]:
    """Find what *plan* calls and does not define itself, and where."""
    own = {each["name"] for each in plan["funcs"]["funcs"]}
    for block in _blocks((plan["funcs"], plan["plans"])):
        for each in block:
            if each["type"] == "CallStmt" and each["stmt"]["func"] not in own:
                yield each["stmt"]["func"], *_place(plan, each["stmt"])


def captured(plan: _Plan) -> Iterator[tuple[str, int, int]]:
    """
    Find where *plan* takes a comparison within an expression for a condition of its own.

    rego-cpp 1.5 ends a rule at `1 == 2` in `true in [1 == 2, true]`, where Rego goes on with `false`.
    """
    for block in _blocks((plan["funcs"], plan["plans"])):
        for first, second, *third in _neighbours(block):
            stored = second["type"] == "AssignVarStmt" and second["stmt"].get("source") == _TRUE
            same = stored and second["stmt"].get("col") == first["stmt"].get("col")
            target = {"type": "local", "value": second["stmt"].get("target")}
            tested = third and third[0]["type"] == "NotEqualStmt" and third[0]["stmt"]["a"] == target
            if first["type"] == "EqualStmt" and same and not tested:
                yield _place(plan, first["stmt"])


def _neighbours(block: list[_Statement]) -> Iterator[list[_Statement]]:
    return (block[at : at + 3] for at in range(len(block) - 1))


def _place(plan: _Plan, where: _Body) -> tuple[str, int, int]:
    files = plan["static"]["files"]
    return (files[where["file"]]["value"], where["row"] + 1, where["col"] + 1) if "file" in where else ("", 0, 0)


def _blocks(tree: object) -> Iterator[list[_Statement]]:
    if isinstance(tree, dict):
        if "stmts" in tree:
            yield tree["stmts"]
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for each in tree:
            yield from _blocks(each)


def _plan(interpreter: "regopy.Interpreter", bundle: "regopy.Bundle") -> _Plan:
    with TemporaryDirectory() as folder:
        interpreter.save_bundle(folder, bundle)
        plan: _Plan = json.loads((Path(folder) / "plan.json").read_text("utf-8"))
        return plan


def _told(interpreter: "regopy.Interpreter", bundle: "regopy.Bundle", question: _Question) -> object:
    interpreter.set_input(question["input"])
    try:
        output = interpreter.query_bundle_entrypoint(bundle, question["path"])
    except ValueError:  # what it says of some errors cannot be read by itself
        return "failed"
    if not output.ok():
        return "failed"
    found = [value for result in output.results for value in result.expressions]
    if not found:
        return "undefined"
    return found[0] if isinstance(found[0], bool) else "not-boolean"


def _tell(answers: TextIO, told: Mapping[str, object]) -> None:
    answers.write(json.dumps(told) + "\n")
    answers.flush()


def _volunteer() -> None:
    """Be the one that goes when the system, where it is Linux, runs out of memory."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def _wait() -> None:
    """End, unless a question comes and is answered soon."""
    if hasattr(signal, "alarm"):
        signal.alarm(IDLE)


if __name__ == "__main__":
    main()
