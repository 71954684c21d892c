"""`fourfold propose FOLDER KPI`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.allocate import pair
from fourfold.cli.options import AsOf, AtUnit, Folder, Form, Out
from fourfold.cli.output import Format, Misused, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "propose"


def run(
    path: Folder,
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="The KPI, by its code.")],
    unit: AtUnit = None,
    goal: Annotated[
        float | None, typer.Option(help="What the KPI should reach: proposes targets of the KPIs that drive it.")
    ] = None,
    share: Annotated[
        list[str] | None, typer.Option(metavar="KPI=SHARE", help="With --goal: what a driver bears; together 1.")
    ] = None,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Propose targets for a KPI a year from now, each with its reason; nothing is set.

    From its history (hold, detectable, step), its forecast (commit, stretch), a benchmark where one is defined, and the
    half-life of its improvement where the best value is known (`valid_min` or `valid_max`). With --goal what the KPIs
    in its formula would have to be, where that is arithmetic of two or more. Exit code 1 when the folder has errors,
    2 when nothing can be proposed like this, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    if share and goal is None:
        raise Misused("--share goes with --goal.", hint="Add the goal of the KPI.")
    card = load(folder(path), sources=sources(source))
    if goal is None:
        show(card.propose_targets(kpi, unit, as_of=as_of), form, out)
    else:
        shares = dict(pair(text, "KPI=SHARE") for text in share or ()) or None
        show(card.propose_drivers(kpi, goal, unit, shares=shares, as_of=as_of), form, out)
