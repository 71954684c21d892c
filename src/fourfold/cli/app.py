"""The commands by name, and how a failure becomes a message and an exit code.

Exit codes: 0 fine; 1 the scorecard has errors; 2 the command was called wrongly; 3 the installation is not set up;
4 there is no such KPI, unit, period or folder; 5 anything else that Fourfold can name.
"""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

import fourfold
from fourfold.cli import (
    account,
    alignment,
    allocate,
    apply,
    attachment,
    audit,
    backup,
    chances,
    check,
    data_quality,
    demo,
    diff,
    doctor,
    evaluate,
    evidence,
    explain,
    export,
    feed,
    forecast,
    guest_link,
    health,
    hook,
    import_benchmarks,
    imports,
    init,
    init_from,
    invitations,
    invite,
    library,
    load,
    migrate,
    people,
    period,
    plan,
    portfolio,
    propose,
    provisioning_key,
    read_only,
    restore,
    rotate_keys,
    schema,
    serve,
    signals,
    smart,
    token,
    verify,
    what_if,
)
from fourfold.cli.output import print_findings, summary
from fourfold.errors import FourfoldError, Kind

EXIT_CODES: Final = {Kind.INVALID: 2, Kind.CONFIGURATION: 3, Kind.NOT_FOUND: 4}

app = typer.Typer(
    name="fourfold",
    help="Balanced Scorecard software: check, evaluate and explain scorecards, or serve them on the web.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Balanced Scorecard software: check, evaluate and explain scorecards, or serve them on the web."""
    if show:
        typer.echo(f"fourfold {fourfold.__version__}")
        raise typer.Exit


#: In the order in which `--help` lists them.
_COMMANDS: Final = (
    init, init_from, check, evaluate, explain, signals, forecast, chances, evidence, what_if, propose, allocate, smart,
    health, portfolio, alignment, schema, diff, plan, apply, load, imports, import_benchmarks, export, data_quality,
    invite, invitations,
    people, account, provisioning_key, hook, serve, demo, backup, restore, verify, migrate, read_only, rotate_keys,
    doctor,
)  # fmt: skip
for _module in _COMMANDS:
    app.command(_module.NAME)(_module.run)
app.command("validate", hidden=True)(check.run)  # what others call it
for _group in (library, audit, token, guest_link, period, feed, attachment):
    app.add_typer(_group.group, name=_group.NAME)


def main() -> None:
    """Run a command; an error that Fourfold knows prints its message and hint, never a traceback."""
    try:
        app(prog_name="fourfold")
    except FourfoldError as error:
        findings = getattr(error, "findings", ())
        if findings:
            print_findings(findings, stderr=True)
            typer.echo(f"Error: {summary(findings)} in the scorecard; nothing was evaluated.", err=True)
            sys.exit(1)
        typer.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_CODES.get(error.kind, 5))
