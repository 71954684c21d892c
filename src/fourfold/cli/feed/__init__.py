"""`fourfold feed …`: run feeds, and see how they did."""

from typing import Final

import typer

from fourfold.cli.feed import list_, run

NAME: Final = "feed"

group = typer.Typer(
    help="Feeds: list those of an organisation with their last runs; run one now.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
for _module in (list_, run):
    group.command(_module.NAME)(_module.run)
