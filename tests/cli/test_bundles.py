"""`yett policy bundle` gathers, signs and verifies."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services.test_publishing import policy
from yett.integrity.signatures import public_key

PRIVATE = "02" * 32  # not a credential


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(policy("a"))
    (tmp_path / "b.yaml").write_text(policy("b") + "---\n" + policy("c"))
    (tmp_path / "key").write_text(PRIVATE + "\n")


def test_a_bundle_is_built_and_verified(yett: Run, files: None) -> None:
    built = yett("policy", "bundle", "build", "a.yaml", "b.yaml", "-o", "x.json", "--key", "key")
    assert (built.code, len(built.out.strip())) == (0, 64)
    told = json.loads(yett("policy", "bundle", "verify", "x.json", "--json", "--trust", public_key(PRIVATE)).out)
    assert told["policies"] == ["a@1", "b@1", "c@1"]
    assert (told["digest"], told["signer"], told["holds"]) == (built.out.strip(), public_key(PRIVATE), True)
    assert yett("policy", "bundle", "verify", "x.json", "--trust", "00").code == 1
    unsigned = yett("policy", "bundle", "build", "b.yaml", "a.yaml", "-o", "y.json")
    assert unsigned.out == built.out
    assert "nobody signed it" in yett("policy", "bundle", "verify", "y.json").out


def test_what_was_changed_does_not_verify(yett: Run, files: None, tmp_path: Path) -> None:
    yett("policy", "bundle", "build", "a.yaml", "-o", "x.json", "--key", "key")
    file = tmp_path / "x.json"
    form = json.loads(file.read_text())
    file.write_text(json.dumps({**form, "documents": {"a": "evil"}}))
    assert yett("policy", "bundle", "verify", "x.json").code == 2
    file.write_text(json.dumps({**form, "signature": "00" * 64}))
    forged = yett("policy", "bundle", "verify", "x.json")
    assert (forged.code, "not one of this bundle" in forged.out) == (1, True)
    file.write_text(json.dumps({**form, "signature": ""}))
    named = yett("policy", "bundle", "verify", "x.json", "--trust", public_key(PRIVATE))
    assert (named.code, "not one of this bundle" in named.out) == (1, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (policy("a") + "tests: [{given: {llm.containsPII: true}, expect: {effect: allow}}]", "failed-test"),
        ("rules: {", "syntax"),
    ],
)
def test_nothing_is_built_from_what_does_not_hold(
    yett: Run, files: None, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    ran = yett("policy", "bundle", "build", "a.yaml", "-o", "x.json")
    assert (ran.code, message in ran.err, (tmp_path / "x.json").exists()) == (2, True, False)


@pytest.mark.parametrize(
    "arguments", [("bundle", "build", "-o", "x.json"), ("push",), ("bundle", "verify")], ids=["build", "push", "verify"]
)
def test_what_is_no_text_and_what_is_empty_is_told(yett: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    for name in ("binary.yaml", "binary.json"):
        (tmp_path / name).write_bytes(b"metadata: \xff")
        ran = yett("policy", *arguments, name)
        assert (ran.code, "is not UTF-8" in ran.err) == (2, True)
    ran = yett("policy", *arguments, "empty.yaml")
    assert (ran.code, ran.out) == (2, "")


def test_what_is_no_key_and_what_is_there_twice_is_told(yett: Run, files: None, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\u00e9")
    assert "is no private key" in yett("policy", "bundle", "build", "a.yaml", "-o", "x", "--key", "key").err
    (tmp_path / "d.yaml").write_text(policy("a"))
    assert "another file, too, has a policy `a`" in yett("policy", "bundle", "build", "a.yaml", "d.yaml", "-o", "x").err
