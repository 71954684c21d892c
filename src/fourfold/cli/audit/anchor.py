"""`fourfold audit anchor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "anchor"


def run(
    folder: Annotated[Path | None, typer.Option(help="Where to write it; the folder of the settings without.")] = None,
    show_key: Annotated[
        bool, typer.Option("--show-key", help="Print the public key that an auditor checks anchors with, and stop.")
    ] = False,
) -> None:
    """Write how long each chain is and its newest hash, signed, to a file; print the same lines, to be sent away.

    The server does it once a day by itself. Keep anchors where who runs the database cannot change them.
    """
    set_up()
    prepare()
    from django.conf import settings

    from fourfold.actions.anchor_chains import anchor_chains
    from fourfold.records.chain_anchor import public_key, read_or_make_key

    if show_key:
        typer.echo(public_key(read_or_make_key(settings.AUDIT_KEY_FILE)))
        return
    outcome = anchor_chains(by=None, folder=folder)
    for anchor in outcome.value or ():
        typer.echo(anchor.line)
    typer.echo(outcome.summary, err=True)
