"""`cel-python` is asked one program for each rule; one that has no value does not match."""

import sys
from collections.abc import Mapping
from types import ModuleType

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.cel_python import CEL_PYTHON
from yett.adapters.peers.peer import Untold, Written, plain, written


class ParseError(Exception):
    """As the library's."""


class EvalError(Exception):
    """As the library's."""


class Program:
    """As much of a program as is asked of it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def evaluate(self, context: Mapping[str, object]) -> object:
        if self.text not in context:
            raise EvalError(self.text)
        return context[self.text]


class Environment:
    """As the library's: what is compiled becomes a program."""

    def compile(self, text: str) -> str:
        if text == "broken":
            raise ParseError("broken")
        return text

    def program(self, text: str) -> Program:
        return Program(text)


@pytest.fixture
def celpy(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("celpy")
    names = {"Environment": Environment, "CELParseError": ParseError, "CELEvalError": EvalError}
    library.__dict__.update(names, json_to_cel=dict)
    monkeypatch.setitem(sys.modules, "celpy", library)


@pytest.mark.usefixtures("celpy")
def test_only_what_is_true_matches() -> None:
    with CEL_PYTHON.start(Written({0: "yes", 2: "no", 5: "missing"}, {})) as ready:
        assert ready.ask(ready.question({"yes": True, "no": False})) == {0}


@pytest.mark.usefixtures("celpy")
def test_a_rule_that_is_refused_is_untold() -> None:
    with pytest.raises(Untold, match="broken"), CEL_PYTHON.start(Written({0: "broken"}, {})):
        pass


def test_the_library_itself_agrees() -> None:
    pytest.importorskip("celpy")
    rules = written(CEL_PYTHON, told.RULES, told.FACTS)
    with CEL_PYTHON.start(rules) as ready:
        answers = [ready.ask(ready.question(plain(facts, rules.fractions))) for facts in told.FACTS]
    assert answers == list(told.MATCHING)
