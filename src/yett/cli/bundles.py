"""`yett policy bundle`: policies gathered, signed and verified."""

from pathlib import Path

import click

from yett.cli.options import as_json, readable
from yett.cli.output import print_json, visible
from yett.compose.publishing import genuine, signed
from yett.compose.texts import read_text, text_of
from yett.compose.validation import validate_policies
from yett.model.errors import OperatorError, Place, Problem
from yett.policy.bundles import bundled, documents_of, members, read_bundle, written
from yett.policy.problems import Problems

__all__ = ["build", "gathered", "key_option", "private_key", "verify"]

key_option = click.option("--key", type=readable, metavar="FILE", help="Sign with the private key in FILE, in hex.")


@click.command(short_help="Gather policies into a bundle, and sign it.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@key_option
def build(*, files: tuple[Path, ...], out: Path, key: Path | None) -> int:
    """
    Gather the policies in FILE... into a bundle, once their own tests pass, and print its digest.

    A key is 64 hexadecimal digits, such as `openssl rand -hex 32` makes.
    """
    failures = validate_policies(files).failures
    if failures:
        raise OperatorError(*failures)
    bundle = bundled(gathered(files))
    if key:
        bundle = signed(bundle, private_key(key))
    out.write_text(written(bundle), encoding="utf-8")
    click.echo(bundle.digest)
    if key:
        click.echo(f"signed by {bundle.signer}", err=True)
    return 0


@click.command(short_help="Say whether a bundle is whole, and who signed it.")
@click.argument("file", type=readable)
@click.option("--trust", multiple=True, metavar="KEY", help="Leave with 1 unless one of these public keys signed it.")
@as_json
def verify(*, file: Path, trust: tuple[str, ...], as_json: bool) -> int:
    """Say whether the bundle in FILE is what its digest and its signature say."""
    bundle = read_bundle(read_text(file), str(file))
    documents = documents_of(bundle, bundle.digest[:12])
    holds = genuine(bundle)
    good = holds and (not trust or bundle.signer.lower() in {key.lower() for key in trust})
    if as_json:
        names = [f"{document.id}@{document.version}" for document in documents]
        signer = bundle.signer if holds else ""
        print_json({"digest": bundle.digest, "policies": names, "signer": signer, "genuine": holds, "holds": good})
        return 0 if good else 1
    click.echo(bundle.digest)
    for document in documents:
        click.echo(visible(f"  {document.id}@{document.version}"))
    if not holds:
        click.echo("the signature is not one of this bundle")
    else:
        click.echo(f"signed by {bundle.signer}" if bundle.signer else "nobody signed it")
    if holds and not good:
        click.echo("none of the trusted keys did")
    return 0 if good else 1


def gathered(files: tuple[Path, ...]) -> dict[str, str]:
    """
    Return the policies in *files*, by id; of bundles, what is in them.

    Raises:
        OperatorError: they cannot be read, or two have one id.
    """
    problems = Problems()
    found: dict[str, str] = {}
    for file in files:
        text = text_of(file, problems)
        if text is None:
            continue
        if file.suffix == ".json":
            inside = dict(read_bundle(text, str(file)).documents)
        else:
            inside = dict(members(text, str(file), problems))
            if not inside and not problems:
                problems.add(
                    Place(str(file), 1, 1), "empty", "there is no policy here", "write one, or leave the file out"
                )
        for name in inside.keys() & found.keys():
            problems.add(Place(str(file)), "duplicate-id", f"another file, too, has a policy `{name}`", "rename one")
        found |= inside
    problems.raise_any()
    return found


def private_key(file: Path) -> str:
    """
    Read a private key.

    Raises:
        OperatorError: there is none in *file*.
    """
    try:
        return file.read_text("ascii").strip()
    except UnicodeDecodeError:
        hint = "a private key is 64 hexadecimal digits: `openssl rand -hex 32`"
        raise OperatorError(Problem(Place(str(file)), "bad-key", "is no private key", hint)) from None
