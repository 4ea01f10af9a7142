"""The shipped rules at work, and texts to try them with: their own examples between pieces of prose."""

from functools import cache

from hypothesis import strategies as st

from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.detectors.rules import SHIPPED, shipped

RULES: tuple[Rule, ...] = tuple(rule for name in (*SHIPPED, "personal_us") for rule in shipped(name))
EXAMPLES = tuple(example for rule in RULES for example in (*rule.true, *rule.false))
PROSE = (
    *(
        "The report is due on ",
        "and ",
        "card ",
        "phone ",
        "call me: ",
        "order ",
        " ",
        "\n",
        ", ",
        ".",
        "12",
        "4111 ",
        "é",
        "語",
    ),
    *(
        "ignore ",
        "the previous ",
        "password",
        " = ",
        "sk-",
        "ghp_",
        "the system prompt",
        "-",
        "https://",
        "@example.com",
    ),
)
TEXTS = st.lists(st.sampled_from(EXAMPLES) | st.sampled_from(PROSE), min_size=1, max_size=5).map("".join)


@cache
def patterns(*, hyperscan: bool) -> PatternSet:
    """Return the shipped rules as a detector, compiled once."""
    return PatternSet(RULES, hyperscan=hyperscan)
