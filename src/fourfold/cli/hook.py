"""`fourfold hook CONNECTION`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "hook"


def run(
    connection: Annotated[str, typer.Argument(metavar="CONNECTION", help="The code of a connection that sends.")],
    revoke: Annotated[bool, typer.Option(help="End the secrets there are at once.")] = False,
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Make a secret with which a source signs what it sends, and print it once with the address.

    The one before holds beside it until the next is made, unless it is revoked. Exit code 4 where there is no such
    connection.
    """
    set_up()
    prepare()
    from django.conf import settings

    from fourfold.actions.rotate_hook import rotate_hook

    outcome = rotate_hook(by=None, organisation=organisation, connection=connection, keeps=not revoke)
    assert outcome.value is not None
    row, secret = outcome.value
    typer.echo(f"{outcome.summary}\nAddress: {settings.PUBLIC_URL}/hooks/{row.pk}/\nSecret, shown this once: {secret}")
