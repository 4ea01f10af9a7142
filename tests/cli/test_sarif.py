"""Problems become a SARIF log."""

from email.message import Message
from importlib.metadata import PackageNotFoundError

import pytest

from yett.cli import sarif
from yett.cli.sarif import documentation, sarif_log
from yett.model.errors import Place, Problem


def test_every_problem_is_a_result_with_its_place() -> None:
    log = sarif_log([Problem(Place("a.yaml", 3, 5), "dead", "no", "cure"), Problem(Place("b.yaml"), "costly", "dear")], {"costly"})  # fmt: skip
    (run,) = log["runs"]  # type: ignore[misc]
    assert [(each["ruleId"], each["level"], each["message"]["text"]) for each in run["results"]] == [  # type: ignore[index]
        ("dead", "warning", "no; cure"),
        ("costly", "note", "dear"),
    ]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]  # type: ignore[index]
    assert regions == [{"startLine": 3, "startColumn": 5}, {"startLine": 1, "startColumn": 1}]
    assert run["tool"]["driver"]["rules"] == [  # type: ignore[index]
        {"id": code, "help": {"text": f"docs/problems/{code}.md"}} for code in ("costly", "dead")
    ]


def test_where_the_documentation_has_an_address_each_code_leads_to_its_page() -> None:
    log = sarif_log([Problem(Place("a.yaml"), "dead", "no")], pages="https://yett.example/docs")
    (run,) = log["runs"]  # type: ignore[misc]
    assert run["tool"]["driver"]["rules"] == [{"id": "dead", "helpUri": "https://yett.example/docs/problems/dead"}]  # type: ignore[index]


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        ([], ""),
        (None, ""),
        (["Source, https://yett.example/source"], ""),
        (
            ["Source, https://yett.example/source", "Documentation, https://yett.example/docs/"],
            "https://yett.example/docs",
        ),
    ],
)
def test_the_address_is_that_of_the_installed_distribution(
    urls: list[str] | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Message()
    for url in urls or ():
        known["Project-URL"] = url
    monkeypatch.setattr(sarif, "metadata", lambda _name: known)
    assert documentation() == address


def test_what_is_not_installed_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Message:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(sarif, "metadata", missing)
    assert documentation() == ""
