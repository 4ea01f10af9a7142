"""`yett policy lsp` is there at once, and needs its extra."""

import sys

import pytest

from tests.cli.conftest import Run


def test_it_says_what_it_speaks(yett: Run) -> None:
    code, out, _ = yett("policy", "lsp", "--help")
    assert code == 0
    assert "Language Server Protocol" in out


def test_without_the_library_it_says_what_to_install(yett: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "yett.doors.lsp.server", raising=False)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    code, out, err = yett("policy", "lsp")
    assert (code, out) == (2, "")
    assert "`pip install 'yett[lsp]'` [not-installed]" in err
