"""`yett policy push` and its kin."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services.test_publishing import policy


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(policy("a"))
    (tmp_path / "a2.yaml").write_text(policy("a", "2"))


def test_policies_come_into_force_by_stages_and_go_back(yett: Run) -> None:
    assert yett("policy", "push", "a.yaml", "--note", "first").out.startswith("#1 enforce in default: ")
    assert yett("policy", "push", "a2.yaml", "--stage", "canary", "--share", "30").out.startswith("#2 canary 30 %")
    (listed,) = json.loads(yett("policy", "list", "--json").out)
    assert (listed["live"]["number"], listed["candidate"]["share"], listed["policies"]) == (1, 30, ["a@1"])
    assert yett("policy", "rollout", "default").out.startswith("#3 enforce")
    assert yett("policy", "show", "a").out == policy("a", "2")
    assert yett("policy", "rollback", "a", "1").out.startswith("#4 enforce")
    assert yett("policy", "rollback", "default", "3").out.startswith("#5 enforce")
    history = json.loads(yett("policy", "history", "--json").out)
    assert [each["number"] for each in history] == [5, 4, 3, 2, 1]
    assert history[-1]["note"] == "first"
    assert yett("policy", "history").out.splitlines()[0].split()[0] == "RELEASE"
    assert yett("policy", "list").out.splitlines()[1].split() == ["default", "#5", "enforce", "-", "a@2"]


def test_policies_go_where_they_say_they_belong(yett: Run, tmp_path: Path) -> None:
    for name, namespace in (("x", "acme"), ("y", "other")):
        text = policy(name).replace("version: '1'", f"namespace: {namespace}")
        (tmp_path / f"{name}.yaml").write_text(text)
    assert " in acme: " in yett("policy", "push", "x.yaml").out
    assert "belong to 2 namespaces: acme, other" in yett("policy", "push", "x.yaml", "y.yaml").err
    assert "says that it belongs to `other`" in yett("policy", "push", "y.yaml", "--namespace", "acme").err


def test_a_bundle_takes_the_place_of_all(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(policy("b"))
    yett("policy", "push", "a.yaml")
    yett("policy", "bundle", "build", "b.yaml", "-o", "b.json")
    assert yett("policy", "push", "b.json").code == 0
    assert json.loads(yett("policy", "list", "--json").out)[0]["policies"] == ["b@1"]
    assert "a bundle is pushed alone" in yett("policy", "push", "b.json", "a.yaml").err


def test_a_folder_and_a_repository_are_synced(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "c.yaml").write_text(policy("c"))
    assert yett("policy", "sync", "p", "--namespace", "n").out.startswith("#1 enforce in n")
    assert yett("policy", "sync", "p", "--namespace", "n").out == "in force already\n"
    (tmp_path / "p" / "c.yaml").write_text(policy("c", "committed"))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "--quiet"], ["add", "c.yaml"], ["commit", "--quiet", "-m", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path / "p", check=True)
    (tmp_path / "p" / "c.yaml").write_text(policy("c", "not committed"))
    told = json.loads(yett("policy", "sync", "p", "--namespace", "n", "--stage", "shadow", "--json").out)
    assert (len(told["commit"]), told["rollout"]) == (40, "shadow")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "z"), "there is no policy `z`"),
        (("rollback", "a", "9"), "there is no version `a 9`"),
        (("rollout", "nowhere"), "there is no namespace `nowhere`"),
        (("history", "nowhere"), "there is no namespace `nowhere`"),
        (("sync", "nowhere"), "there is no such folder"),
        (("push", "wrong.yaml"), "unknown field"),
    ],
)
def test_what_cannot_be_is_told(yett: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "wrong.yaml").write_text(policy("a", when="llm.nothing"))
    ran = yett("policy", *arguments)
    assert (ran.code, message in ran.err) == (2, True)


def test_only_what_is_signed_by_whom_one_trusts_is_taken(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("03" * 32)  # not a credential
    signer = yett("policy", "bundle", "build", "a.yaml", "-o", "a.json", "--key", "key").err.split()[-1]
    (tmp_path / "yett.yaml").write_text(f"policies: {{trusted_keys: ['{signer}']}}\n")
    assert "nobody whose key" in yett("policy", "push", "a.yaml").err
    assert yett("policy", "push", "a.yaml", "--key", "key").code == 0
    assert yett("policy", "push", "a.json").code == 0


def test_what_is_in_force_is_signed_anew_and_what_was_before_comes_back_signed(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("03" * 32)  # not a credential
    signer = yett("policy", "bundle", "build", "a.yaml", "-o", "a.json", "--key", "key").err.split()[-1]
    assert yett("policy", "push", "a.yaml").code == 0
    (tmp_path / "yett.yaml").write_text(f"policies: {{trusted_keys: ['{signer}']}}\n")
    for again in (("rollout", "default"), ("rollback", "default", "1"), ("rollback", "a", "1")):
        assert yett("policy", *again, "--key", "key").code == 0
    assert "nobody whose key" not in yett("policy", "rollout", "default").err
