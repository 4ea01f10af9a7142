"""Which feeds come into force: on whose word, not older than before, and without a restart."""

import errno
import fcntl
import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.detectors.test_feeds import FEED, RULE
from yett.compose import feeds, personal
from yett.compose.feeds import feed_rules, genuine, remember_feeds, signed_feed
from yett.compose.house import House
from yett.compose.loading import SettingsSource
from yett.compose.settings import Settings
from yett.compose.watching import Watcher
from yett.detectors.feeds import Feed, written
from yett.detectors.rule import Rule
from yett.integrity.signatures import public_key
from yett.model.errors import OperatorError
from yett.model.segment import Origin

PRIVATE = "02" * 32  # not a credential
OTHER = "03" * 32  # not a credential
PUBLIC = public_key(PRIVATE)


def put(folder: Path, feed: Feed = FEED, private: str = PRIVATE, file: str = "acme.json") -> Path:
    path = folder / file
    path.write_text(written(signed_feed(feed, private)))
    return path


def asked(folder: Path, *files: str, keys: tuple[str, ...] = (PUBLIC.upper(),)) -> Settings:
    feeds = [{"path": str(folder / file), "public_keys": keys} for file in files or ("acme.json",)]
    (folder / "records").mkdir(exist_ok=True)
    return Settings.model_validate({"security": {"threat_feeds": feeds}, "records": {"path": str(folder / "records")}})


