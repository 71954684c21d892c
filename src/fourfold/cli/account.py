"""`fourfold account EMAIL`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings

NAME: Final = "account"


def run(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address the person signs in with.")],
    off: Annotated[bool, typer.Option("--off", help="Switch it off: nobody signs in, sessions end at once.")] = False,
    on: Annotated[bool, typer.Option("--on", help="Switch it on again.")] = False,
    end_sessions: Annotated[bool, typer.Option("--end-sessions", help="Sign all devices out.")] = False,
    new_email: Annotated[str | None, typer.Option(metavar="EMAIL", help="Give it another e-mail address.")] = None,
    remove_factors: Annotated[
        bool, typer.Option("--remove-factors", help="Remove apps, passkeys and recovery codes that were lost.")
    ] = False,
) -> None:
    """Say how an account stands and what the person owns, and change it.

    What somebody did and owns keeps their name when the account is switched off. Exit code 4 when there is nobody
    with this address.
    """
    set_up()
    prepare()
    from fourfold.actions.change_email import change_email
    from fourfold.actions.deactivate_person import deactivate_person
    from fourfold.actions.end_sessions import end_sessions as end
    from fourfold.actions.reactivate_person import reactivate_person
    from fourfold.actions.remove_second_factors import remove_second_factors

    changes = (
        (off, deactivate_person), (on, reactivate_person), (end_sessions, end), (remove_factors, remove_second_factors),
    )  # fmt: skip
    for wanted, change in changes:
        if wanted:
            typer.echo(change(by=None, email=email).summary)
    if new_email is not None:
        outcome = change_email(by=None, email=email, new=new_email)
        print_findings(outcome.findings)
        typer.echo(outcome.summary)
        if not outcome.ok:
            raise typer.Exit(1)
    _tell(new_email or email)


def _tell(email: str) -> None:
    from fourfold.actions._people import find_person
    from fourfold.records.queries.people import owned_by, sessions_of

    person = find_person(None, email)
    state = "switched on" if person.is_active else "switched off"
    typer.echo(f"{person.name} <{person.email}>: {state}, open sessions: {len(sessions_of(person))}")
    for thing in owned_by(None, person):
        typer.echo(f"  owns {thing.kind} “{thing.name}”")
