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
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As known and defined then: 2026-03-31, or a moment.")
    ] = None,
) -> None:
    """Write an organisation from the database as a scorecard folder that can be loaded again without loss."""
    set_up()
    prepare()
    from django.utils import timezone

    from fourfold.actions._steps import find_organisation
    from fourfold.actions.export_folder import export_folder
    from fourfold.records.queries.results_then import moment_at
    from fourfold.records.queries.structure import structure_of

    zone = structure_of(find_organisation(None, organisation)).zone
    then = None if as_of is None else moment_at(zone, as_of, now=timezone.now())
    outcome = export_folder(by=None, path=path, organisation=organisation, as_of=then)
    typer.echo(outcome.summary)
