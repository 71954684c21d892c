"""`fourfold load FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import folder, print_findings, summary
from fourfold.cli.sources import Source, sources

NAME: Final = "load"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder.")],
    source: Source = None,
) -> None:
    """Put a scorecard folder and its figures into the database, all or nothing.

    Loading the same folder again changes nothing. Exit code 1 when the folder has errors; nothing is loaded then.
    """
    folder(path)  # a mistyped name makes no database
    where = sources(source)
    set_up()
    prepare()
    from fourfold.actions.load_folder import load_folder

    outcome = load_folder(by=None, path=path, sources=where)
    print_findings(outcome.findings)
    if not outcome.ok:
        typer.echo(f"{path}: {summary(outcome.findings)}; nothing was loaded")
        raise typer.Exit(1)
    typer.echo(f"{path}: {outcome.summary}")
