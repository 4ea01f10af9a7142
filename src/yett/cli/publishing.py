"""`yett policy push` and its kin: put policies in force, by stages, and back."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from yett.cli.bundles import gathered, key_option, private_key
from yett.cli.options import as_json, config, readable
from yett.cli.output import print_json, print_table, visible
from yett.compose.loading import SettingsSource
from yett.compose.publishing import configured_source, open_publishing
from yett.compose.settings import PolicySource, Settings
from yett.compose.texts import read_text
from yett.model.errors import OperatorError, Place, Problem
from yett.model.release import Release, Rollout, Standing
from yett.policy.bundles import bundled, documents_of, read_bundle
from yett.services.publishing import Intent, Publishing
from yett.services.syncing import sync as synced

__all__ = ["history", "list_", "push", "rollback", "rollout", "show", "sync"]

_Result = TypeVar("_Result")
_DEFAULT = "default"
_stage = click.option(
    "--stage",
    type=click.Choice([each.value for each in Rollout]),
    default=Rollout.ENFORCE.value,
    show_default=True,
    help="How far it comes into force.",
)
_share = click.option(
    "--share",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="Of a canary, for how many callers in a hundred.",
)
_note = click.option("--note", default="", help="Why; it is kept in the history.")
_namespace = click.option("--namespace", help="What they are published to.  [default: as they say, or `default`]")


@click.command(short_help="Put policies in force, by stages.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)
@_namespace
@_stage
@_share
@_note
@key_option
@config
@as_json
def push(
    *, files: tuple[Path, ...], config: Path | None, namespace: str | None, key: Path | None, **how: object
) -> int:
    """
    Put the policies in FILE..., YAML or a bundle, in force beside those that are published.

    A bundle takes the place of all that its namespace holds. Nothing comes into force unless it compiles together with
    everything else, and its own tests pass; gateways that run notice by themselves.
    """
    bundles = [file for file in files if file.suffix == ".json"]
    if bundles and len(files) > 1:
        raise click.UsageError("a bundle is pushed alone, since it takes the place of all that is there")

    async def work(publishing: Publishing) -> Release:
        if bundles:
            bundle = read_bundle(read_text(bundles[0]), str(bundles[0]))
            return await publishing.replace(namespace or _said(dict(bundle.documents)), bundle, _intent(how))
        found = gathered(files)
        return await publishing.push(namespace or _said(found), found, _intent(how))

    return _tell(_publish(config, work, key), as_json=bool(how["as_json"]))


@click.command(short_help="Take what is on its way one stage on.")
@click.argument("namespace")
@_stage
@_share
@_note
@key_option
@config
@as_json
def rollout(*, namespace: str, key: Path | None, config: Path | None, **how: object) -> int:
    """Take what is on its way in NAMESPACE, or was pushed last as a draft, to another stage."""
    release = _publish(config, lambda publishing: publishing.roll_out(namespace, _intent(how)), key)
    return _tell(release, as_json=bool(how["as_json"]))


@click.command(short_help="Put an earlier version in force again.")
@click.argument("name", metavar="ID")
@click.argument("version")
@_note
@key_option
@config
@as_json
def rollback(*, name: str, version: str, key: Path | None, config: Path | None, **how: object) -> int:
    """
    Put an earlier version in force again.

    ID is a policy and VERSION what it calls itself, or ID is a namespace and VERSION the number of a release.
    """
    intent = Intent(author=_author(), note=str(how["note"]))
    release = _publish(config, lambda publishing: publishing.roll_back(name, version, intent), key)
    return _tell(release, as_json=bool(how["as_json"]))


@click.command("list", short_help="List what is in force and on its way.")
@config
@as_json
def list_(*, config: Path | None, as_json: bool) -> int:
    """List the namespaces, their policies, what decides, and what is on its way."""

    async def work(publishing: Publishing) -> list[tuple[Standing, list[str]]]:
        found = []
        for each in await publishing.standings():
            release = each.live or each.candidate
            documents = documents_of(await publishing.bundle(release), each.namespace)
            found.append((each, [f"{document.id}@{document.version}" for document in documents]))
        return found

    found = _publish(config, work)
    if as_json:
        print_json([{**asdict(standing), "policies": policies} for standing, policies in found])
        return 0
    rows = [
        (each.namespace, _stage_of(each.live), _stage_of(each.candidate), ", ".join(policies))
        for each, policies in found
    ]
    print_table(("NAMESPACE", "IN FORCE", "ON ITS WAY", "POLICIES"), rows)
    return 0


@click.command(short_help="Print a published policy.")
@click.argument("name", metavar="ID")
@config
def show(*, name: str, config: Path | None) -> int:
    """Print the text of the policy ID as it is in force, or on its way."""
    held = _publish(config, lambda publishing: publishing.found(name))
    if held is None:
        hint = "see `yett policy list`"
        raise OperatorError(Problem(Place("policies"), "unknown-policy", f"there is no policy `{name}`", hint))
    click.echo(held.text, nl=False)
    return 0


@click.command(short_help="List the releases of a namespace.")
@click.argument("namespace", default="default")
@config
@as_json
def history(*, namespace: str, config: Path | None, as_json: bool) -> int:
    """List the releases of NAMESPACE, newest first."""
    releases = _publish(config, lambda publishing: publishing.history(namespace))
    if not releases:
        hint = "see `yett policy list`"
        raise OperatorError(
            Problem(Place("policies"), "unknown-namespace", f"there is no namespace `{namespace}`", hint)
        )
    if as_json:
        print_json([asdict(release) for release in releases])
        return 0
    rows = [
        (
            f"#{each.number}",
            datetime.fromtimestamp(each.at, UTC).strftime("%Y-%m-%d %H:%M"),
            _stage_of(each).partition(" ")[2],
            each.digest[:12],
            each.author,
            each.commit[:12],
            each.note,
        )
        for each in releases
    ]
    print_table(("RELEASE", "AT (UTC)", "STAGE", "DIGEST", "BY", "COMMIT", "NOTE"), rows)
    return 0


@click.command(short_help="Put in force what a folder or a repository holds.")
@click.argument("source", metavar="GIT_URL_OR_DIR")
@_namespace
@_stage
@_share
@_note
@click.option("--reference", default="HEAD", show_default=True, help="Of a repository, the branch or the tag.")
@click.option("--folder", default="", help="Of a repository, the folder within it.")
@key_option
@config
@as_json
def sync(*, source: str, namespace: str | None, key: Path | None, config: Path | None, **how: object) -> int:
    """Put in force exactly what a folder or a git repository holds; the commit is kept with the release."""
    loaded = SettingsSource(config).load().settings
    told = _source(source, namespace or _DEFAULT, str(how["reference"]), str(how["folder"]))

    async def work(publishing: Publishing) -> Release | None:
        return await synced(configured_source(told, loaded), publishing, told.namespace, _intent(how))

    release = _publish(config, work, key)
    if release is None:
        click.echo("in force already" if not how["as_json"] else "null")
        return 0
    return _tell(release, as_json=bool(how["as_json"]))


def _said(documents: dict[str, str]) -> str:
    """
    Return the namespace that *documents* say they belong to.

    Raises:
        OperatorError: they say several.
    """
    found = documents_of(bundled(documents), "")
    names = sorted({document.namespace for document in found if document.namespace})
    if len(names) > 1:
        message = f"these policies belong to {len(names)} namespaces: {', '.join(names)}"
        raise OperatorError(Problem(Place("policies"), "other-namespace", message, "publish them one by one"))
    return names[0] if names else _DEFAULT


def _source(source: str, namespace: str, reference: str, folder: str) -> PolicySource:
    path = Path(source)
    repository = "://" in source or (path / ".git").exists() or (path / "HEAD").is_file() or ":" in source
    said: dict[str, object] = {"namespace": namespace, "reference": reference}
    said |= {"git": source, "folder": folder or None} if repository else {"folder": source}
    return PolicySource.model_validate(said)


def _publish(config: Path | None, work: Callable[[Publishing], Awaitable[_Result]], key: Path | None = None) -> _Result:
    settings = SettingsSource(config).load().settings
    return asyncio.run(_published(settings, work, private_key(key) if key else ""))


async def _published(settings: Settings, work: Callable[[Publishing], Awaitable[_Result]], private: str) -> _Result:
    async with open_publishing(settings, private) as publishing:
        return await work(publishing)


def _intent(how: dict[str, object]) -> Intent:
    share = how["share"] if isinstance(how["share"], int) else 0
    return Intent(Rollout(str(how["stage"])), share, _author(), note=str(how["note"]))


def _author() -> str:
    try:
        return getpass.getuser()
    except OSError:  # nobody of that number has a name
        return ""


def _stage_of(release: Release | None) -> str:
    if release is None:
        return "-"
    share = f" {release.share} %" if release.rollout is Rollout.CANARY else ""
    return f"#{release.number} {release.rollout}{share}"


def _tell(release: Release, *, as_json: bool) -> int:
    if as_json:
        print_json(asdict(release))
    else:
        click.echo(visible(f"{_stage_of(release)} in {release.namespace}: {release.digest[:12]}"))
    return 0
