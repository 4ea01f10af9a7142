"""
Feeds: which rules of others come into force, and on whose word.

Rules:

1. A feed counts when somebody whose key the configuration names for it has signed it; nothing in it is tried before.
2. The highest version of each feed that came into force is remembered beside the records. A lower one is refused, so
   that nobody can take protection away by putting an old file, rightly signed, in the place of the new one.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fcntl import LOCK_EX, flock
from pathlib import Path
from secrets import token_hex

from yett.compose.settings import Settings, ThreatFeed
from yett.compose.texts import read_text
from yett.detectors.feeds import Feed, canonical, read_feed, rules_in
from yett.detectors.rule import Rule
from yett.integrity.signatures import public_key, sign, verify
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["feed_rules", "genuine", "remember_feeds", "signed_feed"]

_NAME = "feeds.json"


def feed_rules(settings: Settings) -> tuple[Rule, ...]:
    """
    Return the rules of the feeds that *settings* name.

    Raises:
        OperatorError: a feed is wrong, older than one that was in force, or nobody who is trusted signed it.
    """
    return tuple(rule for file, feed in _feeds(settings) for rule in rules_in(feed, str(file)))


def remember_feeds(settings: Settings) -> None:
    """
    Remember the versions of the feeds that *settings* name, which have come into force.

    Raises:
        OperatorError: a feed is not fit any longer, or the folder for records cannot be written to.
    """
    if not settings.security.threat_feeds:
        return
    path = settings.records.path / _NAME
    try:
        with _alone(path):
            known = _versions(path)
            seen = known | {feed.name: feed.version for _, feed in _feeds(settings)}
            if seen != known:
                _write(path, seen)
    except OSError as error:
        why = f"`records.path` cannot be used: {(error.strerror or 'cannot be written').lower()}"
        hint = "name a folder that Yett may write"
        raise OperatorError(Problem(Place(str(path)), "unusable-folder", why, hint)) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only process that changes *path*: of two that read it before either writes, one would undo the other."""
    with path.with_name(f"{path.name}.lock").open("ab") as file:  # closing it gives the lock back
        flock(file.fileno(), LOCK_EX)
        yield


def _write(path: Path, seen: dict[str, int]) -> None:
    """Write *seen* at *path*: all of it, or what was there before."""
    fresh = path.with_name(f"{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(seen, file, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def signed_feed(feed: Feed, private: str) -> Feed:
    """
    Sign *feed* with the key *private*, in hex.

    Raises:
        OperatorError: it is no key.
    """
    try:
        own = replace(feed, signer=public_key(private), signature="")
        return replace(own, signature=sign(private, canonical(own)))
    except ValueError:
        hint = "a private key is 64 hexadecimal digits: `openssl rand -hex 32`"
        raise OperatorError(Problem(Place("key"), "bad-key", "is no private key", hint)) from None


def genuine(feed: Feed) -> bool:
    """Say whether whoever *feed* names has signed it."""
    return verify(feed.signer, canonical(feed), feed.signature)


def _feeds(settings: Settings) -> tuple[tuple[Path, Feed], ...]:
    """Read every feed that *settings* name, each with its file; what may not come into force is a problem."""
    wanted = settings.security.threat_feeds
    known = _versions(settings.records.path / _NAME) if wanted else {}
    found: dict[str, tuple[Path, Feed]] = {}
    problems: list[Problem] = []
    for each in wanted:
        try:
            feed = read_feed(read_text(each.path), str(each.path))
        except OperatorError as error:
            problems += error.problems
            continue
        problems += _distrust(feed, each)
        if feed.version < known.get(feed.name, 0):
            said = f"is version {feed.version} of `{feed.name}`, and {known[feed.name]} was in force"
            hint = f"fetch version {known[feed.name]} or a later one"
            problems.append(Problem(Place(str(each.path)), "older-feed", said, hint))
        if feed.name in found:
            said = f"another file, too, holds the feed `{feed.name}`"
            problems.append(Problem(Place(str(each.path)), "duplicate-feed", said, "name one of them"))
        found[feed.name] = (each.path, feed)
    if problems:
        raise OperatorError(*problems)
    return tuple(found.values())


def _distrust(feed: Feed, wanted: ThreatFeed) -> list[Problem]:
    """Say why *feed* may not come into force as it is signed."""
    if not feed.signature:
        said, hint = "nobody signed this feed", "fetch it as it was published"
    elif not genuine(feed):
        said, hint = "the signature is not one of this feed: it was changed", "fetch it anew, as it was published"
    elif feed.signer.lower() not in {key.lower() for key in wanted.public_keys}:
        said = f"`{feed.signer}` signed this feed, whose key is not trusted for it"
        hint = "ask the publisher for the key, and add it to `public_keys` of the feed if you believe it"
    else:
        return []
    return [Problem(Place(str(wanted.path)), "bad-signature", said, hint)]


def _versions(path: Path) -> dict[str, int]:
    """Return the highest version of each feed that was in force."""
    try:
        known = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        known = None
    if not isinstance(known, dict) or not all(type(version) is int for version in known.values()):
        hint = "restore it, or move it away and make sure that the feeds are the newest"
        raise OperatorError(Problem(Place(str(path)), "lost-versions", "does not say which feeds were in force", hint))
    return known
