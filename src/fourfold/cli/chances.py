"""`fourfold chances FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import AsOf, Folder, Form, OfKpi, OfUnit, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "chances"


def run(
    path: Folder,
    kpi: OfKpi = None,
    unit: OfUnit = None,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Say how likely KPIs are to reach their targets at the end of the fiscal year.

    Chances are printed in steps of 5 %, never below 5 or above 95. The table shows the whole organisation, unless a KPI
    or unit is named. Exit code 1 when the folder has errors, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).chances(kpi, unit, as_of=as_of), form, out)
