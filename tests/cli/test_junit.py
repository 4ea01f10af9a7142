"""A JUnit report is XML that build servers read, whatever tests are called."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from yett.cli.junit import junit_report
from yett.model.errors import Place
from yett.policy.cases import Outcome, Result
from yett.policy.documents import Case


def outcome(policy: str, name: str, result: Result, message: str = "") -> Outcome:
    return Outcome(policy, Case(Place("p.yaml", 3, 5), name, {}), result, message)


def test_every_outcome_is_told() -> None:
    report = ET.fromstring(
        junit_report(
            [
                outcome("p", "one", Result.PASSED),
                outcome("p", "two", Result.FAILED, "expected `deny`, got <allow>"),
                outcome("q", "three", Result.SKIPPED, "a text needs detectors"),
            ]
        )
    )
    assert report.attrib == {"name": "yett policy test", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
    assert [suite.attrib["name"] for suite in report] == ["p", "q"]
    one, two = report[0]
    assert (one.attrib["name"], one.attrib["file"], one.attrib["line"], list(one)) == ("one", "p.yaml", "3", [])
    assert (two[0].tag, two[0].attrib["message"]) == ("failure", "expected `deny`, got <allow>")
    assert report[1][0][0].tag == "skipped"


@given(st.text(), st.text())
def test_any_name_and_message_can_be_told(name: str, message: str) -> None:
    told = ET.fromstring(junit_report([outcome(name, name, Result.FAILED, message)]).encode())
    assert len(told) == 1
