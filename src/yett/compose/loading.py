"""
Loading: from a file, variables and options to Settings.

Rules:

1. What counts for more is said later: defaults, the file, variables of the ecosystem, `YETT_` variables, the command line.
2. Every problem is told at once, with its place and its cure, and any problem stops the start.
3. Only where nothing at all is configured, and on loopback, is the mode `development` without being asked for.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from yett.compose.complaints import complain
from yett.compose.draft import Draft
from yett.compose.environment import (
    CONFIGURATION,
    assignments,
    notices,
    problems,
    provider_gaps,
    variables,
)
from yett.compose.provider import OPENAI_URL
from yett.compose.references import expand
from yett.compose.settings import Settings
from yett.compose.tree import read_tree
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["Loaded", "SettingsSource", "load"]

_FILE = Path("yett.yaml")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_COMMAND_LINE = Place("command line")
_LARGEST_FILE = 4_194_304  # bytes; a file with a thousand keys has a tenth of that


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that holds, and where it comes from."""

    settings: Settings
    file: Path | None = None
    """The configuration file, where there is one."""
    notices: tuple[Problem, ...] = ()
    """What was said and has no effect, or leaves the gateway without use. None of it stops the start."""


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """Where a configuration is said; it can be loaded again and again."""

    config: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    overrides: Mapping[str, object] = field(default_factory=dict)
    """What the command line says, by dotted key; None says nothing."""
    folder: Path = field(default_factory=Path)
    """Where `yett.yaml` and `.env` are looked for."""

    def load(self) -> Loaded:
        """
        Read everything and check it.

        Raises:
            OperatorError: something is wrong; it carries every problem.
        """
        known = variables(self.environment, self.folder)
        file = self._file(known)
        draft = Draft(Place(str(file) if file else "configuration"))
        found = list(problems(known))
        if file:
            found += _read(file, draft, known)
        self._overlay(draft, known, chosen=file is not None)
        settings, wrong = _typed(draft)
        # A reference that leads nowhere is told once, not again as a value of the wrong type.
        told = {problem.place for problem in found}
        found += [problem for problem in wrong if problem.place not in told]
        if settings is None or found:
            raise OperatorError(*dict.fromkeys(found))
        return Loaded(settings, file, (*notices(known), *_idle(settings, draft)))

    def _file(self, known: Mapping[str, str]) -> Path | None:
        named = self.config or (Path(known[CONFIGURATION]) if CONFIGURATION in known else None)
        beside = self.folder / _FILE
        return named or (beside if beside.is_file() else None)

    def _overlay(self, draft: Draft, known: Mapping[str, str], *, chosen: bool) -> None:
        alone = not draft.get("llm_providers")
        for path, text, place in assignments(known):
            draft.put(path, _said(text), place)
        for key, value in self.overrides.items():
            if value is not None:
                draft.put(tuple(key.split(".")), value, _COMMAND_LINE)
        if not chosen and draft.get("server", "mode") is None and draft.get("server", "host") in {None, *_LOOPBACK}:
            draft.put(("server", "mode"), "development", draft.root)
        if alone or draft.get("llm_providers", "openai") is not None:
            _fill(draft, known)
        if alone and draft.get("llm_providers") and draft.get("server", "mode") == "development":
            # Whoever tries Yett with a provider's key in the environment still finds the model of the first steps.
            draft.put(("llm_providers", "stub"), {}, draft.root)


def load(config: Path | None = None, **overrides: object) -> Settings:
    """Load the configuration of this process; `server__port=0` overrides `server.port`."""
    return SettingsSource(config, overrides={k.replace("__", "."): v for k, v in overrides.items()}).load().settings


def _fill(draft: Draft, known: Mapping[str, str]) -> None:
    """Fill what is open of the provider `openai`, unless it is somewhere else than the variables mean."""
    address = draft.get("llm_providers", "openai", "base_url")
    meant = {OPENAI_URL, known.get("OPENAI_API_URL", OPENAI_URL).rstrip("/")}
    if address is None or (isinstance(address, str) and address.rstrip("/") in meant):
        for path, text, place in provider_gaps(known):
            draft.put(path, text, place, only_gaps=True)


