"""`fourfold audit …`: what people do with the log of events."""

from typing import Final

import typer

from fourfold.cli.audit import anchor, export, verify

NAME: Final = "audit"

group = typer.Typer(
    help="The audit log: verify its chains, write it to a file, anchor it outside the database.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _module in (verify, export, anchor):
    group.command(_module.NAME)(_module.run)
