"""The words by which letters are parted are words, each once."""

from yett.guard.vocabulary import VOCABULARY


def test_every_word_is_of_small_letters_and_stands_once() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in VOCABULARY)
    assert len(set(VOCABULARY)) == len(VOCABULARY)


def test_the_most_frequent_stand_first() -> None:
    assert VOCABULARY.index("the") < VOCABULARY.index("ignore") < VOCABULARY.index("jailbreak")
