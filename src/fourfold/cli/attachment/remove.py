"""`fourfold attachment remove ID`."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "remove"


def run(
    attachment: Annotated[UUID, typer.Argument(metavar="ID", help="As `fourfold attachment list` prints it.")],
) -> None:
    """Take a file off its figure; it stays on record, with when it was removed. In a closed period it stays."""
    set_up()
    prepare()
    from fourfold.actions.remove_attachment import remove_attachment

    typer.echo(remove_attachment(by=None, attachment=attachment).summary)