def _read(file: Path, draft: Draft, known: Mapping[str, str]) -> list[Problem]:
    """Read *file* into *draft* and return what is wrong with it."""
    try:
        with file.open("rb") as content:
            text = content.read(_LARGEST_FILE + 1)
    except OSError as error:
        why = (error.strerror or "unreadable").lower()
        return [Problem(Place(str(file)), "unreadable-file", f"cannot be read: {why}", "name a readable YAML file")]
    if len(text) > _LARGEST_FILE:
        return [Problem(Place(str(file)), "unreadable-file", f"is larger than {_LARGEST_FILE} bytes")]
    try:
        draft.data, draft.places = read_tree(text, str(file))
    except OperatorError as error:
        return list(error.problems)
    found = list(draft.rewrite(partial(expand, environment=known)))
    _anchor(draft, file.parent)
    return found


def _anchor(draft: Draft, folder: Path) -> None:
    """Let relative paths of the file begin where the file is."""
    records, policies = draft.get("records"), draft.get("policies")
    terms, personal = draft.get("security", "banned_terms"), draft.get("security", "pii_protection")
    if isinstance(records, dict) and isinstance(records.get("path"), str):
        records["path"] = str(folder / records["path"])
    rego = draft.get("policies", "rego")
    for section, key in ((policies, "files"), (rego, "files"), (terms, "files"), (personal, "custom")):
        if isinstance(section, dict) and isinstance(section.get(key), list):
            section[key] = [str(folder / name) if isinstance(name, str) else name for name in section[key]]
    feeds = draft.get("security", "threat_feeds")
    for feed in feeds if isinstance(feeds, list) else ():
        if isinstance(feed, dict) and isinstance(feed.get("path"), str):
            feed["path"] = str(folder / feed["path"])
    for source in policies.get("sources", ()) if isinstance(policies, dict) else ():
        # The folder of a repository is one within it.
        if isinstance(source, dict) and isinstance(source.get("folder"), str) and "git" not in source:
            source["folder"] = str(folder / source["folder"])


def _said(text: str) -> object:
    """Read a variable's text: lists and mappings in YAML's flow style, everything else as it stands."""
    if not text.startswith(("[", "{")):
        return text
    try:
        tree, _ = read_tree(f"value: {text}".encode(), "")
    except OperatorError:
        return text  # a secret may begin so; where a list is expected, its type is the problem
    return tree["value"]


def _typed(draft: Draft) -> tuple[Settings | None, list[Problem]]:
    try:
        return Settings.model_validate(draft.data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, list(complain(details, draft.whereabouts))


def _idle(settings: Settings, draft: Draft) -> Iterator[Problem]:
    """List what was configured and has no effect, or has less than it may seem."""
    places = draft.whereabouts
    for name, provider in settings.llm_providers.items():
        if provider.kind == "anthropic":
            message = f"`llm_providers.{name}` is left out: this version does not speak Anthropic's messages"
            yield Problem(places.of(("llm_providers", name)), "no-effect", message, "its models are not found")
    if "retention_days" in settings.logging.model_fields_set:
        message = "`logging.retention_days`: this version deletes no records by itself"
        yield Problem(places.of(("logging", "retention_days")), "no-effect", message)
    if settings.server.mode == "production" and not settings.access.keys:
        hint = "write keys into `access.keys`, or `server.mode: development` on your own machine"
        yield Problem(places.of(("access",)), "no-access", "there is no key, so nobody may call", hint)
    if settings.server.mode == "development" and settings.server.host not in _LOOPBACK:
        message = "development mode lets in whoever reaches this address and says `dev-token`"
        yield Problem(places.of(("server", "mode")), "open-door", message, "write `server.mode: production`")
