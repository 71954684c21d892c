"""`fourfold period list`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "list"


def run(
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """What was said of each month of a unit: its state, since when, by whom and why. The newest month comes first."""
    set_up()
    prepare()
    from fourfold.actions._steps import find_organisation
    from fourfold.records.models import PeriodState

    found = find_organisation(None, organisation)
    rows = PeriodState.objects.filter(organisation=found).current().select_related("unit", "by")
    for row in rows.order_by("-start", "unit__position"):
        by, why = row.by.name if row.by else "by itself", f"  {row.reason}" if row.reason else ""
        typer.echo(f"{row.period}  {row.unit.code}  {row.get_state_display()}  {row.at:%Y-%m-%d %H:%M}  {by}{why}")
