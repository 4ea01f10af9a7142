"""What a document holds when its author says as little as possible."""

from yett.model.decision import Effect
from yett.model.errors import Place
from yett.policy.documents import Action, Document, Rule, Status

HERE = Place("f", 1, 1)


def test_a_document_that_says_nothing_is_active_open_and_of_no_priority() -> None:
    document = Document(HERE, "d")
    assert (document.status, document.closed, document.priority, document.version) == (Status.ACTIVE, False, 0, "1")


def test_a_rule_that_says_nothing_always_applies() -> None:
    rule = Rule(HERE, "r", Action(Effect.DENY))
    assert (rule.condition, rule.stages, rule.enabled, rule.skips_missing) == (None, None, True, False)


def test_a_document_belongs_where_it_says_or_where_it_was_published_with_all_that_it_means() -> None:
    said, silent = Document(HERE, "d", namespace="acme"), Document(HERE, "d")
    object.__setattr__(silent, "meaning", ([], {}))
    assert said.within("other") is said
    assert (silent.within("acme").namespace, silent.within("acme").meaning) == ("acme", ([], {}))
