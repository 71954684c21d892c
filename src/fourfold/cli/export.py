"""`fourfold export FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "export"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")],
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Write an organisation from the database as a scorecard folder that can be loaded again without loss."""
    set_up()
    prepare()
    from fourfold.actions.export_folder import export_folder

    outcome = export_folder(by=None, path=path, organisation=organisation)
    typer.echo(outcome.summary)
