"""What is read without the YAML parser is what the parser reads."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yett.policy import everyday
from yett.policy.everyday import is_strange, read_everyday
from yett.policy.nodes import Node, Scalar
from yett.policy.problems import Problems
from yett.policy.source import parsed

WORDS = (
    "a", "x y", "no", "true", "5", "-5", "+1", ".5", "1.", "null", "~", "0x1F", "a:b", "http://x", "don't", "-a", "--a",
    "- a", "a?", "$x", "${cap}", "(a)", "<<", '"q"', "'s'", '"a: b"', '"#"', '""', "''", "é", "...", "..", "a,b", "a]", "*a",
    "a*b", "&a", "!t", "%d", "@x", "`", "|", ">", "a  b", "x #c", "a#b", "#c", "\u2028", "\xa0", "😀", "a\\b", "2027-01-01",
    "'it''s'", '"\\n"', "",
)  # fmt: skip
KEYS = ("a", "b", "c", "d", "no", "5", "a.b", "x/y", '"q"', "a b", "-k", "?")

scalars = st.sampled_from(WORDS)
keys = st.sampled_from(KEYS)
gaps = st.sampled_from(("", "", "", " ", "\n", "\n  "))
ends = st.sampled_from(("", "", "", " # c", "  ", "#c"))


def bracketed(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.builds("{}{}: {}{}".format, gaps, keys, parts, gaps)
    items = st.builds("{}{}{}".format, gaps, parts, gaps)
    return st.lists(pairs, max_size=3).map(lambda each: "{" + ",".join(each) + "}") | st.lists(items, max_size=3).map(
        lambda each: "[" + ", ".join(each) + "]"
    )


flows = st.recursive(scalars, bracketed, max_leaves=6)


def lines(below: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Return lines of a block, not indented, whose values are on the line or *below* it."""
    alone = st.builds(lambda key, value, end: [f"{key}: {value}{end}"], keys, flows, ends)
    above = st.builds(
        lambda key, end, indent, inner: [f"{key}:{end}", *(" " * indent + line for line in inner)],
        keys, ends, st.sampled_from((2, 2, 4, 1, 0)), below,
    )  # fmt: skip
    item = st.builds(
        lambda first, inner: [first + inner[0], *(" " * len(first) + line for line in inner[1:])],
        st.sampled_from(("- ", "-  ", "- - ")), below | flows.map(lambda each: [each]),
    )  # fmt: skip
    mapping = st.lists(alone | above, min_size=1, max_size=3)
    return (mapping | st.lists(item, min_size=1, max_size=3)).map(lambda each: [line for part in each for line in part])


blocks = st.recursive(flows.map(lambda each: [f"a: {each}"]), lines, max_leaves=6)
documents = st.lists(blocks.map("\n".join), min_size=1, max_size=2).map("\n---\n".join)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Documents, some of them with a slip of the pen."""
    text = draw(documents)
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.sampled_from(("", *":#-[]{},'\"\\ \n\t&*!?é1"))) + text[at + draw(st.integers(0, 1)) :]
        )
    return text


def differs(text: str) -> bool:
    problems = Problems()
    quickly = read_everyday(text, "f")
    if quickly is None:
        return False
    slowly = parsed(text, "f", problems)
    # Python takes True for 1, and what is written tells them apart.
    return bool(problems) or repr(quickly) != repr(slowly)


@settings(max_examples=200)
@given(texts())
def test_what_is_read_quickly_is_what_the_parser_reads(text: str) -> None:
    assert not differs(text)


def _loose(name: str, old: str, new: str) -> Callable[[pytest.MonkeyPatch], None]:
    pattern = getattr(everyday, name).pattern
    assert old in pattern
    return lambda patch: patch.setattr(everyday, name, re.compile(pattern.replace(old, new)))


def _no_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(everyday._Reading, "_go_on", lambda *_: None)


def _anywhere(patch: pytest.MonkeyPatch) -> None:
    def begin(self: everyday._Reading, at: int, indent: int, keys: set[str] | None, *, first: bool) -> None:
        del first
        self._blocks.append(everyday._Block(indent, self._place(at), keys=keys))

    patch.setattr(everyday._Reading, "_open", begin)


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (_loose("_ITEM", "[^ \\n,\\[\\]{}:#?]+|", "[^ \\n\\[\\]{}:#?]+|"), "a: [b,c]"),
        (_loose("_LINE", " +(?=[^ \\n:#])", " +(?=[^ \\n:])"), "a: b #c"),
        (_loose("_LINE", '([^"\\\\\\n]*)', '([^"\\n]*)'), 'a: "\\n"'),
        (_loose("_LINE", "(?= |\\n|\\Z)", ""), "a:b"),
        (_loose("_STRANGE", "\u2027\u202a", "\u202a"), "a: b\u2028c"),
        (_no_place, "a: 1\nb: 2"),
        (_anywhere, "- a\n - b"),
    ],
)
def test_a_reader_that_knows_too_much_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not differs(text)
    broken(monkeypatch)
    assert differs(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n  c: [x, {y: 'z'}]\n",
        "rules:\n- id: a\n  when: x > 1 && y == 'b'\n- {id: b, action: {decision: deny}}\n",
        '# c\n\na: "b" # c\n---\n- - 1\n  - 2\n- b: c\n  d: ${e}\n',
        "a: {b: [1,\n  2], c: d}\ne: it costs 5 € (or more), they say",
    ],
)
def test_everyday_policies_need_no_parser(text: str) -> None:
    assert read_everyday(text, "f") is not None
    assert not differs(text)


@pytest.mark.parametrize(
    "text",
    ["", "# c", "a", "a:", "a: &x 1", "a: *x", "a: !!int 1", "a: |\n  b\n", "a: b\n  c", 'a: "b\n  c"', "a:\tb", "a: 1\na: 2",
     "a: 'it''s'", "? a\n: b", "a: b: c", "[a]: b", "{a: [b}", "---\n---\na: 1", "a: 1\nb", "a: " + "9" * 500,
     "a: " + "[" * 40 + "]" * 40, "a: 1\r\nb: 2"],
)  # fmt: skip
def test_everything_else_is_left_to_the_parser(text: str) -> None:
    assert read_everyday(text, "f") is None


def test_a_long_text_is_left_to_the_parser() -> None:
    assert read_everyday("a: b\n#" + "c" * 2_000_000, "f") is None


def test_places_are_those_of_the_file() -> None:
    found = read_everyday("a:\n  - x\n  - {b: é, c: y}\n", "f")
    assert found is not None
    assert [str(each.place) for each in _scalars(found[0])] == ["f:1:1", "f:2:5", "f:3:6", "f:3:9", "f:3:12", "f:3:15"]


def _scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    parts = node[1] if not isinstance(node, Scalar) else ()
    return [
        scalar for part in parts for each in (part if type(part) is tuple else (part,)) for scalar in _scalars(each)
    ]


@given(st.text(st.characters(max_codepoint=0x110) | st.characters(), max_size=12))
def test_strange_is_what_is_no_line_and_no_plain_character(text: str) -> None:
    assert is_strange(text) is (everyday._STRANGE.search(text) is not None)


def test_strange_ascii_is_told_from_plain() -> None:
    assert [chr(code) for code in range(128) if not is_strange(chr(code))] == ["\n", *map(chr, range(32, 127))]


def test_another_plain_character_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everyday, "_PLAIN", everyday._PLAIN + b"\t")
    assert not is_strange("\t")
    assert everyday._STRANGE.search("\t")
