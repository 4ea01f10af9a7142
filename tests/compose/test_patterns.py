"""Compiled patterns are kept for the next start, for nobody else, and never trusted further than they fit."""

import os
import platform
from pathlib import Path

import pytest

from yett.compose import patterns
from yett.compose.patterns import PatternCache
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.model.segment import Origin

RULES = (Rule("cod", "content.fish", "(?i)cod", 0.9), Rule("hake", "content.fish", "(?i)hake", 0.9))
OTHERS = (Rule("cod", "content.fish", "(?i)cods?", 0.9), RULES[1])
COMPILED = b"compiled"


def kept(folder: Path) -> Path:
    """Keep what was compiled in *folder*, and return the one file there."""
    PatternCache(folder).keep(RULES, COMPILED)
    (file,) = folder.iterdir()
    return file


def test_what_was_kept_is_loaded(tmp_path: Path) -> None:
    file = kept(tmp_path / "deep" / "cache")
    assert PatternCache(file.parent).load(RULES) == COMPILED
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_loaded_where_nothing_was_kept(tmp_path: Path) -> None:
    assert PatternCache(tmp_path).load(RULES) == b""
    assert PatternCache(tmp_path / "missing").load(RULES) == b""


def test_what_is_kept_anew_takes_the_place_of_the_old(tmp_path: Path) -> None:
    file = kept(tmp_path)
    PatternCache(tmp_path).keep(RULES, b"newer")
    assert file.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("mode", "loaded"), [(0o600, True), (0o644, True), (0o620, False), (0o602, False), (0o666, False)]
)
def test_what_others_could_have_written_is_not_loaded(tmp_path: Path, mode: int, loaded: bool) -> None:
    kept(tmp_path).chmod(mode)
    assert PatternCache(tmp_path).load(RULES) == (COMPILED if loaded else b"")


def test_what_belongs_to_another_user_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path)
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert PatternCache(tmp_path).load(RULES) == b""


def test_what_was_compiled_of_other_rules_is_not_loaded(tmp_path: Path) -> None:
    kept(tmp_path)
    assert PatternCache(tmp_path).load(OTHERS) == b""


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (platform, "machine", lambda: "another"),
        (platform, "processor", lambda: "another"),
        (patterns, "_abilities", lambda: "flags: another"),
        (patterns, "version", lambda _: "0.0.1"),
    ],
)
def test_what_was_compiled_elsewhere_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str, value: object
) -> None:
    kept(tmp_path)
    monkeypatch.setattr(where, name, value)
    assert PatternCache(tmp_path).load(RULES) == b""


@pytest.mark.parametrize("above", ["a file", "a file/below"])
def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path, above: str) -> None:
    (tmp_path / "a file").touch()
    cache = PatternCache(tmp_path / above)
    cache.keep(RULES, COMPILED)
    assert cache.load(RULES) == b""


def test_a_file_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    file = kept(tmp_path)
    file.unlink()
    file.mkdir()
    PatternCache(tmp_path).keep(RULES, COMPILED)
    assert list(tmp_path.iterdir()) == [file]


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    cache = PatternCache()
    cache.keep(RULES, COMPILED)
    assert cache.load(RULES) == b""


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"XDG_CACHE_HOME": "/somewhere", "HOME": "/anna"}, "/somewhere/yett"),
        ({"XDG_CACHE_HOME": "", "HOME": "/anna"}, "/anna/.cache/yett"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/anna"}, "/anna/.cache/yett"),
    ],
)
def test_the_users_own_folder_is_used(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert PatternCache()._path(RULES).parent == Path(folder)


@pytest.mark.parametrize(
    "spoil", [lambda good: good, lambda good: good[:-9], lambda good: b"nonsense", lambda good: b""]
)
def test_a_detector_finds_the_same_whatever_was_kept(tmp_path: Path, spoil: object) -> None:
    cache = PatternCache(tmp_path)
    fresh = PatternSet(RULES)
    assert callable(spoil)
    cache.keep(RULES, spoil(fresh.dump()))
    again = PatternSet(RULES, saved=cache.load(RULES))
    text = "A Cod and a hake."
    assert again.detect(text, Origin.USER) == fresh.detect(text, Origin.USER) != []
