"""`fourfold guest-link revoke PREFIX`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "revoke"


def run(prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="As in the list: 3f9c2a1b.")]) -> None:
    """Take a guest link back: from now on it shows nothing to anybody."""
    set_up()
    prepare()
    from fourfold.actions.revoke_guest_link import revoke_guest_link

    typer.echo(revoke_guest_link(by=None, prefix=prefix).summary)
