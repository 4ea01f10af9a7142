"""Problems become a SARIF log."""

from yett.cli.sarif import sarif_log
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
    assert run["tool"]["driver"]["rules"] == [{"id": "costly"}, {"id": "dead"}]  # type: ignore[index]
