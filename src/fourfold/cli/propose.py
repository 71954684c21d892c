"""`fourfold propose FOLDER KPI`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "propose"


def run(
    path: Folder,
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="The KPI, by its code.")],
    unit: AtUnit = None,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Propose targets for a KPI a year from now, each with its reason; nothing is set.

    From its history (hold, detectable, step), its forecast (commit, stretch), a benchmark where one is defined, and the
    half-life of its improvement where the best value is known (`valid_min` or `valid_max`). Exit code 1 when the folder
    has errors, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).propose_targets(kpi, unit, as_of=as_of), form, out)
