"""
How often letters follow one another: the table of `yett/guard/pairs.py`.

    python -m bench.detection.pairs

Counted are the innocent texts of `corpus/` that are written in Latin letters, in some thirty languages and folded as the
guard folds them, and, a third as heavy, what the standard library says of itself, in English.
"""

import ast
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yett.compose.corpora import read_corpus
from yett.guard.folding import Folding
from yett.guard.pairs import KINDS, STEP

CORPUS = Path(__file__).parent.parent.parent / "corpus"
LATIN = 0.9
ENGLISH = 1 / 3
TOTAL = 200_000
"""As many pairs are supposed to have been counted, and half a pair more of each kind."""


def counted(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return how often each letter, or what is none, follows each other one in *texts*."""
    kinds = np.array(KINDS)
    counts = np.zeros((27, 27))
    for text in texts:
        codes = kinds[np.frombuffer(f" {text} ".encode("ascii", "replace"), np.uint8)]
        np.add.at(counts, (codes[:-1], codes[1:]), 1)
    counts[0, 0] = 0
    return counts / counts.sum()


def said() -> list[str]:
    """Return what the modules of the standard library say of themselves."""
    texts = []
    for file in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        tree = ast.parse(file.read_bytes())
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        texts += [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented)]
    return texts


def main() -> None:
    """Print the table."""
    folding = Folding()
    folded = [folding.fold(each.text).text for each in read_corpus([CORPUS]) if not each.attack]
    latin = [text for text in folded if sum(map(str.isascii, text)) >= LATIN * len(text)]
    shares = counted(latin) + ENGLISH * counted(said())
    counts = shares / shares.sum() * TOTAL + 0.5
    counts[0, 0] = 0
    told = -np.log(counts / counts.sum(axis=1, keepdims=True) + 1e-9) / STEP
    told[0, 0] = 0
    for row in np.clip(np.rint(told), 0, 25).astype(int):
        print("".join(chr(ord("a") + level) for level in row))


if __name__ == "__main__":
    main()
