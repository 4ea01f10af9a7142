"""JUnit: what became of tests, as build servers read it."""

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import quoteattr  # nosec B406 - it writes, and parses nothing

from yett.policy.cases import Outcome, Result

__all__ = ["junit_report"]


def junit_report(outcomes: Iterable[Outcome]) -> str:
    """Return *outcomes* as a JUnit report, one suite for each policy or suite."""
    outcomes = tuple(outcomes)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="yett policy test" {_counts(outcomes)}>']
    for name, group in groupby(outcomes, key=lambda outcome: outcome.policy):
        inside = tuple(group)
        lines.append(f"  <testsuite name={_attribute(name)} {_counts(inside)}>")
        lines += [line for outcome in inside for line in _case(name, outcome)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(outcomes: tuple[Outcome, ...]) -> str:
    results = [outcome.result for outcome in outcomes]
    failed, skipped = results.count(Result.FAILED), results.count(Result.SKIPPED)
    return f'tests="{len(results)}" failures="{failed}" errors="0" skipped="{skipped}"'


def _case(name: str, outcome: Outcome) -> Iterable[str]:
    place = outcome.case.place
    where = f'file={_attribute(place.file)} line="{place.line}"'
    head = f"    <testcase classname={_attribute(name)} name={_attribute(outcome.case.name)} {where}"
    if outcome.result is Result.PASSED:
        return (f"{head}/>",)
    element = "failure" if outcome.result is Result.FAILED else "skipped"
    return (f"{head}>", f"      <{element} message={_attribute(outcome.message)}/>", "    </testcase>")


def _attribute(text: str) -> str:
    """Return *text* as a quoted attribute; what XML 1.0 cannot hold becomes U+FFFD."""
    held = "".join(
        char if char in "\t\n\r" or " " <= char <= "\ud7ff" or char >= "\ue000" else "\ufffd" for char in text
    )
    return quoteattr(held)
