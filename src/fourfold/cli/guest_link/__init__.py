"""`fourfold guest-link …`: links that show a unit without an account, made, listed and revoked."""

from typing import Final

import typer

from fourfold.cli.guest_link import list_, make, revoke

NAME: Final = "guest-link"

group = typer.Typer(
    help="Links that show a unit without an account: make, list, revoke.", no_args_is_help=True, rich_markup_mode=None
)
for _module in (make, list_, revoke):
    group.command(_module.NAME)(_module.run)
