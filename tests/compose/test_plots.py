"""Curves become pictures."""

import sys
from pathlib import Path

import numpy as np
import pytest

from yett.compose.plots import draw_curves, draw_learning
from yett.model.errors import OperatorError

SCORES, ATTACK = np.array([0.1, 0.4, 0.8, 0.9]), np.array([False, True, False, True])


def test_curves_become_pictures(tmp_path: Path) -> None:
    drawn = (*draw_curves(tmp_path, SCORES, ATTACK), draw_learning(tmp_path, [10, 100], [0.2, 0.5]))
    assert [file.name for file in drawn] == ["roc.png", "precision-recall.png", "learning.png"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in drawn)


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(OperatorError, match=r"pip install 'yett\[train\]'"):
        draw_curves(tmp_path, SCORES, ATTACK)
