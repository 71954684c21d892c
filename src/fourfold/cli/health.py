"""`fourfold health FOLDER`."""

from __future__ import annotations

from typing import Final

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, OneKpi, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "health"


def run(
    path: Folder,
    kpi: OneKpi = None,
    unit: AtUnit = None,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Say whether each KPI can be steered by, in six dimensions, and what to mend.

    A folder does not say who looks at a KPI or acts on it: those questions are listed as not told. Exit code 1 when the
    folder has errors, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load

    show(load(folder(path), sources=sources(source)).health(kpi, unit, as_of=as_of), form, out)
