"""The policies that a question is decided by."""

import pytest

from tests.services.policies import COSTLY, DOCUMENTS
from yett.model.errors import CallerError
from yett.model.stage import Stage
from yett.policy.compiler import compile_documents
from yett.policy.parser import PolicyParser
from yett.services.selection import Selection, Selections, active

PROGRAM = compile_documents(DOCUMENTS)


def rules(selection: Selection) -> set[str]:
    return {clause.rule for clause in selection.program.clauses}


@pytest.mark.parametrize(
    ("policies", "namespace", "chosen"),
    [
        ((), "", {"expensive", "no-keys", "polite", "magic", "late"}),
        (("cost-limit",), "", {"expensive"}),
        (("cost-limit@1.0.0", "words"), "", {"expensive", "magic", "late"}),
        ((), "default", {"no-keys", "polite", "magic", "late"}),
        (("words",), "default", {"magic", "late"}),
        (("words",), "production", set()),
    ],
)
def test_those_that_are_named_decide(policies: tuple[str, ...], namespace: str, chosen: set[str]) -> None:
    assert rules(Selections().of(PROGRAM, DOCUMENTS, policies, namespace)) == chosen


@pytest.mark.parametrize(
    ("policies", "namespace", "param", "told"),
    [
        (("cost-limits",), "", "/policies", "no active policy `cost-limits`; did you mean `cost-limit`?"),
        (("cost-limit@2",), "", "/policies", "no active policy `cost-limit@2`"),
        (("sleeping",), "", "/policies", "no active policy `sleeping`"),
        ((), "produktion", "/namespace", "no namespace `produktion`; did you mean `production`?"),
        ((), "asleep", "/namespace", "no namespace `asleep`"),
        ((), "zzz", "/namespace", "no namespace `zzz`"),
    ],
)
def test_what_is_not_active_cannot_be_named(policies: tuple[str, ...], namespace: str, param: str, told: str) -> None:
    with pytest.raises(CallerError, match=f"there is {told[:20]}") as caught:
        Selections().of(PROGRAM, DOCUMENTS, policies, namespace)
    assert (caught.value.param, caught.value.code) == (param, "unknown_policy")
    assert told in caught.value.message


def test_a_namespace_brings_those_above_it_along() -> None:
    named = (("top", "acme"), ("below", "acme/pay"), ("beside", "acme/play"), ("like", "acmes"), ("deep", "acme/pay/x"))
    text = "\n---\n".join(
        f"metadata: {{id: {name}, namespace: {namespace}}}\nrules: [{{id: in-{name}, action: {{decision: deny}}}}]"
        for name, namespace in named
    )
    documents = PolicyParser().parse_all(text)
    program = compile_documents(documents)
    for namespace, chosen in (
        ("acme", {"in-top"}),
        ("acme/pay", {"in-top", "in-below"}),
        ("acme/pay/x", {"in-top", "in-below", "in-deep"}),
        ("acmes", {"in-like"}),
    ):
        assert rules(Selections().of(program, documents, (), namespace)) == chosen


def test_a_selection_is_made_once_and_kept_for_a_while() -> None:
    selections = Selections()
    whole = selections.of(PROGRAM, DOCUMENTS)
    named = selections.of(PROGRAM, DOCUMENTS, ("words",))
    assert selections.of(PROGRAM, DOCUMENTS) is whole
    assert selections.of(PROGRAM, DOCUMENTS, ("words",)) is named
    for number in range(100):
        selections.of(PROGRAM, DOCUMENTS, ("words",) * (number + 2))
    assert selections.of(PROGRAM, DOCUMENTS, ("words",)) is not named
    assert len(selections._made) <= 64


def test_another_program_is_another_selection() -> None:
    selections = Selections()
    whole = selections.of(PROGRAM, DOCUMENTS)
    assert selections.of(compile_documents(DOCUMENTS[:1]), DOCUMENTS[:1]) is not whole


def test_every_selection_has_a_revision_of_its_own() -> None:
    selections = Selections()
    chosen = [selections.of(PROGRAM, DOCUMENTS, names) for names in ((), ("words",), ("keys",), ("keys", "words"))]
    assert len({each.program.revision for each in chosen}) == 4


def test_it_says_what_can_be_found_out_and_what_time_matters() -> None:
    selection = Selection(PROGRAM)
    assert selection.at[Stage.REQUEST].finds == {"llm.estimatedCost", "secrets.found", "content.user.count"}
    assert selection.at[Stage.TOOL].finds == {"secrets.found", "content.user.count"}
    assert all(at.dated for at in selection.at.values())
    assert not any(at.dated for at in Selection(compile_documents(DOCUMENTS[:1])).at.values())


def test_what_is_stated_is_enough_to_decide() -> None:
    cost = Selections().of(PROGRAM, DOCUMENTS, ("cost-limit",))
    assert not cost.at[Stage.REQUEST].decide(COSTLY).allowed
    words = Selections().of(PROGRAM, DOCUMENTS, ("words",))
    assert words.at[Stage.REQUEST].decide({"llm": {"prompt": "Hi"}}).allowed
    assert not words.at[Stage.REQUEST].decide({"llm": {"prompt": "open sesame!"}}).allowed


def test_drafts_are_not_active() -> None:
    assert [document.id for document in active(DOCUMENTS)] == ["cost-limit", "keys", "words"]
