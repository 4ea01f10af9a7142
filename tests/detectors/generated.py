"""Patterns, rules and texts to try things with: small alphabets, tight patterns, so that they meet often."""

from hypothesis import strategies as st

from yett.detectors.expression import Expression
from yett.detectors.rule import Context, Rule

ATOMS = ("a", "b", "1", "[ab]", r"\d", "[^b]", "é", ".", r"\w", "-")
TEXTS = st.text("aab1 -é\n", max_size=24)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda options: f"(?:{'|'.join(options)})"),
        st.tuples(inner, st.sampled_from(["?", "{1,2}", "{2}", "+", "*?"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Draw a pattern that does not match the empty text."""
    pattern = draw(st.recursive(st.sampled_from(ATOMS), _wider, max_leaves=5))
    before, after = draw(
        st.sampled_from([("", ""), (r"\b", ""), ("", r"\b"), (r"\b", r"\b"), ("(?i)", ""), ("", "(?m:$)")])
    )
    return f"{before}{pattern if Expression(pattern).search(b'') is None else f'a{pattern}'}{after}"


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> Rule:
    """Draw a rule, with or without context, triggers and what must not stand beside it."""
    pattern = draw(patterns())
    if draw(st.booleans()) and not pattern.startswith("(?i)"):
        pattern = f"{draw(st.sampled_from(['a', 'b-', 'a?b']))}({pattern})"
    context = draw(
        st.sampled_from(
            [
                Context(),
                Context(words=("b",), change=0.3, window=3),
                Context(against=("a", "1"), against_change=-0.4, window=2),
            ],
        ),
    )
    kind = draw(st.sampled_from(["pii.email", "pii.phone", "secret.x", "content.y"]))
    score = draw(st.sampled_from([0.6, 0.3] if context.change else [0.6]))
    return Rule(f"r{number}", kind, pattern, score, context=context, beside=draw(st.sampled_from(["", "-", "b"])))


RULES = st.integers(1, 3).flatmap(lambda count: st.tuples(*(rules(number) for number in range(count))))
