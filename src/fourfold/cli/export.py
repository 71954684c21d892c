"""`fourfold export FOLDER`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_sheets, sure

NAME: Final = "export"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder, or a scorecard folder.")],
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As known and defined then: 2026-03-31, or a moment.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before files are changed.")] = False,
) -> None:
    """Write an organisation from the database as a scorecard folder that can be loaded again without loss.

    A folder that holds its scorecard already is brought up to date: what the database says otherwise is shown, and
    after a question written where it stands. Comments, order, quotes and files stay as they are.
    """
    set_up()
    prepare()
    from fourfold.actions.export_folder import export_folder

    if any(path.glob("*.y*ml")):
        _update(path, organisation, as_of, yes)
        return
    outcome = export_folder(by=None, path=path, organisation=organisation, as_of=_moment(organisation, as_of))
    typer.echo(outcome.summary)


def _update(path: Path, organisation: str | None, as_of: str | None, yes: bool) -> None:
    from fourfold.actions.update_folder import update_folder
    from fourfold.scorecard.differences import edits_sheet

    then = _moment(organisation, as_of)
    seen = update_folder(by=None, path=path, organisation=organisation, as_of=then, dry_run=True)
    assert seen.value is not None
    if not seen.value.files:
        typer.echo(seen.summary)
        return
    files = f"To be written: {', '.join(seen.value.files)}"
    print_sheets([edits_sheet(f"What {path.name} does not say yet", seen.value.edits, (files,))])
    if yes or sure(f"Write to {path.name}?"):
        done = update_folder(by=None, path=path, organisation=organisation, as_of=then, expected=seen.value)
        typer.echo(done.summary)


def _moment(organisation: str | None, as_of: str | None) -> datetime | None:
    from django.utils import timezone

    from fourfold.actions._steps import find_organisation
    from fourfold.records.queries.results_then import moment_at
    from fourfold.records.queries.structure import structure_of

    if as_of is None:
        return None
    return moment_at(structure_of(find_organisation(None, organisation)).zone, as_of, now=timezone.now())