def codes(act: Callable[[], object], file: Path) -> list[str]:
    with pytest.raises(OperatorError) as caught:
        act()
    assert {problem.place.file for problem in caught.value.problems} == {str(file)}
    assert all(problem.hint for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def test_what_is_signed_by_whom_is_trusted_comes_into_force(tmp_path: Path) -> None:
    put(tmp_path)
    assert [rule.id for rule in feed_rules(asked(tmp_path))] == ["acme/moonrise"]
    assert [rule.id for rule in feed_rules(asked(tmp_path, keys=(public_key(OTHER), PUBLIC)))] == ["acme/moonrise"]


def test_a_signature_is_that_of_one_feed() -> None:
    feed = signed_feed(FEED, PRIVATE)
    assert genuine(feed)
    assert not genuine(replace(feed, version=feed.version + 1))
    assert not genuine(replace(feed, signature=""))


def test_what_is_no_key_signs_nothing() -> None:
    with pytest.raises(OperatorError, match="is no private key"):
        signed_feed(FEED, "02")


def tampered(file: Path) -> None:
    file.write_text(file.read_text().replace("moonrise protocol", "moonrise protocols?"))


def unsigned(file: Path) -> None:
    file.write_text(written(FEED).replace(FEED.signature, ""))


def by_somebody_else(file: Path) -> None:
    put(file.parent, private=OTHER)


def in_the_name_of_another(file: Path) -> None:
    put(file.parent, private=OTHER)
    file.write_text(file.read_text().replace(public_key(OTHER), PUBLIC))


@pytest.mark.parametrize("spoil", [tampered, unsigned, by_somebody_else, in_the_name_of_another])
def test_what_nobody_who_is_trusted_signed_is_refused(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    file = put(tmp_path)
    spoil(file)
    assert codes(lambda: feed_rules(asked(tmp_path)), file) == ["bad-signature"]


def test_a_signed_feed_whose_example_fails_is_refused(tmp_path: Path) -> None:
    rule = {**RULE, "examples": {"true": ["nothing of that"], "false": ["x"]}}
    file = put(tmp_path, replace(FEED, rules=(rule,)))
    assert codes(lambda: feed_rules(asked(tmp_path)), file) == ["failed-example"]


@pytest.mark.parametrize(("text", "code"), [("{}", "bad-feed"), (None, "unreadable-file")])
def test_what_is_no_feed_is_refused(tmp_path: Path, text: str | None, code: str) -> None:
    file = tmp_path / "acme.json"
    if text is not None:
        file.write_text(text)
    assert codes(lambda: feed_rules(asked(tmp_path)), file) == [code]


def test_two_files_may_not_hold_feeds_of_one_name(tmp_path: Path) -> None:
    put(tmp_path)
    second = put(tmp_path, file="b.json")
    assert codes(lambda: feed_rules(asked(tmp_path, "acme.json", "b.json")), second) == ["duplicate-feed"]


def test_feeds_of_two_names_may_have_rules_of_one_name(tmp_path: Path) -> None:
    put(tmp_path)
    put(tmp_path, replace(FEED, name="zenith", version=1), file="b.json")
    settings = asked(tmp_path, "acme.json", "b.json")
    assert [rule.id for rule in feed_rules(settings)] == ["acme/moonrise", "zenith/moonrise"]
    remember_feeds(settings)
    assert json.loads((tmp_path / "records" / "feeds.json").read_text()) == {"acme": 3, "zenith": 1}


def test_a_lower_version_than_one_that_was_in_force_is_refused(tmp_path: Path) -> None:
    settings = asked(tmp_path)
    file = put(tmp_path)
    assert feed_rules(settings)
    put(tmp_path, replace(FEED, version=2))
    assert feed_rules(settings), "nothing was in force yet"
    put(tmp_path)
    remember_feeds(settings)
    for version, fine in ((2, False), (3, True), (4, True), (3, True)):
        put(tmp_path, replace(FEED, version=version))
        if fine:
            assert feed_rules(settings)
        else:
            assert codes(lambda: feed_rules(settings), file) == ["older-feed"]
            assert codes(lambda: remember_feeds(settings), file) == ["older-feed"]


def test_a_feed_that_is_not_asked_for_for_a_while_is_not_forgotten(tmp_path: Path) -> None:
    put(tmp_path)
    remember_feeds(asked(tmp_path))
    put(tmp_path, replace(FEED, name="zenith"), file="b.json")
    remember_feeds(asked(tmp_path, "b.json"))
    file = put(tmp_path, replace(FEED, version=1))
    assert codes(lambda: feed_rules(asked(tmp_path)), file) == ["older-feed"]


@pytest.mark.parametrize("text", ["", "[]", '{"acme": "3"}', '{"acme": true}'])
def test_a_memory_that_was_damaged_is_told(tmp_path: Path, text: str) -> None:
    put(tmp_path)
    settings = asked(tmp_path)
    memory = tmp_path / "records" / "feeds.json"
    memory.write_text(text)
    assert codes(lambda: feed_rules(settings), memory) == ["lost-versions"]


def test_a_memory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    put(tmp_path)
    settings = asked(tmp_path)
    (tmp_path / "records").rmdir()
    assert codes(lambda: remember_feeds(settings), tmp_path / "records" / "feeds.json") == ["unusable-folder"]


def test_a_memory_on_a_disk_that_may_only_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(feeds.os, "open", refused)
    monkeypatch.setattr(Path, "unlink", refused)
    assert codes(lambda: remember_feeds(asked(tmp_path)), tmp_path / "records" / "feeds.json") == ["unusable-folder"]


def test_two_processes_that_remember_at_one_time_both_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)
    put(tmp_path, replace(FEED, name="other"), file="other.json")
    beside = threading.Thread(target=lambda: (remember_feeds(asked(tmp_path, "other.json")), met.set()))
    met, sync, lock = threading.Event(), os.fsync, fcntl.flock

    def interrupted(descriptor: int) -> None:
        if threading.current_thread() is not beside:
            beside.start()
            met.wait()
        sync(descriptor)

    def locked(descriptor: int, how: int) -> None:
        if threading.current_thread() is beside:
            met.set()
        lock(descriptor, how)

    monkeypatch.setattr(os, "fsync", interrupted)
    monkeypatch.setattr(feeds, "flock", locked, raising=False)
    remember_feeds(asked(tmp_path))
    beside.join()
    assert set(json.loads((tmp_path / "records" / "feeds.json").read_text())) == {FEED.name, "other"}


def test_without_feeds_nothing_is_written(tmp_path: Path) -> None:
    settings = Settings.model_validate({"records": {"path": str(tmp_path)}})
    assert feed_rules(settings) == ()
    remember_feeds(settings)
    assert list(tmp_path.iterdir()) == []


async def test_a_changed_feed_takes_effect_and_an_older_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "chosen", lambda **_asked: (Rule("whale", "content.whale", "(?i)whale", 0.9),))
    (tmp_path / "yett.yaml").write_text(
        "records: {path: records}\npolicies: {default: none}\nserver: {mode: production}\nsecurity:\n"
        f"  prompt_injection: {{detection_models: rule_based}}\n"
        f"  threat_feeds: [{{path: acme.json, public_keys: {PUBLIC}}}]\n"
    )
    put(tmp_path)
    house = House(SettingsSource(None, {}, {}, tmp_path))
    watcher = Watcher(house.snapshots, house.telemetry, house.renewal.reload, house.loaded)

    def found(text: str) -> set[str]:
        detectors = house.snapshots.current.guard.detection.detectors
        return {match.kind for each in detectors for match in each.detect(text, Origin.USER)}

    assert (found("moonrise protocol"), found("sunset protocol")) == ({"injection.persona"}, set())
    sunset = {
        **RULE,
        "pattern": "(?i)sunset protocol",
        "examples": {"true": ["Sunset Protocol"], "false": ["the sun sets"]},
    }
    put(tmp_path, replace(FEED, version=4, rules=(sunset,)))
    assert [await watcher.look() for _ in range(2)] == [True, False]
    assert (found("moonrise protocol"), found("sunset protocol")) == (set(), {"injection.persona"})

    put(tmp_path)
    assert await watcher.look()
    assert "[older-feed]" in house.snapshots.failure
    assert found("sunset protocol") == {"injection.persona"}
    with pytest.raises(OperatorError, match="is version 3 of `acme`, and 4 was in force"):
        House(SettingsSource(None, {}, {}, tmp_path))

    put(tmp_path, replace(FEED, version=5))
    assert await watcher.look()
    assert (house.snapshots.failure, found("moonrise protocol")) == ("", {"injection.persona"})


@pytest.mark.parametrize("keys", [(), "", ("00",), ("zz" * 32,)])
def test_a_feed_without_a_key_to_hold_it_to_is_refused(keys: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"security": {"threat_feeds": [{"path": "acme.json", "public_keys": keys}]}})
