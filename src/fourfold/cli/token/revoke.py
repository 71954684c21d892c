"""`fourfold token revoke PREFIX`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "revoke"


def run(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="How it begins: fourfold_3f9c2a1b.")],
) -> None:
    """Take a token back: from now on nobody gets in with it."""
    set_up()
    prepare()
    from fourfold.actions.revoke_token import revoke_token

    typer.echo(revoke_token(by=None, prefix=prefix).summary)
