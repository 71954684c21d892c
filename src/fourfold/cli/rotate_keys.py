"""`fourfold rotate-keys`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "rotate-keys"


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Open everything and change nothing.")] = False,
) -> None:
    """Lock every stored secret with new keys, while the server runs.

    Do it when somebody who could read the file of master keys leaves. Earlier master keys stay in the file, since
    backups made before need them; copy the file apart from the backups: `fourfold backup --keys`.
    """
    set_up()
    prepare()
    from fourfold.actions.rotate_keys import rotate_keys

    typer.echo(rotate_keys(by=None, dry_run=dry_run).summary)
