"""Tree: a YAML file as plain mappings and lists, beside the places of its values."""

from yett.compose.complaints import KeyPath
from yett.model.errors import OperatorError, Place, Problem
from yett.policy.nodes import Node, Scalar, Table
from yett.policy.problems import Problems
from yett.policy.source import read

__all__ = ["read_tree"]


def read_tree(content: bytes, file: str) -> tuple[dict[str, object], dict[KeyPath, Place]]:
    """
    Read the one mapping that *content* holds; a null is a key that was left out.

    Raises:
        OperatorError: it is not UTF-8, not YAML, more than one document, or no mapping.
    """
    problems = Problems()
    roots = read(_text(content, file), file, problems)
    if not roots and _hollow(problems):
        return {}, {}
    problems.raise_any()
    root = roots[0]
    if len(roots) > 1:
        raise OperatorError(Problem(roots[1].place, "wrong-type", "a configuration is one document", "leave out `---`"))
    if not isinstance(root, Table):
        raise OperatorError(Problem(root.place, "wrong-type", "a configuration is a mapping of keys and values"))
    places: dict[KeyPath, Place] = {}
    return _mapping(root, (), places), places


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(Place(file, line), "encoding", "this line is not UTF-8", "save the file as UTF-8")
        raise OperatorError(problem) from None


def _hollow(problems: Problems) -> bool:
    try:
        problems.raise_any()
    except OperatorError as error:
        return {problem.code for problem in error.problems} == {"empty"}
    return True


def _plain(node: Node, path: KeyPath, places: dict[KeyPath, Place]) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Table):
        return _mapping(node, path, places)
    for position, item in enumerate(node.items):
        places[(*path, position)] = item.place
    return [_plain(item, (*path, position), places) for position, item in enumerate(node.items)]


def _mapping(table: Table, path: KeyPath, places: dict[KeyPath, Place]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, node in table.entries:
        here = (*path, key.text)
        places[here] = key.place
        if not (isinstance(node, Scalar) and node.value is None):
            plain[key.text] = _plain(node, here, places)
    return plain
