"""`common-expression-language` is asked one program for each rule; one that has no value does not match."""

import sys
from collections.abc import Mapping
from types import ModuleType

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.cel_rust import CEL_RUST
from yett.adapters.peers.peer import Untold, Written, plain, written


class Program:
    """As much of a compiled expression as is asked of it."""

    def __init__(self, text: str) -> None:
        if text == "broken":
            raise ValueError("syntax error")
        self.text = text

    def execute(self, context: Mapping[str, object]) -> object:
        return context[self.text]


@pytest.fixture
def cel(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("cel")
    library.__dict__.update(compile=Program, Context=lambda variables: variables)
    monkeypatch.setitem(sys.modules, "cel", library)


@pytest.mark.usefixtures("cel")
def test_only_what_is_true_matches() -> None:
    with CEL_RUST.start(Written({0: "yes", 2: "no", 3: "word", 5: "missing"}, {})) as ready:
        assert ready.ask(ready.question({"yes": True, "no": False, "word": "true"})) == {0}


@pytest.mark.usefixtures("cel")
def test_a_rule_that_is_refused_is_untold() -> None:
    with pytest.raises(Untold, match="syntax error"), CEL_RUST.start(Written({0: "broken"}, {})):
        pass


def test_the_library_itself_agrees() -> None:
    pytest.importorskip("cel")
    rules = written(CEL_RUST, told.RULES, told.FACTS)
    with CEL_RUST.start(rules) as ready:
        answers = [ready.ask(ready.question(plain(facts, rules.fractions))) for facts in told.FACTS]
    assert answers == list(told.MATCHING)
