"""Names are made up, the same for the same number, whoever asks for them at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from yett.adapters.invention import people as module
from yett.adapters.invention.people import KINDS, People, people
from yett.guard.pseudonyms import Pseudonyms
from yett.model.obligation import Transform


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_number_gives_the_same_value_on_any_thread(kind: str) -> None:
    alone = [People()(kind, number) for number in range(40)]
    made = People()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda number: made(kind, number), range(40))) == alone
    assert len(set(alone)) > 20
    assert all(each and "\n" not in each for each in alone)


def test_other_kinds_are_not_made_up() -> None:
    assert People()("pii.email", 1) is None
    assert People()("secret.key", 1) is None


def test_a_name_stands_for_a_name() -> None:
    pseudonyms = Pseudonyms(inventor=people())
    made = pseudonyms.of("pii.person", "Jane Doe", Transform.SYNTHETIC)
    assert made.how is Transform.SYNTHETIC
    assert made.text not in {"Jane Doe", ""}
    assert made == pseudonyms.of("pii.person", "jane doe", Transform.SYNTHETIC)


def test_without_the_library_nobody_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert people() is None
