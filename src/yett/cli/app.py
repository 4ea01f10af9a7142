"""
The command `yett`.

Rules:

1. Exit codes: 0 fine or allowed, 1 the check failed or denied, 2 usage or configuration is wrong.
2. A user's mistake is told as problems, each with its place and its cure; never as a traceback. Here alone errors become
   exit codes.
3. A command's code is imported when the command runs, so that `yett --help` is there at once.
"""

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import click

from yett.cli.output import print_json, print_problems
from yett.model.errors import OperatorError, YettError

__all__ = ["COMMANDS", "Entry", "LazyGroup", "installed", "main", "yett"]

_USAGE = 2
_INTERRUPTED = 130  # 128 and the signal's number, as shells count
_UNREAD = 141
_NOWHERE = Path(os.devnull)


class Entry(NamedTuple):
    """A command: where it is, and its one line of help."""

    module: str
    name: str
    help: str


COMMANDS = MappingProxyType(
    {
        "serve": Entry("yett.cli.serve", "serve", "Run the gateway."),
        "check": Entry("yett.cli.check", "check", "Run detection and policy on one text."),
        "policy evaluate": Entry("yett.cli.policy", "evaluate", "Decide by policies, for a context."),
        "policy validate": Entry("yett.cli.policy", "validate", "Check policies and run their own tests."),
        "policy test": Entry("yett.cli.proving", "test", "Run the tests of policies; tell what they miss."),
        "policy explain": Entry("yett.cli.explaining", "explain", "Say why policies decide as they do."),
        "policy bench": Entry("yett.cli.measuring", "bench", "Measure how fast policies decide."),
        "policy fmt": Entry("yett.cli.authoring", "fmt", "Write policies in their canonical form."),
        "policy schema": Entry("yett.cli.authoring", "schema", "Print the JSON Schema of policies, for editors."),
        "policy lint": Entry("yett.cli.authoring", "lint", "Tell what is odd about policies."),
        "policy lsp": Entry("yett.cli.editing", "lsp", "Speak to editors: complete, explain and check."),
        "policy diff": Entry("yett.cli.differing", "diff", "Say in what two sets of policies differ."),
        "policy replay": Entry("yett.cli.replaying", "replay", "Say what candidates would have decided."),
        "policy push": Entry("yett.cli.publishing", "push", "Put policies in force, by stages."),
        "policy rollout": Entry("yett.cli.publishing", "rollout", "Take what is on its way one stage on."),
        "policy list": Entry("yett.cli.publishing", "list_", "List what is in force and on its way."),
        "policy show": Entry("yett.cli.publishing", "show", "Print a published policy."),
        "policy history": Entry("yett.cli.publishing", "history", "List the releases of a namespace."),
        "policy rollback": Entry("yett.cli.publishing", "rollback", "Put an earlier version in force again."),
        "policy sync": Entry("yett.cli.publishing", "sync", "Put in force what a folder or a repository holds."),
        "policy bundle build": Entry("yett.cli.bundles", "build", "Gather policies into a bundle, and sign it."),
        "policy bundle verify": Entry(
            "yett.cli.bundles", "verify", "Say whether a bundle is whole, and who signed it."
        ),
        "audit verify": Entry("yett.cli.audit", "verify", "Prove that no record was changed or left out."),
        "config check": Entry("yett.cli.config", "check", "Say whether the configuration holds."),
        "config show": Entry("yett.cli.config", "show", "Print the configuration, without secrets."),
        "config schema": Entry("yett.cli.config", "schema", "Print the JSON Schema of the configuration."),
        "detectors list": Entry("yett.cli.detectors", "list_detectors", "List the detectors."),
        "detectors train": Entry("yett.cli.detectors", "train", "Train the classifier."),
        "detectors evaluate": Entry("yett.cli.detectors", "evaluate", "Measure the classifier."),
        "detectors explain": Entry("yett.cli.detectors", "explain", "Say what in a text looks like an attack."),
        "detectors federate serve": Entry("yett.cli.federating", "serve", "Lead sites that train together."),
        "detectors federate join": Entry("yett.cli.federating", "join", "Take part with texts of one's own."),
        "detectors feed sign": Entry("yett.cli.feeds", "sign", "Sign a feed of rules."),
        "detectors feed verify": Entry("yett.cli.feeds", "verify", "Say whether a feed holds, and who signed it."),
        "doctor": Entry("yett.cli.doctor", "doctor", "Look whether everything that Yett needs is there."),
    }
)
"""Every command by its full name."""


class LazyGroup(click.Group):
    """Commands that are imported when they run; *prefix* are the words before theirs."""

    def __init__(self, prefix: str = "", **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]  # handed through
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the first word of each command below this group."""
        below = (name.removeprefix(self.prefix) for name in COMMANDS if name.startswith(self.prefix))
        return list(dict.fromkeys(name.split()[0] for name in below))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or make the group below."""
        full = f"{self.prefix}{cmd_name}"
        if full in COMMANDS:
            entry = COMMANDS[full]
            command = getattr(import_module(entry.module), entry.name)
            return command if isinstance(command, click.Command) else None
        if cmd_name in self.list_commands(ctx):
            return LazyGroup(f"{full} ", name=cmd_name, context_settings=self.context_settings)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write one line for each command, those of the groups below included."""
        below = [
            (name.removeprefix(self.prefix), entry.help)
            for name, entry in COMMANDS.items()
            if name.startswith(self.prefix)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(below)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command was probably meant where there is none of that name."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{each}`' for each in known)}"
            message = f"no command `{self.prefix}{name}`; {hint}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)


def installed() -> str:
    """Return the version that is installed."""
    try:
        return version("yett")
    except PackageNotFoundError:  # run from a source tree that nobody installed
        return "unknown"


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(installed(), prog_name="yett")
def yett() -> None:
    """Yett, the gate in front of language models."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    said = list(sys.argv[1:] if arguments is None else arguments)
    _settle_streams()
    raise SystemExit(_run(said))


def _settle_streams() -> None:
    """Let every stream be there, and take every character: what its encoding does not know is written out."""
    sys.stdin = sys.stdin or _NOWHERE.open(encoding="utf-8")
    sys.stdout = sys.stdout or _NOWHERE.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or _NOWHERE.open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(said: list[str]) -> int:
    try:
        code = yett.main(args=said, prog_name="yett", standalone_mode=False)
        sys.stdout.flush()
    except OperatorError as error:
        _tell(error, said)
    except YettError as error:
        click.echo(f"yett: {error}", err=True)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read our output has read enough
        _leave_unflushed()
        return _UNREAD
    except OSError as error:
        click.echo(f"yett: {(error.strerror or str(error)).lower()}: {error.filename or 'standard output'}", err=True)
        _leave_unflushed()
    else:
        return int(code or 0)
    return _USAGE


def _tell(error: OperatorError, said: Sequence[str]) -> None:
    """Tell what is wrong in the form that was asked for, so that whoever reads the result need not look elsewhere."""
    if "--sarif" not in said:
        print_problems(error.problems, as_json="--json" in said)
        return
    from yett.cli.sarif import documentation, sarif_log  # noqa: PLC0415 - by rule 3

    print_json(sarif_log(error.problems, pages=documentation(), level="error"))


def _leave_unflushed() -> None:
    """Let what Python would still flush at exit not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
