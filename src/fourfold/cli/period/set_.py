"""`fourfold period set PERIOD STATE`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings
from fourfold.engine.period_states import PeriodState

NAME: Final = "set"


def run(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="A month, such as 2026-03.")],
    state: Annotated[PeriodState, typer.Argument(metavar="STATE", help="submitted, approved, closed, reopened …")],
    unit: Annotated[str | None, typer.Option(help="The unit, with all below it; the whole without.")] = None,
    reason: Annotated[str, typer.Option(help="Needed to return, to reopen, and to close without all figures.")] = "",
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Move a month of a unit on. A closed month takes no figures; what it showed is kept with a hash."""
    set_up()
    prepare()
    from fourfold.actions._steps import find_organisation
    from fourfold.actions.set_period_state import set_period_state
    from fourfold.records.models import Unit

    found = find_organisation(None, organisation)
    place = unit or Unit.objects.filter(organisation=found, parent=None).values_list("code", flat=True).get()
    outcome = set_period_state(
        by=None, organisation=found.code, unit=place, period=period, state=state, reason=reason
    )  # fmt: skip
    print_findings(outcome.findings)
    typer.echo(outcome.summary)
    if not outcome.ok:
        raise typer.Exit(1)
