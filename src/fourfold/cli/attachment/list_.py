"""`fourfold attachment list`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "list"


def run(
    kpi: Annotated[str | None, typer.Option(help="Only those of this KPI.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only those of this unit.")] = None,
) -> None:
    """Every file with the figure it belongs to; what was removed is listed too."""
    set_up()
    prepare()
    from fourfold.records.models import Attachment

    rows = Attachment.objects.defer("content").select_related("organisation", "kpi", "unit", "by")
    rows = rows.filter(**{f"{noun}__code": code for noun, code in (("kpi", kpi), ("unit", unit)) if code})
    for row in rows.order_by("organisation", "kpi__code", "unit__code", "start", "at"):
        figure = f"{row.organisation.code}:{row.kpi.code}/{row.unit.code}/{row.period}"
        state = f"removed {row.removed_at:%Y-%m-%d}" if row.removed_at else f"since {row.at:%Y-%m-%d}"
        typer.echo(f"{row.pk}  {figure}  {row.size:,} bytes  {state}  {row.name}")
