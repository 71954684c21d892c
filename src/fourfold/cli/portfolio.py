"""`fourfold portfolio FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import AsOf, AtPeriod, AtUnit, Folder, Form, Out, Seed
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "portfolio"


def run(
    path: Folder,
    unit: AtUnit = None,
    period: AtPeriod = None,
    as_of: AsOf = None,
    seed: Seed = 1,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Look at all KPIs together: health, balance, gaps, twins, and what moves the total score.

    `--period` is a month. Exit code 1 when the folder has errors, 4 when there is no such unit or period.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).portfolio(unit, period, as_of=as_of, seed=seed), form, out)
