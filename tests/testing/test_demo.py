"""The demonstration shows what it says: each scene meets the real gateway, and a table tells what became of it."""

import io
from collections.abc import Mapping
from functools import partial

import pytest
from openai import AsyncOpenAI
from rich.console import Console

from tests.whole import gate
from yett.compose import snapshot
from yett.testing import demo
from yett.testing.demo import SCENES, Outcome, Scene, play
from yett.testing.provider import Provider, answer

KEY, CARD, ORDER = demo._KEY, demo._CARD, demo._ORDER
DECISIONS = {
    "a question": "allow",
    "an injection": "deny",
    "the same in base64": "deny",
    "a shell command": "deny",
    "invisible characters": "sanitize",
    "a card and a key": "sanitize",
    "an order in a document": "sanitize",
    "a stream that spells a secret": "sanitize",
}


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Outcome]:
    """Play every scene once, and return what became of each."""
    shown: list[tuple[Scene, Outcome]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "configured_detectors", gate._detectors)
        patch.setattr(demo, "_show", shown.extend)
        demo.main()
    assert [scene for scene, _ in shown] == list(SCENES)
    return {scene.title: outcome for scene, outcome in shown}


def test_every_scene_has_a_title_of_its_own_and_an_expected_end() -> None:
    assert [scene.title for scene in SCENES] == list(DECISIONS)


@pytest.mark.parametrize(("title", "decision"), DECISIONS.items())
def test_each_scene_ends_as_it_should_and_says_why(outcomes: Mapping[str, Outcome], title: str, decision: str) -> None:
    outcome = outcomes[title]
    assert outcome.decision == decision
    assert (outcome.received == "nothing") is (decision == "deny")
    assert bool(outcome.why) is (decision != "allow")


@pytest.mark.parametrize(
    ("title", "received"),
    [
        ("a question", "What is a yett, and why is it made of iron?"),
        ("invisible characters", "Summarise this letter, please."),
        ("a card and a key", "My card is **** **** **** 1111 and my key is [OPENAI_KEY], is that safe?"),
        (
            "a stream that spells a secret",
            "Once upon a time somebody said: [OPENAI_KEY] and lived happily ever after.",
        ),
    ],
)
def test_what_the_model_received_is_told_to_the_letter(
    outcomes: Mapping[str, Outcome], title: str, received: str
) -> None:
    assert outcomes[title].received == received


def test_of_the_documents_only_the_innocent_one_reaches_the_model(outcomes: Mapping[str, Outcome]) -> None:
    received = outcomes["an order in a document"].received
    assert "We are open from nine to five." in received
    assert "What do the documents say about opening hours?" in received
    assert ORDER not in received
    assert "evil@example.com" not in received


def test_no_secret_comes_through_anywhere(outcomes: Mapping[str, Outcome]) -> None:
    told = "\n".join(f"{outcome.why} {outcome.received}" for outcome in outcomes.values())
    assert [secret for secret in (KEY, CARD, KEY[8:24], ORDER) if secret in told] == []


async def test_without_a_gateway_the_same_scene_shows_the_secret() -> None:
    said = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
    choices = [{"index": 0, "message": {"role": "assistant", "content": KEY}, "finish_reason": "stop"}]
    open_door = answer({**said, "choices": choices}, x_yett_decision="allow")
    async with Provider(open_door) as provider, AsyncOpenAI(base_url=provider.url, api_key="none") as client:
        outcome = await play(SCENES[0], client, provider)
    assert (outcome.decision, outcome.received) == ("allow", KEY)


@pytest.mark.parametrize("width", [100, 200])
def test_the_table_tells_everything_even_what_looks_like_markup(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    paper = io.StringIO()
    monkeypatch.setattr(demo, "Console", partial(Console, file=paper, width=width))
    scene = Scene("an attack", "x" * 300 + " [red]zero\u200bwidth[/red]")
    demo._show([(scene, Outcome("sanitize", "[OPENAI_KEY]", "[bold]y[/bold]" + "z" * 300))])
    told = paper.getvalue()
    assert (told.count("x"), told.count("z")) == (300, 302)  # there is one in `zero` and one in `sanitize`
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in told.splitlines() if line.startswith("│")]
    columns = ["".join(cells) for cells in zip(*lines, strict=True)]
    assert columns[0].replace(" ", "") == "anattack"
    assert columns[1].endswith(r"[red]zero\u200bwidth[/red]")
    assert columns[2:4] == ["sanitize", "[OPENAI_KEY]"]
    assert columns[4].startswith("[bold]y[/bold]z")
