"""What is found has a name, and the default policy has an opinion on it."""

from importlib.resources import files

import pytest
import yaml

from yett.model.kinds import FAMILIES, KINDS, family

SILENT = frozenset({"text"})
"""Conditions on text belong to the policy that they were lifted from."""


def unknown(kinds: set[str]) -> set[str]:
    """Return the kinds that are not in the register, nor below an open prefix of it."""
    prefixes = tuple(kind for kind in KINDS if kind.endswith("."))
    return {kind for kind in kinds if kind not in KINDS and not kind.startswith(prefixes)}


def ignored(families: set[str], read: set[str]) -> set[str]:
    """Return the families that no field in *read* asks about; facts call `secret` by its plural."""
    asked = {name.split(".")[0] for name in read}
    return {name for name in families - SILENT if {name, f"{name}s"}.isdisjoint(asked)}


def found_kinds() -> set[str]:
    """Return the kinds of all rules that are shipped."""
    kinds = set()
    for file in files("yett.detectors").joinpath("data").iterdir():
        if file.name.endswith(".yaml"):
            kinds |= {rule["kind"] for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]}
    return kinds


def read_fields(node: object) -> set[str]:
    """Return the fields that the conditions below *node* read."""
    match node:
        case {"field": str(name)}:
            return {name}
        case dict():
            return set().union(*(read_fields(value) for value in node.values()), set())
        case list():
            return set().union(*(read_fields(value) for value in node), set())
    return set()


def policy_fields(name: str) -> set[str]:
    text = files("yett").joinpath("policies", f"{name}.yaml").read_text(encoding="utf-8")
    return set().union(*(read_fields(document["rules"]) for document in yaml.safe_load_all(text)))


def test_every_kind_is_registered() -> None:
    assert unknown(found_kinds()) == set()


def test_every_registered_kind_has_a_family() -> None:
    assert {kind for kind in KINDS if family(kind) not in FAMILIES} == set()


@pytest.mark.parametrize("policy", ["default", "strict"])
def test_every_family_is_judged(policy: str) -> None:
    assert ignored(set(FAMILIES), policy_fields(policy)) == set()


def test_an_unknown_kind_is_seen() -> None:
    assert unknown({"pii.email", "secret.aws", "injection.emial"}) == {"injection.emial"}


def test_an_ignored_family_is_seen() -> None:
    assert ignored({"secret", "pii", "command", "text"}, {"secrets.score", "pii.types"}) == {"command"}
