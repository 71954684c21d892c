"""`fourfold attachment …`: files of figures, attached, listed, saved and removed."""

from typing import Final

import typer

from fourfold.cli.attachment import add, list_, remove, save

NAME: Final = "attachment"

group = typer.Typer(
    help="Files that figures rest on: attach, list, save, remove.", no_args_is_help=True, rich_markup_mode=None
)
for _module in (add, list_, save, remove):
    group.command(_module.NAME)(_module.run)
