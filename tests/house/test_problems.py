"""Every problem has a page, whose examples give it, and no longer do once they are cured."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.house.pages import blocks
from tests.house.sources import ROOT
from yett.compose.analysis import proved
from yett.compose.policies import read_policies
from yett.compose.proof import prove
from yett.compose.validation import validate_policies
from yett.model.errors import OperatorError, Problem
from yett.policy.lint import IDLE, lint

INDEX = (ROOT / "docs" / "problems.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| \[`([a-z-]+)`\]\(problems/\1\.md\) \| (.+) \|$", INDEX, re.MULTILINE))
FOLDER = ROOT / "docs" / "problems"
TODAY = date(2026, 1, 1)
TESTED = "metadata: {id: house}\nrules:\n  - {id: night, when: request.hour >= 22, action: {decision: deny}}\n"
"""What the suites on these pages test."""
WITH_EXAMPLES = sorted(page.stem for page in FOLDER.glob("*.md") if "```yaml wrong" in page.read_text("utf-8"))
OF_POLICIES = """alias asserted bad-when costly dead duplicate duplicate-id duplicate-key empty expired failed-test idle loosens
missing-key network never no-end no-expectation no-stage obligation operator pattern several shadowed syntax tag too-large
two-conditions unit unknown-axis unknown-constant unknown-field unknown-fixture unknown-key unknown-kind unknown-origin unknown-quantity
unknown-rule unlisted-field unsupported wrong-type wrong-value""".split()


def found(text: str, folder: Path, *, suite: bool) -> tuple[Problem, ...]:
    """Return every problem of *text*, a policy or the suite of one, from reading it to what a solver proves."""
    file = folder / ("policy_test.yaml" if suite else "policy.yaml")
    (folder / "policy.yaml").write_text(TESTED, "utf-8")
    file.write_text(text, "utf-8")
    name = Path(file.name)
    try:
        if suite:
            return prove((name,)).failures
        failures = validate_policies((name,)).failures
    except OperatorError as error:
        return error.problems
    documents = read_policies((name,))
    odd = lint(documents, TODAY)
    return (*failures, *odd, *proved(documents, {each.place for each in odd if each.code in IDLE}))


def meaning(page: str) -> str:
    """Return the first paragraph of *page*, as a row of the index has it."""
    return page.split("\n\n")[1].replace("\n", " ").removesuffix(".").replace("](../", "](")


def test_the_index_leads_to_every_page() -> None:
    assert set(ROWS) == {page.stem for page in FOLDER.glob("*.md")}


@pytest.mark.parametrize("code", ROWS)
def test_a_page_says_what_the_index_says_and_the_cure(code: str) -> None:
    page = (FOLDER / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {code}\n\n")
    assert meaning(page).lower() == ROWS[code].lower()
    assert "\n## Cure\n\n" in page


@pytest.mark.parametrize("code", ROWS)
def test_its_links_lead_somewhere(code: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", (FOLDER / f"{code}.md").read_text("utf-8"))
    assert [target for target in targets if not (FOLDER / target).is_file()] == []


def test_problems_of_policies_have_examples() -> None:
    assert sorted(OF_POLICIES) == WITH_EXAMPLES


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_the_example_gives_the_problem_and_the_cured_one_does_not(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong, told, right = blocks((FOLDER / f"{code}.md").read_text("utf-8"))
    suite = wrong.file == "wrong suite"
    assert (wrong.language, wrong.file.split()[0], told.language, right.language) == ("yaml", "wrong", "text", "yaml")
    assert [
        str(problem) for problem in found(wrong.text, tmp_path, suite=suite) if problem.code == code
    ] == told.text.splitlines()
    assert [
        problem for problem in found(right.text, tmp_path, suite=suite) if problem.code not in {"costly", "no-end"}
    ] == []
    assert code not in {problem.code for problem in found(right.text, tmp_path, suite=suite)}
