"""References are followed, or say why not; never what they led to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.compose.references import ReferenceProblem, expand, read_secret

ENVIRONMENT = {"NAME": "value", "_X1": "", "LOOKS_LIKE_ONE": "${NAME}"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("${NAME}", "value"),
        ("Bearer ${NAME}!", "Bearer value!"),
        ("${NAME}${NAME}", "valuevalue"),
        ("$${NAME}", "${NAME}"),
        ("$NAME costs $5", "$NAME costs $5"),
        ("${LOOKS_LIKE_ONE}", "${NAME}"),
    ],
)
def test_variables_stand_for_their_values(text: str, expanded: str) -> None:
    assert expand(text, ENVIRONMENT) == expanded


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("${MISSING}", "unset-variable", "`MISSING`"),
        ("${_X1}", "unset-variable", "`_X1`"),
        ("${NAME", "bad-reference", "variable"),
        ("${}", "bad-reference", "variable"),
        ("${a b}", "bad-reference", "variable"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_problem(text: str, code: str, word: str) -> None:
    with pytest.raises(ReferenceProblem) as caught:
        expand(text, ENVIRONMENT)
    assert caught.value.code == code
    assert word in caught.value.message
    assert "value" not in caught.value.message


@given(st.text().filter(lambda text: "${" not in text))
def test_a_text_without_references_stays_as_it_is(text: str) -> None:
    assert expand(text, {}) == text


def test_a_secret_is_itself_or_the_content_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("  the-secret\n")
    assert read_secret("the-secret") == "the-secret"
    assert read_secret(f"file:{file}") == "the-secret"


@pytest.mark.parametrize(
    ("content", "word"),
    [(None, "no such file"), (b"", "empty"), (b" \n", "empty"), (b"\xff\xfe", "utf-8"), (b"x" * 70_000, "larger")],
)
def test_a_secret_file_that_holds_no_secret_is_a_problem(tmp_path: Path, content: bytes | None, word: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ReferenceProblem) as caught:
        read_secret(f"file:{file}")
    assert caught.value.code == "unreadable-file"
    assert word in caught.value.message.lower()


@pytest.mark.parametrize(("reference", "code"), [("file:key", "bad-reference"), ("vault:kv/x#y", "not-available")])
def test_a_secret_is_not_looked_for_where_there_is_none(reference: str, code: str) -> None:
    with pytest.raises(ReferenceProblem) as caught:
        read_secret(reference)
    assert caught.value.code == code
