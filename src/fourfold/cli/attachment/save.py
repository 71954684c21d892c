"""`fourfold attachment save ID`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused
from fourfold.errors import NotFound

NAME: Final = "save"


def run(
    attachment: Annotated[UUID, typer.Argument(metavar="ID", help="As `fourfold attachment list` prints it.")],
    to: Annotated[Path | None, typer.Option("--to", help="Where to; without it here, under its own name.")] = None,
) -> None:
    """Write a file out; one that is there already is not overwritten. What was removed can be saved too."""
    set_up()
    prepare()
    from fourfold.records.models import Attachment

    row = Attachment.objects.filter(pk=attachment).first()
    if row is None:
        raise NotFound(f"There is no file {attachment}.", hint="fourfold attachment list names those there are.")
    path = to or Path(row.name)
    try:
        with path.open("xb") as file:
            file.write(bytes(row.content))
    except FileExistsError:
        raise Misused(f"{path} is there already. Say where to with --to.") from None
    except OSError as error:
        raise Misused(f"{path} cannot be written: {error.strerror}.") from None
    typer.echo(str(path))
