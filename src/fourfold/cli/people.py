"""`fourfold password EMAIL`."""

from __future__ import annotations

import secrets
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "password"


def run(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of a person in the database.")],
) -> None:
    """Give a person a fresh random password and print it once; earlier sessions of that person end."""
    set_up()
    prepare()
    from fourfold.actions.set_password import set_password

    password = secrets.token_urlsafe(15)
    set_password(by=None, email=email, password=password)
    typer.echo(f"{email} signs in with: {password}")
