"""`fourfold token make NAME`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.access.scopes import Scope
from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings

NAME: Final = "make"


def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the token is for.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; repeatable. Reading without it.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose token it is, by e-mail address.")] = None,
    service_of: Annotated[
        str | None, typer.Option(help="Make a service key of this organisation, by its code, instead.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="A service key reaches this unit and those below.")] = None,
    days: Annotated[int, typer.Option(help="How long it holds, 365 days at most.")] = 90,
) -> None:
    """Make a token of a person, or a service key for a program of its own, and print it this once."""
    set_up()
    prepare()
    from fourfold.actions.make_token import make_token
    from fourfold.errors import NotFound
    from fourfold.records.models import Person
    from fourfold.records.models.person import tidy_email

    owner = Person.objects.filter(email=tidy_email(person)).first() if person else None
    if person and owner is None:
        raise NotFound(f"There is nobody with the address {person}.")
    outcome = make_token(
        by=None, name=name, scopes=set(scope or [Scope.READ]), person=owner, service_of=service_of, unit=unit, days=days
    )
    print_findings(outcome.findings)
    typer.echo(outcome.summary, err=True)
    if outcome.value is None:
        raise typer.Exit(1)
    typer.echo(outcome.value.text)
