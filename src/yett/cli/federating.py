"""`yett detectors federate`: several sites train one classifier, and none of them shows its texts."""

from pathlib import Path
from typing import TypedDict, Unpack

import click

from yett.cli.options import examples, most, readable, surroundings

__all__ = ["Joining", "Serving", "join", "serve"]

_folder = click.Path(path_type=Path)
_insecure = click.option("--insecure", is_flag=True, help="Encrypt nothing: for one machine, or a network of its own.")


class Serving(TypedDict):
    """What `serve` is given."""

    data: tuple[Path, ...]
    out: Path
    address: str
    sites: int
    rounds: int
    clip: float
    noise: float
    ca: Path | None
    certificate: Path | None
    key: Path | None
    insecure: bool
    model: Path | None
    wait: float
    sign: Path | None


@click.command(short_help="Lead sites that train together.")
@examples
@click.option("--out", metavar="DIR", type=_folder, required=True, help="Write the artefact here.")
@click.option("--sites", type=click.IntRange(1), required=True, help="How many sites take part, all in each round.")
@click.option("--address", metavar="HOST:PORT", default="127.0.0.1:8765", show_default=True, help="Wait for them here.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--clip", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True, help="The longest update."
)
@click.option(
    "--noise", type=click.FloatRange(0), default=0.0, show_default=True, help="The noise of a round, times --clip."
)
@click.option("--ca", type=readable, metavar="F", help="The authority's certificate, in PEM.")
@click.option("--certificate", type=readable, metavar="F", help="This server's certificate, in PEM.")
@click.option("--key", type=readable, metavar="F", help="The key of that certificate, in PEM.")
@_insecure
@click.option("--model", metavar="DIR", type=_folder, help="Begin from this artefact.  [default: from nothing]")
@click.option(
    "--wait", type=click.FloatRange(0, min_open=True), default=600.0, show_default=True, help="Seconds that sites have."
)
@click.option("--sign", metavar="F", type=_folder, help="Sign with the private key in this file.")
def serve(**options: Unpack[Serving]) -> int:
    """
    Lead sites that train together, and write what they learnt, judged on DATA, texts of sources that no site has.

    Needs `yett[federated]`, in an environment of its own.
    """
    shown = _certificates(options)
    from yett.compose.federating import Leading, led  # noqa: PLC0415 - learning takes libraries
    from yett.learning.federation import Terms, epsilon  # noqa: PLC0415 - the same

    terms = Terms(options["rounds"], options["sites"], options["clip"], options["noise"])
    click.echo(f"whole sites are protected with ε = {epsilon(terms):.3g} at δ = 1e-05", err=True)
    leading = Leading(options["address"], terms, options["data"], shown, options["model"], options["wait"])
    report = led(leading, options["out"], sign=options["sign"], tell=lambda said: click.echo(said, err=True))
    click.echo(report, nl=False)
    return 0


def _certificates(options: Serving) -> tuple[Path, Path, Path] | None:
    match (options["ca"], options["certificate"], options["key"]):
        case (Path() as ca, Path() as certificate, Path() as key) if not options["insecure"]:
            return ca, certificate, key
        case (None, None, None) if options["insecure"]:
            return None
    raise click.UsageError("give `--ca`, `--certificate` and `--key`, or `--insecure`")


class Joining(TypedDict):
    """What `join` is given."""

    data: tuple[Path, ...]
    server: str
    ca: Path | None
    insecure: bool
    clip: float
    noise: float
    rounds: int
    seed: int
    most: int
    surroundings: int
    wait: float


@click.command(short_help="Take part with texts of one's own.")
@examples
@click.option("--server", metavar="HOST:PORT", required=True, help="Who leads.")
@click.option("--ca", type=readable, metavar="F", help="The certificate of the authority that the server's is from.")
@_insecure
@click.option(
    "--clip",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Share no longer update than this.",
)
@click.option(
    "--noise", type=click.FloatRange(0), default=0.0, show_default=True, help="Share nothing with less noise than this."
)
@click.option("--rounds", type=click.IntRange(1), default=20, show_default=True, help="Share no more often than this.")
@click.option("--seed", type=int, default=0, show_default=True, help="What samples are drawn from; never the noise.")
@most
@surroundings
@click.option(
    "--wait", type=click.FloatRange(0), default=60.0, show_default=True, help="Seconds that the server has to be there."
)
def join(**options: Unpack[Joining]) -> int:
    """
    Train together with other sites on DATA, which stays here: what is sent is one vector of numbers in each round.

    Needs `yett[federated]`, in an environment of its own.
    """
    if (options["ca"] is None) != options["insecure"]:
        raise click.UsageError("give `--ca` or `--insecure`")
    from yett.compose.federating import Bounds, Following, participated  # noqa: PLC0415 - learning takes libraries
    from yett.compose.lessons import Lesson  # noqa: PLC0415 - the same

    lesson = Lesson(options["data"], options["seed"], most=options["most"], surroundings=options["surroundings"])
    bounds = Bounds(options["clip"], options["noise"], options["rounds"])
    following = Following(options["server"], bounds, options["ca"], options["wait"])
    done = participated(lesson, following, lambda said: click.echo(said, err=True))
    click.echo(f"took part in {done} rounds")
    return 0
