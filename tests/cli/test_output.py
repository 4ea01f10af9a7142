"""Output is safe for terminals and complete for machines."""

import io
import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.cli import output
from yett.cli.output import print_json, print_problems, print_table, visible
from yett.model.errors import Place, Problem
from yett.services.shapes import problem_shape

PROBLEM = Problem(Place("f.yaml", 3, 0), "some-code", "is \x1b[31mwrong", "a cure")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 漢字", "plain ünïcode 漢字"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("\u202eback", "<U+202E>back"),
        ("\udc80", "<U+DC80>"),
    ],
)
def test_what_nobody_sees_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def drives_no_terminal(show: Callable[[str], str], text: str) -> None:
    shown = show(text)
    assert all(char.isprintable() or char in "\n\t" for char in shown)
    shown.encode()


@given(st.text())
def test_what_is_shown_drives_no_terminal(text: str) -> None:
    drives_no_terminal(visible, text)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "\u202e"])
def test_the_check_notices_output_that_is_passed_on_raw(text: str) -> None:
    with pytest.raises(AssertionError):
        drives_no_terminal(str, text)


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": "ü\u200b\udc80"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"text": "ü\u200b\udc80"}


def test_a_table_has_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "LONGER"), [("1", "x"), ("1234", "\x1b")])
    assert capsys.readouterr().out == "A     LONGER\n1     x\n1234  \\x1b\n"


def test_a_table_on_a_terminal_has_a_frame(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True, raising=False)
    print_table(("A",), [("[bold]1",)])
    out = capsys.readouterr().out
    assert "─" in out
    assert "[bold]1" in out


def test_problems_go_where_errors_go(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([PROBLEM])
    out, err = capsys.readouterr()
    assert (out, err) == ("", "f.yaml:3: is \\x1b[31mwrong; a cure [some-code]\n")


def test_problems_as_json_go_where_results_go(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([PROBLEM], as_json=True)
    assert json.loads(capsys.readouterr().out) == {"problems": [problem_shape(PROBLEM)]}
    assert problem_shape(PROBLEM)["column"] is None


def test_output_goes_to_whatever_standard_output_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    print_table(("A",), [])
    assert stream.getvalue() == "A\n"
