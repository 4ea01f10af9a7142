"""Examples written by rule: every hole is filled, no two are alike, and chance has a seed."""

from importlib.resources import files

import pytest
import yaml

from yett.learning.phrases import phrases, read_grammar
from yett.model.segment import Origin

DATA = {
    "source": "authored_x",
    "label": "injection",
    "slots": {"who": ["you", "they {now|then}"], "what": [1, 2, 3]},
    "texts": [{"kind": "a_tool", "lines": ["{who} count {what}", '{{"n": {what}}}']}],
}


def shipped(name: str) -> object:
    return yaml.safe_load((files("yett.learning") / "data" / f"{name}.yaml").read_text("utf-8"))


def test_holes_are_filled() -> None:
    made = {example.text.lower() for example in phrases(read_grammar(DATA), 100)}
    counting = {f"{who} count {what}" for who in ("you", "they now", "they then") for what in (1, 2, 3)}
    assert made == counting | {f'{{"n": {what}}}' for what in (1, 2, 3)}


def test_what_is_made_is_labelled() -> None:
    example = phrases(read_grammar(DATA), 1)[0]
    assert (example.attack, example.source, example.kind, example.origin) == (True, "authored_x", "a_tool", Origin.TOOL)


def test_chance_has_a_seed() -> None:
    grammar = read_grammar(shipped("innocents"))
    assert phrases(grammar, 20, 1) == phrases(grammar, 20, 1) != phrases(grammar, 20, 2)


@pytest.mark.parametrize(
    "data", [None, {}, DATA | {"slots": []}, DATA | {"texts": [{"kind": "a", "lines": ["{nobody}"]}]}]
)
def test_what_is_no_grammar_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="has no"):
        read_grammar(data)


@pytest.mark.parametrize(("name", "attack"), [("innocents", False), ("assaults", True)])
def test_the_shipped_ones_make_texts_without_holes(name: str, attack: bool) -> None:
    made = phrases(read_grammar(shipped(name)), 1000)
    assert len(made) == 1000
    assert {example.attack for example in made} == {attack}
    assert [example.text for example in made if "{" in example.text and '"' not in example.text] == []
