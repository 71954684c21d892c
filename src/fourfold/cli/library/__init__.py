"""`fourfold library …`: the KPI library, without a server."""

from typing import Final

import typer

from fourfold.cli.library import search, show, suggest

NAME: Final = "library"

group = typer.Typer(
    help="The KPI library: look for KPIs, read one, have some suggested for an objective.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _module in (search, show, suggest):
    group.command(_module.NAME)(_module.run)
