"""
Source: YAML text to nodes that know their line and column.

Rules:

1. Nothing stands for something else: no anchors, aliases, merges, or tags outside the core schema; a key occurs once.
2. Size, depth and number of nodes are bounded before any tree is built.
3. What is written plainly is read by `yett.policy.everyday`, many times faster; everything else, and all that is wrong, by
   the YAML parser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from yett.model.errors import Place
from yett.policy.everyday import read_everyday
from yett.policy.nodes import Items, Node, Scalar, Table, resolved
from yett.policy.problems import Problems

__all__ = ["parsed", "read"]

_MAX_CHARACTERS = 8 * 1024 * 1024
_MAX_NODES = 1_000_000
_MAX_DEPTH = 64
_STRANGE = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What is no printable character (YAML 1.2, 5.1)."""
_CORE = "tag:yaml.org,2002:"
_KINDS = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


class _TooMuchError(Exception):
    """The text is larger or deeper than anything a person writes, from *place* on."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(slots=True)
class _Open:
    """A sequence or mapping that has begun and not ended."""

    place: Place
    table: bool
    children: list[Node]


class _Builder:
    """Turn the parser's events into nodes, without recursion."""

    def __init__(self, text: str, file: str, problems: Problems) -> None:
        # The parser counts characters from behind a byte order mark.
        self._text = text.removeprefix("\ufeff")
        self._file = file
        self._problems = problems
        self._open: list[_Open] = []
        self._count = 0
        self.roots: list[Node] = []

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._check(event, event.anchor)
            self._put(self._scalar(event))
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._check(event, event.anchor)
            self._begin(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._check(event, event.anchor)
            self._put(Scalar(self._place(event), None, ""))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file)

    def _check(self, event: yaml.Event, anchor: str | None) -> None:
        self._count += 1
        if self._count > _MAX_NODES:
            raise _TooMuchError(self._place(event), f"more than {_MAX_NODES} values")
        if anchor is not None:
            self._problems.add(
                self._place(event),
                "alias",
                f"`{anchor}` is an anchor or an alias",
                "write the value out where it is used",
            )

    def _begin(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        table = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in {None, f"{_CORE}{'map' if table else 'seq'}"}:
            self._tag(event, event.tag)
        if len(self._open) >= _MAX_DEPTH:
            raise _TooMuchError(self._place(event), f"nested deeper than {_MAX_DEPTH}")
        self._open.append(_Open(self._place(event), table, []))

    def _end(self) -> None:
        done = self._open.pop()
        self._put(self._table(done) if done.table else Items(done.place, tuple(done.children)))

    def _put(self, node: Node) -> None:
        (self._open[-1].children if self._open else self.roots).append(node)

    def _table(self, done: _Open) -> Table:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(done.children[::2], done.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._problems.add(key.place, "wrong-type", "a key must be a single word")
            elif key.text in entries:
                first = entries[key.text][0].place
                self._problems.add(
                    key.place, "duplicate-key", f"`{key.text}` is here twice", f"first on line {first.line}"
                )
            else:
                entries[key.text] = (key, value)
        return Table(done.place, tuple(entries.values()))

    def _tag(self, event: yaml.Event, tag: str) -> None:
        self._problems.add(self._place(event), "tag", f"`{tag}` is not a tag of the core schema", "leave it out")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        place, text, written = self._place(event), event.value, self._written(event)
        if event.tag is None and not event.implicit[0]:
            return Scalar(place, text, text, written)
        value = self._resolved(place, text)
        if event.tag is None:
            return Scalar(place, value, text, written)
        kind = event.tag.removeprefix(_CORE)
        if kind == "str":
            return Scalar(place, text, text, written)
        if kind not in _KINDS or type(value) not in _KINDS[kind]:
            self._tag(event, event.tag)
        return Scalar(place, value, text, written)

    def _written(self, event: yaml.ScalarEvent) -> str:
        start, end = event.start_mark, event.end_mark
        return self._text[start.index : end.index] if start and end else ""

    def _resolved(self, place: Place, text: str) -> str | float | bool | None:
        try:
            return resolved(text)
        except ValueError as error:
            self._problems.add(place, "wrong-value", str(error))
            return None


def read(text: str, file: str, problems: Problems) -> tuple[Node, ...]:
    """Read the documents in *text*; what is wrong with it goes to *problems*. Empty documents are left out."""
    if len(text) > _MAX_CHARACTERS:
        problems.add(Place(file), "too-large", f"more than {_MAX_CHARACTERS} characters")
        return ()
    everyday = read_everyday(text, file)
    return parsed(text, file, problems) if everyday is None else everyday


def parsed(text: str, file: str, problems: Problems) -> tuple[Node, ...]:
    """Read the documents in *text* with the YAML parser, whatever they are."""
    builder = _Builder(text, file, problems)
    try:
        for event in _events(text):
            builder.feed(event)
    except _TooMuchError as error:
        problems.add(error.place, "too-large", str(error), "split it")
        return ()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        problems.add(place, "syntax", error.problem or "this is not YAML", _syntax_cure(text, mark))
        return ()
    except (yaml.YAMLError, UnicodeEncodeError):
        problems.add(*_strange(text, file))
        return ()
    roots = tuple(root for root in builder.roots if not (isinstance(root, Scalar) and root.value is None))
    if not roots:
        problems.add(Place(file, 1, 1), "empty", "there is no document here")
    return roots


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
    return events


def _strange(text: str, file: str) -> tuple[Place, str, str, str]:
    """Tell of the first character in *text* that YAML does not allow."""
    found = _STRANGE.search(text)
    if found is None:
        return Place(file), "syntax", "a character that YAML does not allow", ""
    before = text[: found.start()].removeprefix("\ufeff")
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    message = f"`U+{ord(found[0]):04X}` is a character that YAML does not allow"
    return place, "syntax", message, 'take it out, or write it as an escape in double quotes, such as `"\\x07"`'


def _syntax_cure(text: str, mark: yaml.Mark | None) -> str:
    """Name the cure of the mistakes that are made most often."""
    lines = text.splitlines()
    if mark and mark.line < len(lines) and lines[mark.line].lstrip(" ").startswith("\t"):
        return "indent with spaces, not with tabs"
    return "look at this line and the one before it: a bracket or quote left open, a colon, the indentation"
