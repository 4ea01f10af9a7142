"""`yett detectors feed`: rules for others, signed and verified."""

from pathlib import Path

import click

from yett.cli.bundles import private_key
from yett.cli.options import as_json, readable
from yett.cli.output import print_json, visible
from yett.compose.feeds import genuine, signed_feed
from yett.compose.texts import read_text
from yett.detectors.feeds import read_draft, read_feed, rules_in, written

__all__ = ["sign", "verify"]


@click.command(short_help="Sign a feed of rules.")
@click.argument("file", type=readable)
@click.option("--key", type=readable, required=True, metavar="FILE", help="Sign with the private key in FILE, in hex.")
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def sign(*, file: Path, key: Path, out: Path) -> int:
    """
    Sign the feed that is written in FILE, in YAML or JSON, once its rules hold; print who signed it.

    A key is 64 hexadecimal digits, such as `openssl rand -hex 32` makes.
    """
    draft = read_draft(read_text(file), str(file))
    rules_in(draft, str(file))
    feed = signed_feed(draft, private_key(key))
    out.write_text(written(feed), encoding="utf-8")
    click.echo(feed.signer)
    return 0


@click.command(short_help="Say whether a feed holds, and who signed it.")
@click.argument("file", type=readable)
@click.option("--trust", multiple=True, metavar="KEY", help="Leave with 1 unless one of these public keys signed it.")
@as_json
def verify(*, file: Path, trust: tuple[str, ...], as_json: bool) -> int:
    """Say whether the feed in FILE is what somebody signed, and whether its rules hold."""
    feed = read_feed(read_text(file), str(file))
    whole = genuine(feed)
    good = whole and (not trust or feed.signer.lower() in {key.lower() for key in trust})
    rules = [rule.id for rule in rules_in(feed, str(file))]
    if as_json:
        signer = feed.signer if whole else ""
        told = {"name": feed.name, "version": feed.version, "issued": feed.issued, "rules": rules, "signer": signer}
        print_json({**told, "genuine": whole, "holds": good})
        return 0 if good else 1
    click.echo(visible(f"{feed.name} version {feed.version}, issued {feed.issued}"))
    for rule in rules:
        click.echo(visible(f"  {rule}"))
    if not whole:
        click.echo("the signature is not one of this feed" if feed.signature else "nobody signed it")
    else:
        click.echo(f"signed by {feed.signer}")
    if whole and not good:
        click.echo("none of the trusted keys did")
    return 0 if good else 1
