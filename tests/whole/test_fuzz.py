"""What is fuzzed at length keeps its promises for the inputs that fuzzing begins with, and a broken promise is noticed."""

from collections.abc import Callable

import pytest

from fuzz import targets
from fuzz.__main__ import NAMES
from fuzz.targets import SEEDS, TARGETS
from yett.dialects import contexts
from yett.guard.detection import Detection
from yett.guard.readings import Reading
from yett.policy import likeness

SEEDED = [
    pytest.param(name, seed, id=f"{name}-{number}")
    for name in NAMES
    for number, seed in enumerate(SEEDS[name]())
    if name != "cost"
]


@pytest.mark.parametrize(("name", "seed"), SEEDED)
def test_promises_are_kept(name: str, seed: bytes) -> None:
    TARGETS[name](seed)


def test_a_text_is_judged_at_length() -> None:
    targets._judged("eht a1 %41 " * 6000, *targets._ASKED[0])


def test_every_target_is_named_and_seeded() -> None:
    assert set(NAMES) == set(TARGETS) == set(SEEDS)


@pytest.mark.parametrize("name", [each for each in NAMES if each != "cost"])
def test_nothing_at_all_is_an_input_too(name: str) -> None:
    TARGETS[name](b"")


def spans_moved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reading, "at_home", False)
    patch.setattr(Reading, "home", lambda self, start, end: (start + 9999, end + 9999))


def released_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Detection, "hold", lambda self, text, *_: len(text))


def documents_taken_as_they_come(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(contexts, "_listed", lambda context: context)


def read_alike_in_any_case(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(likeness, "read_documents", lambda text, file, problems: ())


CONTEXT = b'\0{"model": "m", "messages": [{"role": "user", "content": "a"}], "context": [null]}'


@pytest.mark.parametrize(
    ("name", "fault", "data"),
    [
        ("guard", spans_moved, b"\0Not seen before. " + SEEDS["guard"]()[0]),
        ("streams", released_at_once, SEEDS["streams"]()[1]),
        ("dialects", documents_taken_as_they_come, CONTEXT),
        ("policies", read_alike_in_any_case, SEEDS["policies"]()[0]),
    ],
)
def test_a_broken_promise_is_noticed(
    name: str, fault: Callable[[pytest.MonkeyPatch], None], data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    monkeypatch.setattr(Detection, "_kept", lambda self, key, seen: seen)
    with pytest.raises((AssertionError, TypeError)):
        TARGETS[name](data)
