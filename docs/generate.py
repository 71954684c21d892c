"""Write the reference pages that are made from the code: `make reference`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from fourfold.access.reference import roles_page
from fourfold.cli import app
from fourfold.engine.checks.reference import checks_page
from fourfold.engine.definitions.reference import definitions_page
from fourfold.engine.definitions.schema import json_schema
from fourfold.engine.formulas import reference as formulas
from fourfold.library.reference import library_page
from fourfold.project.sign_on.reference import directories_page

EXIT_CODES = (
    "Exit codes: 0 fine; 1 the scorecard has errors; 2 the command was called wrongly; 3 the installation is not set "
    "up; 4 there is no such KPI, unit, period or folder; 5 anything else."
)
REFERENCE = Path(__file__).parent / "reference"


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command under its name as it is typed, groups opened."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def commands_page() -> str:
    """Every command with its arguments and options, as `--help` knows them."""
    lines = ["# Commands", "", "`fourfold --help` and `fourfold COMMAND --help` say the same. " + EXIT_CODES]
    for name, command in sorted(commands(typer.main.get_command(app))):
        context = command.make_context(name, [], resilient_parsing=True)
        usage = " ".join(command.collect_usage_pieces(context))
        lines += ["", f"## fourfold {name}", "", f"`fourfold {name} {usage}`", "", (command.help or "").strip(), ""]
        rows = [parameter.get_help_record(context) for parameter in command.params]
        rows = [row for row in rows if row and row[0] != "--help"]
        if rows:
            lines += ["| | |", "|---|---|", *(f"| `{a.replace('|', '/')}` | {' '.join(b.split())} |" for a, b in rows)]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Every environment variable of the server."""
    from fourfold.project.settings import SETTINGS

    lines = ["# Settings", "", "The server reads these environment variables. Each has a default that works.", ""]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    lines += [f"| `{s.name}` | {f'`{s.default}`' if s.default else 'none'} | {s.meaning} |" for s in SETTINGS]
    return "\n".join(lines) + "\n"


def openapi() -> dict[str, Any]:
    """The description of the REST API, which needs the server's settings."""
    os.environ.setdefault("FOURFOLD_DATA", str(Path(__file__).parents[1] / ".cache"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
    import django

    django.setup()
    from fourfold.api.app import api

    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def api_page(schema: dict[str, Any]) -> str:
    """Every operation with its parameters and answers, as a page."""
    lines = ["# REST API", "", schema["info"]["description"], ""]
    lines += ["`docs/reference/openapi.json` is the same for programs. How to begin: "
              "[tokens for programs](../how-to/api-tokens.md).", ""]  # fmt: skip
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            lines += [f"## {method.upper()} `{path}`", "", operation.get("description", operation["summary"]), ""]
            lines += [
                f"- `{p['name']}` ({p['in']}{', required' if p.get('required') else ''})"
                + (f": {told}" if (told := p.get("description") or p["schema"].get("description", "")) else "")
                for p in operation.get("parameters", ())
            ]
            if body := operation.get("requestBody"):
                lines.append(f"- body: {_forms(body['content'])}")
            answers = ", ".join(
                f"{status} {_forms(answer['content'])}" for status, answer in operation["responses"].items()
            )
            lines += [f"- answers {answers}", ""]
    lines += ["## Schemas", ""]
    for name, part in schema["components"]["schemas"].items():
        fields = ", ".join(f"`{field}`" for field in part.get("properties", {}))
        lines += [f"**{name}**: {part.get('description', '')} Fields: {fields}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _forms(content: dict[str, Any]) -> str:
    """The schemas of a body, or the media types of one that has none."""
    forms = [each["schema"].get("$ref", f"/{form}") for form, each in content.items()]
    return ", ".join(f"`{form.rpartition('/')[2] if form[0] == '#' else form[1:]}`" for form in forms)


def pages() -> dict[str, str]:
    """File name → content of every generated file."""
    return {
        "definitions.md": definitions_page(),
        "checks.md": checks_page(),
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "library.md": library_page(),
        "roles.md": roles_page(),
        "directories.md": directories_page(),
        "api.md": api_page(schema := openapi()),
        "openapi.json": json.dumps(schema, indent=1, ensure_ascii=False, default=str) + "\n",
        **{f"formulas/{name}": page for name, page in formulas.pages().items()},
        "fourfold.schema.json": json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, content in pages().items():
        (REFERENCE / name).parent.mkdir(exist_ok=True)
        (REFERENCE / name).write_text(content, "utf-8")
        print(f"docs/reference/{name}")
