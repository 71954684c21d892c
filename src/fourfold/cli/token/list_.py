"""`fourfold token list`."""

from __future__ import annotations

from typing import Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "list"


def run() -> None:
    """Every token with whose it is, what it may do, until when, and when it was used last."""
    set_up()
    prepare()
    from fourfold.records.models import Token

    for token in Token.objects.select_related("person"):
        state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}"
        used = f"used {token.used_at:%Y-%m-%d}" if token.used_at else "never used"
        typer.echo(f"{token.prefix}  {token.person.name}  {token.scopes}  {state}  {used}  {token.name}")
