"""No source has more to say than others, and none says a thing twice."""

from collections import Counter

from yett.learning.example import Example
from yett.learning.sampling import sampled

CORPUS = [
    Example(f"{source}{index % 30}", attack=index % 2 == 0, source=source) for source in "ab" for index in range(90)
]


def test_a_source_gives_so_many_of_each_label() -> None:
    assert Counter((each.source, each.attack) for each in sampled(CORPUS, 10)) == {
        ("a", True): 10,
        ("a", False): 10,
        ("b", True): 10,
        ("b", False): 10,
    }


def test_each_text_is_taken_once() -> None:
    texts = [each.text for each in sampled(CORPUS, 1000)]
    assert len(texts) == len(set(texts)) == 60


def test_chance_has_a_seed() -> None:
    assert sampled(CORPUS, 5, 1) == sampled(CORPUS, 5, 1) != sampled(CORPUS, 5, 2)
