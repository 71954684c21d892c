"""`fourfold smart FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, OneKpi, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "smart"


def run(
    path: Folder,
    kpi: OneKpi = None,
    unit: AtUnit = None,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Say how specific, measurable, achievable, relevant and timely the goal behind each KPI is, and what to mend.

    What cannot be told is left out of a score and listed, never guessed. Exit code 1 when the folder has errors, 4 when
    there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).smart(kpi, unit, as_of=as_of), form, out)
