"""A classifier that was really trained, once for all tests that need one."""

from functools import cache

from tests.learning.lessons import corpus
from yett.compose.training import Trained, train

__all__ = ["trained"]


@cache
def trained() -> Trained:
    """Return a classifier that fears missiles."""
    return train(corpus(20), folds=2)
