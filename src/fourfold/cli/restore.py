"""`fourfold restore FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import make_data_folder, refuse_broken_setup, set_up

NAME: Final = "restore"


def run(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `fourfold backup` wrote.")],
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The keys that `fourfold backup --keys` wrote.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what is here now.")] = False,
) -> None:
    """Bring back database and files from a backup, then bring the schema up to this version.

    Everything is checked before anything is touched. A place that is not empty is refused without --replace; with it, a
    SQLite database and files move aside. Stop the server first. Afterwards everybody signs in again.
    """
    set_up()
    make_data_folder()
    refuse_broken_setup()
    from fourfold.actions.restore_backup import restore_backup

    outcome = restore_backup(
        by=None, path=path, keys=keys, replace=replace, tell=lambda text: typer.echo(text, err=True)
    )
    typer.echo(outcome.summary)
