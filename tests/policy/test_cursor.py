"""What stands at a place of a text, however little of it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy import cursor
from yett.policy.cursor import cursor_at

HEAD = "metadata:\n  id: x\nrules:\n  - id: a\n"
RULE = ("rules", None)
OBLIGATION = (*RULE, "action", "obligations", None)


def at_bar(text: str) -> tuple[str, int]:
    """Return *text* without its `|`, and where that was."""
    return text.replace("|", "", 1), text.index("|")


@pytest.mark.parametrize(
    ("text", "word", "standing"),
    [
        ("|", "", ((), True)),
        ("met|", "met", ((), True)),
        ("metadata:\n  id: x\n  pri|\nrules: []\n", "pri", (("metadata",), True)),
        (f"{HEAD}    cond|\n    action: {{decision: deny}}\n", "cond", (RULE, True)),
        (f"{HEAD}    |\n  - id: b\n", "", (RULE, True)),
        (f"{HEAD}    condition: {{operator: gt, fie|}}\n", "fie", ((*RULE, "condition"), True)),
        (f"{HEAD}    condition: {{operator: gt, fie|\n  - id: b\n", "fie", ((*RULE, "condition"), True)),
        (f"{HEAD}    condition: {{field: ll|m.m, value: 1}}\n", "llm.m", ((*RULE, "condition", "field"), False)),
        (f"{HEAD}    condition: {{field: llm.m|\n    action: {{decision: deny}}\n", "llm.m", ((*RULE, "condition", "field"), False)),
        (f'{HEAD}    all:\n      - field: "ll|\n    action: 1\n', "ll", ((*RULE, "all", None, "field"), False)),
        (f"{HEAD}    action:\n      decision: |\n", "", ((*RULE, "action", "decision"), False)),
        (f"{HEAD}    action: {{decision: d|\n  - id: f\n", "d", ((*RULE, "action", "decision"), False)),
        (f"{HEAD}    action:\n      obligations:\n        - |\n", "", (OBLIGATION, True)),
        (f"{HEAD}    stages: [requ|]\n", "requ", ((*RULE, "stages", None), False)),
        ("id: 1\n---\nmetadata: {na|}\n", "na", (("metadata",), True)),
        (f"{HEAD}    stages: [requ|]\n  {{{{ broken behind", "requ", ((*RULE, "stages", None), False)),
    ],
)  # fmt: skip
def test_the_keys_that_lead_to_a_word_are_known(
    text: str, word: str, standing: tuple[tuple[str | None, ...], bool]
) -> None:
    found = cursor_at(*at_bar(text))
    assert found.word == word
    assert standing in [(each.path, each.key) for each in found.standings if each.whole]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}    # comm|ent\n",
        "{ broken: ] before\nmetadata:\n  i|",
        "\tindented: with a tab\ni|",
        "a: \x00\nb|",
        "x" * (1024 * 1024 + 1) + "|",
    ],
)
def test_nothing_stands_in_a_comment_or_behind_what_is_broken(text: str) -> None:
    assert cursor_at(*at_bar(text)).standings == ()


def test_a_piece_of_a_longer_value_says_so() -> None:
    (found,) = cursor_at(*at_bar(f"{HEAD}    when: llm.model == 1 && team.ti|er\n    action: 1\n")).standings
    assert (found.path, found.key, found.whole) == ((*RULE, "when"), False, False)


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("a: {one: x, t|, three: [1], four: y}", {"one": "x", "three": "", "four": "y"}),
        ("a:\n  one: x\n  t|\n  three:\n    deeper: 1\nb: 1\n", {"one": "x", "three": ""}),
        ("a:\n  - one: x\n    t|\n  - three: 1\n", {"one": "x"}),
        ("one: &a x\nt|\nthree: *a\n", {"one": "x", "three": ""}),
    ],
)
def test_what_is_beside_a_key_is_known(text: str, beside: dict[str, str]) -> None:
    (found,) = (each for each in cursor_at(*at_bar(text)).standings if each.key)
    assert found.beside == beside


PIECES = (
    *("rules:", "\n", "  ", "- ", "id: ", "when", ": ", "{", "}", "[", "]", ", ", "'", '"', "#", "&a", "*a", "!t", "|"),
    *(
        "\t",
        "🚪",
        "e\u0301",
        "\x00",
        "\ud800",
        "\u2028",
        "\r",
        "---\n",
        "llm.model",
        "? ",
        "%",
        "\ufeff",
        "\ue000cursor",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS, st.integers(0, 200))
def test_no_text_is_too_broken(text: str, offset: int) -> None:
    holds(text, min(offset, len(text)))


def holds(text: str, offset: int) -> None:
    found = cursor_at(text, offset)
    assert found.start <= offset <= found.end
    assert text[found.start : found.end] == found.word
    assert "\n" not in found.word


def test_a_cursor_that_minds_what_is_broken_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor.yaml, "YAMLError", UnicodeEncodeError)
    with pytest.raises(cursor.yaml.MarkedYAMLError):
        holds("{]", 0)
