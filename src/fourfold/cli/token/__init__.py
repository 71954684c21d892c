"""`fourfold token …`: tokens for programs, made, listed and revoked by the administrator of the machine."""

from typing import Final

import typer

from fourfold.cli.token import list_, make, revoke

NAME: Final = "token"

group = typer.Typer(
    help="Tokens for programs that use the API: make, list, revoke.", no_args_is_help=True, rich_markup_mode=None
)
for _module in (make, list_, revoke):
    group.command(_module.NAME)(_module.run)
