"""`fourfold invite EMAIL`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.access.roles import WORDS
from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.invitations import deliver
from fourfold.cli.output import print_findings

NAME: Final = "invite"


def run(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address the person signs in with.")],
    name: Annotated[str, typer.Option(help="The name people read.")],
    role: Annotated[str, typer.Option(help=f"What the person may do: {', '.join(WORDS)}.")] = "viewer",
    unit: Annotated[str | None, typer.Option(help="Where: this unit and all below it; everywhere without it.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Give a person a role, or change it, and invite somebody who cannot sign in yet.

    The invitation goes by e-mail; where no server for e-mail is set, its link is printed, once. Exit code 1 when the
    address or name will not do, 4 when there is no such unit or organisation.
    """
    set_up()
    prepare()
    from fourfold.actions.invite_person import invite_person

    outcome = invite_person(by=None, email=email, name=name, role=role, unit=unit, organisation=organisation)
    print_findings(outcome.findings)
    typer.echo(outcome.summary)
    if outcome.value is None:
        raise typer.Exit(1)
    deliver(outcome.value.invitations.filter(accepted_at=None, revoked_at=None).first())
