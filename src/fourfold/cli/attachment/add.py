"""`fourfold attachment add KPI UNIT PERIOD FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused, print_findings

NAME: Final = "add"


def run(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Code of the KPI.")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Code of the unit.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="Such as 2026-03.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="PDF, image, spreadsheet or plain text.")],
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Attach a file to a figure, and print the id of it.

    Exit code 1 when it was not attached, 4 when there is no such KPI or unit.
    """
    set_up()
    prepare()
    from fourfold.actions.add_attachment import LARGEST, add_attachment

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Misused(f"{path} cannot be read: {error.strerror}.") from None
    outcome = add_attachment(
        by=None, organisation=organisation, kpi=kpi, unit=unit, period=period, name=path.name, content=content
    )
    print_findings(outcome.findings)
    typer.echo(outcome.summary, err=True)
    if outcome.value is None:
        raise typer.Exit(1)
    typer.echo(str(outcome.value.pk))
