"""SARIF: problems as code hosts and editors read them (OASIS SARIF 2.1.0)."""

from collections.abc import Collection, Iterable

from yett.model.errors import Problem

__all__ = ["sarif_log"]


def sarif_log(problems: Iterable[Problem], notes: Collection[str] = ()) -> dict[str, object]:
    """Return *problems* as a SARIF log; those whose code is among *notes* are notes, others warnings."""
    problems = tuple(problems)
    rules = [{"id": code} for code in sorted({problem.code for problem in problems})]
    run = {
        "tool": {"driver": {"name": "yett", "rules": rules}},
        "results": [_result(problem, "note" if problem.code in notes else "warning") for problem in problems],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, level: str) -> dict[str, object]:
    place = problem.place
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    where = {"physicalLocation": {"artifactLocation": {"uri": place.file}, "region": region}}
    return {"ruleId": problem.code, "level": level, "message": {"text": text}, "locations": [where]}
