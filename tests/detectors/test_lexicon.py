"""Words that mean alike have one number, written as texts are read."""

import pytest

from yett.compose.training import shipped_lexicon
from yett.detectors.lexicon import read_lexicon


def test_entries_are_read_by_meaning() -> None:
    lexicon = read_lexicon("override: [ignore, forget*]\nrule: [règle, ignore]\n")
    assert lexicon.meanings == ("override", "rule")
    assert lexicon.entries == {"ignore": 1, "forget*": 1, "regle": 2}


@pytest.mark.parametrize(
    ("written", "read"), [("Ñandú", "nandu"), ("älä", "ala"), ("забудь", "забудь"), ("忽 略", "忽 略")]
)
def test_latin_letters_lose_their_accents(written: str, read: str) -> None:
    assert read_lexicon(f"a: [{written}]").entries == {read: 1}


def test_the_shipped_one_has_no_entry_too_long_to_be_found() -> None:
    entries = shipped_lexicon().entries
    assert len(entries) > 1000
    assert [entry for entry in entries if not entry or (entry.endswith("*") and " " in entry)] == []
