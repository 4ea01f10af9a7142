"""The catalogue: the built-in detectors, by name, and what may be left out."""

from yett.detectors.catalogue import NAMES, answering, built, chosen, kept
from yett.detectors.leakage import Leakage
from yett.detectors.lifted import TextTests
from yett.detectors.rule import Rule
from yett.model.kinds import FAMILIES
from yett.model.segment import Origin

EXTRA = Rule("mine", "pii.badge", r"\bB-\d{4}\b", 0.9, keep=1)


def test_kinds_can_be_disabled_one_by_one_or_by_family() -> None:
    kinds = {rule.kind for rule in chosen(disabled=["pii.phone", "injection"])}
    assert "pii.phone" not in kinds
    assert "pii.email" in kinds
    assert not any(kind.startswith("injection.") for kind in kinds)


def test_rules_of_ones_own_join_the_shipped_ones() -> None:
    detectors = {
        each.name: each for each in built(chosen(disabled=["injection", "command"], extra=[EXTRA]), hyperscan=False)
    }
    assert [match.kind for match in detectors["patterns"].detect("see B-1234", Origin.USER)] == ["pii.badge"]


def test_every_detector_has_its_name_and_a_family() -> None:
    answers = answering(planted=["blue-heron-4711"], hyperscan=False)
    detectors = (*built([EXTRA], hyperscan=False), *answers, TextTests([]))
    assert {each.name for each in (*detectors, Leakage())} == set(NAMES)
    assert all(each.kinds <= FAMILIES.keys() and each.revision for each in detectors)


def test_what_a_mask_may_leave_is_the_least_that_any_rule_allows() -> None:
    keeps = kept([EXTRA, Rule("other", "pii.badge", "x", 0.9, keep=3)])
    assert keeps == {"pii.badge": 1}
    assert kept(chosen())["pii.credit_card"] == 4
