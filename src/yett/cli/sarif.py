"""SARIF: problems as code hosts and editors read them (OASIS SARIF 2.1.0)."""

from collections.abc import Collection, Iterable
from importlib.metadata import PackageNotFoundError, metadata

from yett.model.errors import Problem

__all__ = ["documentation", "sarif_log"]


def documentation() -> str:
    """Return the address of the documentation, as the installed distribution names it; empty where it names none."""
    try:
        urls: list[str] = metadata("yett").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Documentation", "").rstrip("/")


def sarif_log(
    problems: Iterable[Problem], notes: Collection[str] = (), pages: str = "", *, level: str = "warning"
) -> dict[str, object]:
    """
    Return *problems* as a SARIF log, as of this *level*, but for those whose code is among *notes*: they are notes.

    *pages* is the address of the documentation, which has a page for each code.
    """
    problems = tuple(problems)
    rules = [_rule(code, pages) for code in sorted({problem.code for problem in problems})]
    run = {
        "tool": {"driver": {"name": "yett", "rules": rules}},
        "results": [_result(problem, "note" if problem.code in notes else level) for problem in problems],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _rule(code: str, pages: str) -> dict[str, object]:
    if pages:
        return {"id": code, "helpUri": f"{pages}/problems/{code}"}
    return {"id": code, "help": {"text": f"docs/problems/{code}.md"}}


def _result(problem: Problem, level: str) -> dict[str, object]:
    place = problem.place
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    where = {"physicalLocation": {"artifactLocation": {"uri": place.file}, "region": region}}
    return {"ruleId": problem.code, "level": level, "message": {"text": text}, "locations": [where]}
