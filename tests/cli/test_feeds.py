"""`yett detectors feed` signs and verifies."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.detectors.test_feeds import DRAFT
from yett.integrity.signatures import public_key

PRIVATE = "02" * 32  # not a credential


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "draft.yaml").write_text(DRAFT)
    (tmp_path / "key").write_text(PRIVATE + "\n")


def test_a_feed_is_signed_and_verified(yett: Run, files: None) -> None:
    signed = yett("detectors", "feed", "sign", "draft.yaml", "--key", "key", "--out", "acme.json")
    assert (signed.code, signed.out.strip()) == (0, public_key(PRIVATE))
    told = yett("detectors", "feed", "verify", "acme.json")
    assert (told.code, told.out.splitlines()) == (
        0,
        ["acme version 3, issued 2026-01-31", "  acme/moonrise", f"signed by {public_key(PRIVATE)}"],
    )
    form = json.loads(
        yett("detectors", "feed", "verify", "acme.json", "--json", "--trust", public_key(PRIVATE).upper()).out
    )
    assert (form["rules"], form["signer"], form["holds"]) == (["acme/moonrise"], public_key(PRIVATE), True)
    strange = yett("detectors", "feed", "verify", "acme.json", "--trust", "00" * 32)
    assert (strange.code, "none of the trusted keys did" in strange.out) == (1, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"version": 4}, "the signature is not one of this feed"), ({"signature": ""}, "nobody signed it")],
)
def test_what_nobody_signed_does_not_verify(
    yett: Run, files: None, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    yett("detectors", "feed", "sign", "draft.yaml", "--key", "key", "-o", "acme.json")
    file = tmp_path / "acme.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    ran = yett("detectors", "feed", "verify", "acme.json")
    assert (ran.code, said in ran.out) == (1, True)
    told = json.loads(yett("detectors", "feed", "verify", "acme.json", "--json").out)
    assert (told["signer"], told["genuine"], told["holds"]) == ("", False, False)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("the moon rises", "moonrise protocol", "failed-example"), ("version: 3", "version: 0", "bad-feed")],
)
def test_what_would_be_refused_is_not_signed(yett: Run, tmp_path: Path, old: str, new: str, code: str) -> None:
    (tmp_path / "draft.yaml").write_text(DRAFT.replace(old, new))
    ran = yett("detectors", "feed", "sign", "draft.yaml", "--key", "key", "-o", "acme.json")
    assert (ran.code, f"[{code}]" in ran.err, (tmp_path / "acme.json").exists()) == (2, True, False)


def test_what_is_no_key_signs_nothing(yett: Run, files: None, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("02")
    ran = yett("detectors", "feed", "sign", "draft.yaml", "--key", "key", "-o", "acme.json")
    assert (ran.code, "is no private key" in ran.err) == (2, True)
