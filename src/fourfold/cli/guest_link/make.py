"""`fourfold guest-link make UNIT NAME`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings

NAME: Final = "make"


def run(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Code of the unit that it shows.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom it is for.")],
    organisation: Annotated[str | None, typer.Option(help="Code of the organisation, where there are several.")] = None,
    kpi: Annotated[str | None, typer.Option(help="Show this KPI alone.")] = None,
    period: Annotated[str | None, typer.Option(help="Show this period; without it the newest closed month.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Show the figures of the day on which it is opened.")] = False,
    statuses_only: Annotated[bool, typer.Option("--statuses-only", help="Show statuses and no numbers.")] = False,
    days: Annotated[int, typer.Option(help="How long it holds, 365 days at most.")] = 30,
    most_views: Annotated[int | None, typer.Option(help="How often it can be opened.")] = None,
    ask_password: Annotated[bool, typer.Option("--password", help="Ask here for one, which guests need.")] = False,
    host: Annotated[list[str] | None, typer.Option(help="A site that may show it in a frame; repeatable.")] = None,
) -> None:
    """Make a link that shows a unit to whoever has it, and print it this once.

    Exit code 1 when it was not made, 4 when there is no such unit or KPI.
    """
    set_up()
    prepare()
    from django.conf import settings
    from django.urls import reverse

    from fourfold.actions.make_guest_link import make_guest_link

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask_password else ""
    outcome = make_guest_link(
        by=None, organisation=organisation, unit=unit, name=name, kpi=kpi, period=period, is_live=live,
        statuses_only=statuses_only, days=days, most_views=most_views, password=password, hosts=host or (),
    )  # fmt: skip
    print_findings(outcome.findings)
    typer.echo(outcome.summary, err=True)
    if outcome.value is None:
        raise typer.Exit(1)
    typer.echo(f"{settings.PUBLIC_URL}{reverse('guest_link')}?link={outcome.value.text}")
