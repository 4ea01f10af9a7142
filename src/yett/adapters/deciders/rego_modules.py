"""
RegoModules: files of Rego, looked at before anything is decided by them.

Rules:

1. What they call is on the list or is refused: a built-in that is not there would be undefined, and one that asks the
   clock, chance, the network or the process would make decisions that cannot be repeated, or tell what is secret.
2. What the engine would read otherwise than Rego means it is refused, with its place.
3. They are looked at in a process of their own, in which they are evaluated later, so that nothing that is wrong with
   them is wrong with the gateway.
"""

import json
import re
import subprocess  # nosec B404
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from yett.model.errors import OperatorError, Place, Problem

__all__ = ["ALLOWED", "COMMAND", "START", "checked", "loading"]

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("rego_evaluator.py")))
"""What evaluates; it is to be started without any environment."""
START = 30.0
"""Seconds that a process may take to begin and to compile the rules."""
_PATIENCE = START / 3
"""Seconds that it may take when the rules are looked at: whatever is taken then begins later, on a busy machine, too."""

_WORDS = """
    and or minus plus mul div rem abs ceil floor round numbers.range numbers.range_step
    equal neq lt lte gt gte eq assign
    count sum product max min sort
    array.concat array.flatten array.reverse array.slice internal.member_2 internal.member_3
    intersection union
    object.filter object.get object.keys object.remove object.subset object.union object.union_n json.filter json.remove
    concat contains endswith format_int indexof indexof_n lower replace split sprintf startswith
    strings.any_prefix_match strings.any_suffix_match strings.count strings.replace_n strings.reverse substring
    trim trim_left trim_prefix trim_right trim_space trim_suffix upper
    regex.find_n regex.find_all_string_submatch_n regex.is_valid regex.match regex.replace regex.split glob.match
    glob.quote_meta
    bits.and bits.lsh bits.negate bits.or bits.rsh bits.xor
    to_number units.parse units.parse_bytes
    is_array is_boolean is_null is_number is_object is_set is_string type_name
    base64.decode base64.encode base64.is_valid base64url.decode base64url.encode base64url.encode_no_pad
    hex.decode hex.encode json.is_valid json.marshal json.unmarshal urlquery.decode urlquery.decode_object
    urlquery.encode urlquery.encode_object yaml.is_valid yaml.marshal yaml.unmarshal
    crypto.hmac.equal crypto.hmac.sha256 crypto.hmac.sha512 crypto.sha256
    semver.compare semver.is_valid
    time.add_date time.clock time.date time.diff time.format time.parse_duration_ns time.parse_ns
    time.parse_rfc3339_ns time.weekday
    graph.reachable graph.reachable_paths walk
"""
ALLOWED = frozenset(_WORDS.split())
"""Built-ins whose answers follow from what they are given alone."""
_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "time.now_ns": "ask `input.request.date` or `input.request.hour`, which are recorded",
        "internal.print": "take `print` out",
        "opa.runtime": "what a rule may know stands in `input`",
        "http.send": "what a rule may know stands in `input`",
    },
)
_WRONG = re.compile(r"\(error (?:\d+:([^|\n]*)\|(\d+)\|\d+)?[^(]*\(errormsg \d+:([^)]*)\)")


def loading(modules: Mapping[str, str], paths: Sequence[str]) -> bytes:
    """Say in a line that *modules*, by name, are to be loaded, to be asked about *paths*."""
    return json.dumps({"modules": dict(modules), "paths": list(paths)}).encode() + b"\n"


def checked(modules: Mapping[str, str], paths: Sequence[str]) -> None:
    """
    Look at *modules*, the texts of files by name, that are to be asked about *paths*.

    Raises:
        OperatorError: they are no Rego, or call what they may not; it carries every problem.
    """
    first = Place(next(iter(modules)))
    try:
        run = subprocess.run(  # noqa: S603 - our own program  # nosec B603
            COMMAND, input=loading(modules, paths), capture_output=True, env={}, timeout=_PATIENCE, check=False
        )
        told = json.loads(run.stdout or b"null")
    except subprocess.TimeoutExpired:
        message = f"the rules take longer than {_PATIENCE:g} seconds to compile"
        hint = "write fewer, or nest them less; tables of data belong into `policies.files`"
        raise OperatorError(Problem(first, "bad-rego", message, hint)) from None
    except ValueError:
        told = None
    if told is None:
        raise OperatorError(Problem(first, "bad-rego", "the rules cannot be compiled", "try them with `opa check`"))
    if "missing" in told:
        message, hint = "evaluating Rego needs regopy", "`pip install 'yett[rego]'`"
        raise OperatorError(Problem(first, "not-installed", message, hint))
    problems = tuple(_problems(told, modules, first))
    if problems:
        raise OperatorError(*problems)


def _problems(told: Mapping[str, object], modules: Mapping[str, str], first: Place) -> Iterator[Problem]:
    if "wrong" in told:
        yield from _wrong(str(told["wrong"]), modules, first)
        return
    calls, captured = told["calls"], told["captured"]
    for name, *where in calls if isinstance(calls, list) else ():
        if name not in ALLOWED:
            hint = _INSTEAD.get(name, "the reference lists what may be called")
            yield Problem(_place(where, first), "rego-call", f"`{name}` may not be called", hint)
    for where in captured if isinstance(captured, list) else ():
        message = "a comparison within an expression would be taken for a condition of its own"
        hint = "give it a name first: `same := a == b`, and write `same` here"
        yield Problem(_place(where, first), "rego-comparison", message, hint)


def _wrong(said: str, modules: Mapping[str, str], first: Place) -> Iterator[Problem]:
    found: dict[str, tuple[str, str]] = {}
    for name, at, message in _WRONG.findall(said):
        found.setdefault(name, (at, message))  # what comes after the first follows from it
    for name, (at, message) in found.items():
        place = _counted(name, modules[name], int(at)) if name in modules else first
        yield Problem(place, "bad-rego", f"is no Rego: {message.strip().lower()}", "try it with `opa check`")
    if not found:
        yield Problem(first, "bad-rego", "the rules cannot be compiled", "try them with `opa check`")


def _counted(name: str, text: str, at: int) -> Place:
    before = text.encode()[:at].decode("utf-8", "ignore")
    return Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _place(where: Sequence[object], first: Place) -> Place:
    name, line, column = where
    return Place(str(name), int(str(line)), int(str(column))) if name else first
