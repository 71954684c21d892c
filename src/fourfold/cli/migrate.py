"""`fourfold migrate`."""

from __future__ import annotations

from typing import Final

import typer

from fourfold.cli.django_setup import make_data_folder, refuse_broken_setup, set_up

NAME: Final = "migrate"


def run() -> None:
    """Bring the database up to the schema of this version.

    Back it up first: there is no way back but a restore. Several processes that do this at once wait for one another,
    and what was interrupted is taken up again. `fourfold serve` does the same when it starts.
    """
    set_up()
    make_data_folder()
    refuse_broken_setup()
    from fourfold.actions.migrate_database import migrate_database

    typer.echo(migrate_database(by=None).summary)
