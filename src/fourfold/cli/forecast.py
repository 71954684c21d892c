"""`fourfold forecast FOLDER`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, Folder, Form, OfKpi, OfUnit, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "forecast"


def run(
    path: Folder,
    kpi: OfKpi = None,
    unit: OfUnit = None,
    record: Annotated[bool, typer.Option("--record", help="What forecasts of the last year were worth.")] = False,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Forecast KPIs, with intervals: the next period, and the last one a forecast reaches.

    The table shows the whole organisation, unless a KPI or unit is named; json, csv and parquet hold every period
    ahead of every KPI and unit that was asked for. With --record: how many figures came within the intervals of
    forecasts from earlier months, of one unit, by length of history and by period. Exit code 1 when the folder has
    errors, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    card = load(folder(path), sources=sources(source))
    found = (card.forecast_record if record else card.forecasts)(kpi, unit, as_of=as_of)
    show(found, form, out)
