"""Comments are told from what only looks like one, and belong to something."""

import pytest

from yett.policy.comments import anchors, attached, comments
from yett.policy.nodes import Node, Scalar
from yett.policy.problems import Problems
from yett.policy.source import read


def nodes(text: str) -> tuple[Node, ...]:
    problems = Problems()
    found = read(text, "f", problems)
    problems.raise_any()
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1", []),
        ("# one\n# two\na: 1 # three\n", [(1, "# one"), (2, "# two"), (3, "# three")]),
        ("\ufeff# one\r\na: 1\r\n# two", [(1, "# one"), (3, "# two")]),
        ("a: x#y\nb: '# no'\nc: \"# no\"\n", []),
        ("a: |\n  # no\n  text\nb: 1 # yes\n", [(4, "# yes")]),
        ("a: | # yes\n  # no\nb: >-\n  # no\n# yes too", [(1, "# yes"), (5, "# yes too")]),
        ("a: [1, # one\n  2] # two", [(1, "# one"), (2, "# two")]),
    ],
)
def test_comments_are_found(text: str, found: list[tuple[int, str]]) -> None:
    assert list(comments(text, nodes(text))) == found


def test_comments_belong_to_what_follows_or_to_what_they_stand_beside() -> None:
    text = "# a\na:\n  # b\n  b: 1 # c\n  # d\nd: [x]\n# end"
    roots = nodes(text)
    owned, behind = attached(text, roots)
    names = {id(anchor): anchor.text if isinstance(anchor, Scalar) else "root" for anchor in anchors(roots[0])}
    assert {names[owner]: told for owner, told in owned.items()} == {
        "root": ("# a",),
        "b": ("# b", "# c"),
        "d": ("# d",),
    }
    assert behind == ("# end",)
