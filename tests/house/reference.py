"""The reference pages, made from the code: `python -m tests.house.reference` writes them, a test compares them."""

import ast
import inspect
import json
from collections.abc import Iterator
from types import MappingProxyType

import click
from pydantic import BaseModel

from tests.house.sources import ROOT
from yett.cli.app import COMMANDS, yett
from yett.compose.settings import Settings
from yett.model.kinds import FAMILIES, KINDS
from yett.policy.schema import FAMILIES as FACT_FAMILIES
from yett.policy.schema import ORIGINS, field, known_fields

__all__ = ["FOLDER", "PAGES", "write"]

FOLDER = ROOT / "docs" / "reference"
WIDTH = 100
MADE = "*Made from the code by `make reference`.*"


def commands() -> str:
    """Return the page of the command line: the help of each command."""
    parts = [
        "# Commands",
        MADE,
        "Exit codes: 0 fine or allowed, 1 the check failed or denied, 2 usage or configuration is wrong.",
    ]
    for name, entry in COMMANDS.items():
        command: click.Command = yett
        context = click.Context(yett, info_name="yett", terminal_width=WIDTH, **yett.context_settings)
        for word in name.split():
            assert isinstance(command, click.Group)
            found = command.get_command(context, word)
            assert found is not None, name
            command, context = (
                found,
                click.Context(found, info_name=word, parent=context),
            )
        parts += [f"## yett {name}", entry.help, f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def meanings(section: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings below the fields of *section* say."""
    body = ast.parse(inspect.getsource(section)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        ast.unparse(statement.target): " ".join(str(ast.literal_eval(following.value)).split())
        for statement, following in zip(body.body, body.body[1:], strict=False)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
    }


def sort(schema: dict[str, object]) -> str:
    """Return in a word or two what a value of *schema* is."""
    told = "any"
    match schema:
        case {"enum": [*words]}:
            told = " \\| ".join(f"`{word}`" for word in words)
        case {"const": word}:
            told = f"`{word}`"
        case {"anyOf": [*choices]}:
            told = " or ".join(sort(each) for each in choices if isinstance(each, dict) and each.get("type") != "null")
        case {"$ref": reference}:
            told = f"{str(reference).rpartition('/')[2]}"
        case {"type": "array", "items": dict(items)}:
            told = f"list of {sort(items)}"
        case {"format": "password"}:
            told = "secret"
        case {"type": name}:
            told = {"object": "mapping", "array": "list"}.get(str(name), str(name))
    return told


def sections(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield *model* and every section below it, each with its dotted path."""
    yield path, model
    for name, about in model.model_fields.items():
        for kind in [about.annotation, *getattr(about.annotation, "__args__", ())]:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                listed = "[]" if getattr(about.annotation, "__origin__", None) is tuple else ""
                named = ".*" if getattr(about.annotation, "__origin__", None) is dict else ""
                yield from sections(kind, f"{path}.{name}{listed}{named}".lstrip("."))


def settings() -> str:
    """Return the page of the configuration file."""
    parts = ["# Settings", MADE, "Every key of `yett.yaml`. `YETT_SERVER__PORT` overrides `server.port`, and so on."]
    schema = Settings.model_json_schema()
    for path, model in sections(Settings, ""):
        told = meanings(model)
        properties = (schema["$defs"].get(model.__name__) or schema)["properties"]
        rows = []
        for name, about in properties.items():
            inner = model.model_fields[name].annotation
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                continue  # a section of its own
            default = f"`{json.dumps(about['default'])}`" if "default" in about else "required"
            rows.append(f"| `{name}` | {sort(about)} | {default} | {told.get(name, '')} |")
        if rows:
            head = f"## {path}" if path else "## At the top"
            parts += [head, " ".join((model.__doc__ or "").split())]
            parts += ["\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def findings() -> str:
    """Return the page of finding kinds."""
    parts = ["# Findings", MADE, "A kind ends with a dot where further names stand below it."]
    for family, meaning in FAMILIES.items():
        rows = [f"| `{kind}` | {told} |" for kind, told in KINDS.items() if kind.startswith(f"{family}.")]
        parts += [f"## {family}", meaning, "\n".join(["| kind | meaning |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def fields() -> str:
    """Return the page of the facts that policies may ask for."""
    rows = []
    for name in known_fields():
        about = field(name)
        assert about is not None
        if name.split(".")[0] not in FACT_FAMILIES:
            held = f"{about.sort.value}: {about.unit.value}" if about.unit else about.sort.value
            cost = "a text: conditions are lifted" if about.text else "computed when asked" if about.cost else ""
            private = "recorded as a digest" if about.sensitive else ""
            told = ", ".join(filter(None, (cost, private)))
            rows.append(
                f"| `{name}` | {held} | {', '.join(sorted(about.stages))} | {about.provenance.value} | {told} |"
            )
    families = ", ".join(f"`{family}`" for family in FACT_FAMILIES)
    origins = ", ".join(f"`{origin}`" for origin in ORIGINS)
    parts = [
        "# Fields",
        MADE,
        "\n".join(["| field | holds | stages | whose word | |", "|---|---|---|---|---|", *rows]),
        "## Findings as facts",
        (
            f"Each family of findings ({families}) has `found`, `score`, `types`, `rules` and `count`. With an origin between "
            f"({origins}) it has the same but `rules`, for texts of that origin alone: `injection.document.score`."
        ),
    ]
    return "\n\n".join(parts) + "\n"


PAGES = MappingProxyType({"commands": commands, "settings": settings, "findings": findings, "fields": fields})


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / f"{name}.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
