"""`yett detectors`: what looks at texts, and how the classifier among them is trained, measured and explained."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from yett.cli.check import ROLES
from yett.cli.options import as_json, config, examples, most, surroundings
from yett.cli.output import print_json, print_table, visible
from yett.cli.progress import Progress
from yett.model.errors import OperatorError, Place, Problem
from yett.model.segment import Origin

if TYPE_CHECKING:  # learning takes libraries
    from yett.learning.folds import Division

__all__ = ["Evaluating", "Training", "evaluate", "explain", "list_detectors", "train"]

_path = click.Path(path_type=Path)
_model = click.option(
    "--model", metavar="DIR", type=_path, help="The artefact to use.  [default: the one that is shipped]"
)
_WORDS = 12


@click.command("list", short_help="List the detectors.")
@config
@as_json
def list_detectors(*, config: Path | None, as_json: bool) -> int:
    """List the detectors that the configuration asks for: what they find, what they read and how dear they are."""
    from yett.compose.roster import roster  # noqa: PLC0415 - compiles every pattern

    rows = roster(config)
    if as_json:
        print_json(rows)
        return 0
    head = ("name", "revision", "kinds", "cost", "readings")
    print_table(head, [[_cell(row[name]) for name in head] for row in rows])
    return 0


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)[:_WORDS]


class Training(TypedDict):
    """What `train` is given."""

    data: tuple[Path, ...]
    out: Path
    seed: int
    folds: str
    most: int
    surroundings: int
    plots: bool
    sign: Path | None


@click.command(short_help="Train the classifier.")
@examples
@click.option("--out", metavar="DIR", type=_path, required=True, help="Write the artefact here.")
@click.option("--seed", type=int, default=0, show_default=True, help="What chance is drawn from.")
@click.option(
    "--folds",
    metavar="source|attack|N",
    default="source",
    show_default=True,
    help="Hold each source out alone, each source of attacks with a share of the innocent ones, or N groups.",
)
@most
@surroundings
@click.option("--plots", is_flag=True, help="Draw curves, that of learning among them (needs `yett[train]`).")
@click.option("--sign", metavar="F", type=_path, help="Sign with the private key in this file.")
def train(**options: Unpack[Training]) -> int:
    """Train the classifier on DATA: files, or folders of files, of lines such as {"text": "…", "label": "benign"}."""
    from yett.compose.lessons import Lesson, taught  # noqa: PLC0415 - learning takes libraries

    lesson = Lesson(
        options["data"], options["seed"], _division(options["folds"]), options["most"], options["surroundings"]
    )
    with Progress("steps") as progress:

        def tell(said: str) -> None:
            progress.add(1)
            click.echo(said, err=True)

        report = taught(lesson, options["out"], sign=options["sign"], plots=options["plots"], tell=tell)
    click.echo(report, nl=False)
    return 0


def _division(said: str) -> "Division":
    if said == "source":
        return "source"
    if said == "attack":
        return "attack"
    if not said.isdecimal() or int(said) < 2:  # noqa: PLR2004 - one group would leave nothing to learn from
        raise click.UsageError("`--folds` is `source`, `attack` or a number from 2 on")
    return int(said)


class Evaluating(TypedDict):
    """What `evaluate` is given."""

    data: tuple[Path, ...]
    model: Path | None
    disguises: int
    out: Path | None
    as_json: bool


@click.command(short_help="Measure the classifier.")
@examples
@_model
@click.option(
    "--disguises", metavar="N", type=click.IntRange(0), default=0, help="Disguise so many texts in each way, too."
)
@click.option("--out", metavar="DIR", type=_path, help="Write report and curves here (needs `yett[train]`).")
@click.option(
    "--markdown", "as_json", flag_value=False, default=False, help="Print tables, which is what it does anyway."
)
@as_json
def evaluate(**options: Unpack[Evaluating]) -> int:
    """Measure the classifier on DATA, by source, origin, length and language. Figures on what it has learnt from flatter it."""
    from yett.compose.lessons import examined  # noqa: PLC0415 - learning takes libraries

    with Progress("texts") as progress:
        report, told = examined(
            options["data"], options["model"], disguises=options["disguises"], out=options["out"], tell=progress.add
        )
    if options["as_json"]:
        print_json(report)
    else:
        click.echo(told, nl=False)
    return 0


@click.command(short_help="Say what in a text looks like an attack.")
@click.argument("text")
@click.option("--role", type=click.Choice(list(ROLES)), default="user", show_default=True, help="Who wrote it.")
@_model
@as_json
def explain(*, text: str, role: str, model: Path | None, as_json: bool) -> int:
    """Say which words of TEXT speak for and against an attack: their weights add up to its value, exactly."""
    from yett.compose.classifier import SHIPPED, loaded_judge  # noqa: PLC0415 - loads a model

    if not text.strip():
        raise OperatorError(Problem(Place("TEXT"), "empty", "has nothing in it", "give a text"))
    judge, _ = loaded_judge(model or SHIPPED)
    found = judge.explain(text, trusted=ROLES[role] is Origin.USER)
    if as_json:
        pieces = [{"start": each.start, "end": each.end, "weight": each.weight} for each in found.pieces]
        print_json({"value": found.value, "score": found.score, "pieces": pieces, "traits": dict(found.traits)})
        return 0
    rows = [(f"{each.weight:+.3f}", visible(text[each.start : each.end]).strip()) for each in found.pieces]
    rows += [(f"{weight:+.3f}", f"({name})") for name, weight in found.traits if weight]
    print_table(("weight", "what"), rows)
    click.echo(f"value {found.value:+.3f}, score {found.score:.3f}")
    return 0
