"""The canonical form says what was said, keeps every comment, and is its own canonical form."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yett.policy import formatting
from yett.policy.compiler import compile_documents
from yett.policy.formatting import formatted
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.parser import PolicyParser
from yett.policy.problems import Problems
from yett.policy.source import read

UNTIDY = """\
# who we are
status: active
metadata: {version: "1.0", id: 'x'}
rules:
- action: {reason: "a: b", decision: deny}
  # the tier that costs nothing
  condition:
    operator: and
    conditions:
      - {value: free, field: team.tier, operator: eq}
      - value: 1.0   # in dollars
        operator: gt
        field: llm.estimatedCost
  id: 'a'
- {id: b, when: "llm.model == \\"x\\" && llm.containsPII", action: {decision: warn}, expires: 2027-01-01}
tests:
- expect: {rules: [], effect: allow}
  given: {team.tier: paid, llm: {model: y, estimatedCost: 0}}
# the end
"""
TIDY = """\
# who we are
apiVersion: yett/v1
metadata: {id: x, version: "1.0"}
rules:
  - id: a
    # the tier that costs nothing
    condition:
      operator: and
      conditions:
        - {operator: eq, field: team.tier, value: free}
        # in dollars
        - {operator: gt, field: llm.estimatedCost, value: 1.0}
    action: {decision: deny, reason: "a: b"}
  - id: b
    when: llm.model == "x" && llm.containsPII
    action: {decision: warn}
    expires: 2027-01-01
tests:
  - given: {team.tier: paid, llm: {model: y, estimatedCost: 0}}
    expect: {rules: [], effect: allow}
status: active
# the end
"""


def form(text: str) -> str | None:
    problems = Problems()
    result = formatted(text, "f", problems)
    problems.raise_any()
    return result


def test_there_is_one_form() -> None:
    assert form(UNTIDY) == TIDY
    assert form(TIDY) == TIDY


@pytest.mark.parametrize("variant", ["default", "strict", "permissive"])
def test_shipped_policies_mean_the_same_in_their_canonical_form(variant: str) -> None:
    text = files("yett").joinpath("policies", f"{variant}.yaml").read_text("utf-8")
    result = form(text)
    assert result is not None
    assert result.count("#") == text.count("#")
    before, after = (PolicyParser().parse_all(each) for each in (text, result))
    assert compile_documents(before).revision == compile_documents(after).revision


@pytest.mark.parametrize(
    "text", ["a: [", "a: 1", '{"a": 1}', "- rules", "rules", "metadata: {id: a}\nrules: []\n---\nservices: {}"]
)
def test_what_is_no_policy_has_no_form(text: str) -> None:
    problems = Problems()
    assert formatted(text, "f", problems) is None
    assert problems


def plain(node: Node) -> object:
    match node:
        case Scalar(value=value, text=text):
            return value if value is None or isinstance(value, str) else (type(value), text)
        case Items(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {key.text: plain(value) for key, value in entries}


def meaning(text: str) -> object:
    problems = Problems()
    found = [plain(node) for node in read(text, "f", problems)]
    problems.raise_any()
    return [{"apiVersion": "yett/v1"} | node if isinstance(node, dict) else node for node in found]


scalars = st.one_of(
    st.text(st.sampled_from("ab 1.-#:'\"\\[]{},&*!|>%@`~?\n\té\u2028\U0001f600="), max_size=10),
    st.sampled_from(["null", "true", "no", "1.0", "1_000", "0x1f", "2027-01-01", "", "- a", "a: b", "a #b", "${x}", "x" * 130]),
    st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none(),
)  # fmt: skip
keys = st.sampled_from(["metadata", "id", "rules", "given", "conditions", "b", "a", "limit", "0"])
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=16
)


def failure(tree: object, comment: str) -> bool:
    """Say whether the form of *tree*, commented at every line where that can be, is another thing or not stable."""
    text = yaml.safe_dump({"rules": [], "a": tree}, allow_unicode=True, sort_keys=False)
    text = f"{comment}\n{text}{comment}\n" if comment else text
    result = form(text)
    if result is None:
        return True
    return meaning(result) != meaning(text) or form(result) != result


@given(trees, st.sampled_from(["", "# why"]))
def test_the_form_says_the_same_and_is_stable(tree: object, comment: str) -> None:
    assert not failure(tree, comment)


@pytest.mark.parametrize(
    ("part", "broken"),
    [("_plain", lambda _text: True), ("_literal", lambda node: ["|", *node.text.split("\n")] if isinstance(node, Scalar) else None)],
)  # fmt: skip
def test_a_careless_writer_is_refused_by_its_own_reading(
    part: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatting, part, broken)
    assert any(failure(tree, "") for tree in ("a: b", "- x", " a\nb", "1"))
