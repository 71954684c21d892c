"""`fourfold period …`: how far periods are, and moving them on."""

from typing import Final

import typer

from fourfold.cli.period import list_, set_

NAME: Final = "period"

group = typer.Typer(
    help="Periods: list how far they are; submit, approve, close and reopen them.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
for _module in (list_, set_):
    group.command(_module.NAME)(_module.run)
