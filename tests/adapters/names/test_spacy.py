"""Names, found by a real spaCy pipeline: a blank one with rules for a few entities."""

from pathlib import Path

import pytest

from yett.adapters.names.spacy import Names, load_names
from yett.model.errors import OperatorError
from yett.model.segment import Origin

spacy = pytest.importorskip("spacy")
ENTITIES = {"PERSON": "Ann Lee", "GPE": "Oslo", "ORG": "Acme Corp", "ADDRESS": "5 High Street", "DATE": "Monday"}
TEXT = "On Monday Ann Lee of Acme Corp moved to 5 High Street in Oslo."
KINDS = ["pii.person", "pii.organisation", "pii.address", "pii.location"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": text} for label, text in ENTITIES.items()])
    place = tmp_path_factory.mktemp("pipeline")
    pipeline.to_disk(place)
    return place


@pytest.fixture(scope="module")
def names(folder: Path) -> Names:
    return load_names(str(folder))


def test_people_organisations_addresses_and_places_are_found_where_they_stand(names: Names) -> None:
    found = names.detect(TEXT, Origin.USER)
    assert [match.kind for match in found] == KINDS
    assert [TEXT[match.start : match.end] for match in found] == ["Ann Lee", "Acme Corp", "5 High Street", "Oslo"]


def test_positions_count_in_the_whole_of_a_long_text(names: Names) -> None:
    text = "word " * 3000 + TEXT + " word" * 3000 + TEXT
    found = names.detect(text, Origin.DOCUMENT)
    assert [text[match.start : match.end] for match in found] == ["Ann Lee", "Acme Corp", "5 High Street", "Oslo"] * 2
    assert names.detect("x" * 20_000, Origin.USER) == []


def test_only_what_is_wanted_is_reported(folder: Path) -> None:
    found = load_names(str(folder), score=0.6, wanted=["pii.person"]).detect(TEXT, Origin.TOOL)
    assert [(match.kind, match.score, match.rule) for match in found] == [("pii.person", 0.6, "PERSON")]


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.OPERATOR, Origin.DEFINITION])
def test_answers_and_the_operators_own_texts_are_not_read_and_wait_for_nothing(names: Names, origin: Origin) -> None:
    assert names.detect(TEXT, origin) == []
    assert names.hold(TEXT, origin) == len(TEXT)


def test_what_is_read_is_read_whole(names: Names) -> None:
    assert names.hold(TEXT, Origin.USER, 3) == 3


def test_revisions_tell_settings_apart(folder: Path, names: Names) -> None:
    assert load_names(str(folder)).revision == names.revision
    assert load_names(str(folder), score=0.5).revision != names.revision


def test_a_pipeline_that_is_not_there_is_told_with_its_cure() -> None:
    with pytest.raises(OperatorError, match="no spaCy pipeline `no_such_pipeline`") as caught:
        load_names("no_such_pipeline")
    assert "spacy download" in caught.value.problems[0].hint
