"""`fourfold invitations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

if TYPE_CHECKING:
    from fourfold.records.models import Invitation

NAME: Final = "invitations"


def run(
    again: Annotated[str | None, typer.Option(metavar="EMAIL", help="Invite this person again.")] = None,
    revoke: Annotated[str | None, typer.Option(metavar="EMAIL", help="Take the invitation back.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """List the invitations that nobody has taken up; invite again, or take one back.

    A new link replaces the one before. Exit code 4 when there is no such invitation or organisation.
    """
    set_up()
    prepare()
    from fourfold.actions.renew_invitation import renew_invitation
    from fourfold.actions.revoke_invitation import revoke_invitation
    from fourfold.records.models import Invitation

    if again is not None:
        outcome = renew_invitation(by=None, email=again, organisation=organisation)
        typer.echo(outcome.summary)
        deliver(outcome.value)
    if revoke is not None:
        typer.echo(revoke_invitation(by=None, email=revoke, organisation=organisation).summary)
    if again is None and revoke is None:
        found = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("person", "organisation")
        for row in found if organisation is None else found.filter(organisation__code=organisation):
            typer.echo(f"{row.person.email}  {row.organisation.name}  until {row.ends_at:%Y-%m-%d %H:%M} UTC")


def deliver(invitation: Invitation | None) -> None:
    """Send the invitation now; where that is not set up, print its link."""
    from django.conf import settings

    from fourfold.actions.send_mail import send_mail
    from fourfold.records.queries.invitation import address_of

    if invitation is None:
        return
    if not settings.SENDS_EMAIL:
        typer.echo(f"The link, which works once until {invitation.ends_at:%Y-%m-%d}: {address_of(invitation)}")
    elif send_mail(by=None).value:
        typer.echo("The e-mail is sent.")
    else:
        typer.echo("The e-mail could not be sent yet; the server tries again while it runs.")
