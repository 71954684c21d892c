"""`fourfold backup FILE`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import refuse_broken_setup, set_up

NAME: Final = "backup"


def run(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is new, or a folder for files by date.")],
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the keys to this file, which belongs somewhere else.")
    ] = None,
) -> None:
    """Write the database and all kept files to one file, while the server runs.

    The file appears when it is complete and is never overwritten. Sessions and keys are not in it. A backup counts once
    it was tried out: `fourfold verify FILE`.
    """
    set_up()
    refuse_broken_setup()
    from fourfold.actions.make_backup import make_backup
    from fourfold.actions.save_keys import save_keys

    os.nice(10)  # people who work are served first
    made = make_backup(by=None, path=path, tell=lambda text: typer.echo(text, err=True))
    typer.echo(made.summary)
    if keys is not None:
        typer.echo(save_keys(by=None, path=keys).summary)
    typer.echo(f"It counts once it was tried out: fourfold verify {made.value}")
