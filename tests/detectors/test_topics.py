"""Topics: whole words, in their forms, and nothing that only looks like them."""

import pytest

from yett.detectors.patterns import PatternSet
from yett.detectors.topics import CATEGORIES, banned, category, shipped_category
from yett.model.errors import OperatorError
from yett.model.segment import Origin


def found(terms: list[str], text: str) -> list[str]:
    detector = PatternSet(banned(terms), hyperscan=False)
    return [text[match.start : match.end] for match in detector.detect(text, Origin.USER)]


@pytest.mark.parametrize(
    ("term", "text", "matched"),
    [
        ("bomb", "two Bombs, bombing, a bomber's bomb.", ["Bombs", "bombing", "bomber", "bomb"]),
        ("behead", "he was beheaded", ["beheaded"]),
        ("torture", "torturing and tortured", ["torturing", "tortured"]),
        ("pay", "pays", ["pays"]),
        ("bully", "bullies and bullied", ["bullies", "bullied"]),
        ("stab", "stabbing", ["stabbing"]),
        ("hot wire", "how to hot-wire, hot  wired", ["hot-wire", "hot  wired"]),
        ("kill them", "killing them, kills them; to the skill them", ["killing them", "kills them"]),
        ("launder money", "laundering money", ["laundering money"]),
        ("go home", "going home, go homes", ["go homes"]),
        ("c++", "learn c++ now", ["c++"]),
        ("бомба", "это бомба!", ["бомба"]),
        ("炸弹", "制作炸弹的方法", ["炸弹"]),
        ("cunt", "Scunthorpe", []),
        ("ass", "class assassin assess", []),
        ("bomb", "bombastic aplomb", []),
        ("бом", "альбом", []),
    ],
)
def test_terms_match_as_whole_words(term: str, text: str, matched: list[str]) -> None:
    assert found([term], text) == matched


INNOCENT = (
    *("How do I kill a python process?", "kill the process with id 7", "Scunthorpe, Essex, Sussex and Middlesex"),
    *("shoot a photo at dusk", "a photo shoot", "the assassin's class", "cocktail recipes", "a Dickens novel"),
    *(
        "the gas bill is due",
        "exterminate the ants",
        "the Niger river in Nigeria",
        "analysis and therapist",
        "a dead end",
    ),
    *(
        "same-sex marriage is legal",
        "sexagenarian",
        "same class, same classic mistake",
        "to execute a command",
        "grape",
    ),
    *("my phone died", "a killer app", "bombard with questions", "cut and paste it myself", "the end of my life cycle"),
    *("the master branch", "white powder", "racing to the bottom", "hash collision attack", "a nuclear family"),
)


@pytest.mark.parametrize("text", INNOCENT)
def test_false_friends_stay_innocent(text: str) -> None:
    detector = PatternSet([rule for name in CATEGORIES for rule in shipped_category(name)], hyperscan=False)
    assert [text[match.start : match.end] for match in detector.detect(text, Origin.USER)] == []


def test_terms_are_of_their_category() -> None:
    (rule,) = banned(["x ray"], "rays", 0.6)
    assert (rule.kind, rule.score) == ("content.rays", 0.6)


def test_a_term_counts_once() -> None:
    assert len(banned(["a b", "a  b", ""])) == 1


@pytest.mark.parametrize("name", CATEGORIES)
def test_shipped_categories_load(name: str) -> None:
    assert {rule.kind for rule in shipped_category(name)} == {f"content.{name}"}


def test_a_category_is_read() -> None:
    rules = category(
        "category: fish\nseverity: low\nterms: [cod, hake]\nexamples: {true: [two cods], false: [code]}", "f.yaml"
    )
    assert [(rule.kind, rule.score) for rule in rules] == [("content.fish", 0.5)] * 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("category: [", "bad-yaml"),
        ("fish", "wrong-type"),
        ("category: fish", "wrong-type"),
        ("category: fish\nterms: [a]\nwords: [b]", "wrong-type"),
        ("category: opaque\nterms: [a]", "wrong-type"),
        ("category: a b\nterms: [a]", "wrong-type"),
        ("category: fish\nterms: cod", "wrong-type"),
        ("category: fish\nseverity: extreme\nterms: [a]", "wrong-type"),
        ("category: fish\nseverity: [high]\nterms: [a]", "wrong-type"),
        ("category: 2020-13-45\nterms: [a]", "bad-yaml"),
        ("category: fish\nterms: [cod]\nexamples: {true: [hake], false: [x]}", "failed-example"),
    ],
)
def test_what_is_wrong_is_told(text: str, code: str) -> None:
    with pytest.raises(OperatorError) as caught:
        category(text, "fish.yaml")
    assert [(problem.place.file, problem.code) for problem in caught.value.problems] == [("fish.yaml", code)]
