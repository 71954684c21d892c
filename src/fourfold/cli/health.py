"""`fourfold health FOLDER`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, OneKpi, Out
from fourfold.cli.output import Format, Misused, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "health"


def run(
    path: Folder,
    kpi: OneKpi = None,
    unit: AtUnit = None,
    gaming: Annotated[bool, typer.Option("--gaming", help="Ask what the target does to the figure of --kpi.")] = False,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Say whether each KPI can be steered by, in six dimensions, and what to mend.

    A folder does not say who looks at a KPI or acts on it: those questions are listed as not told. With --gaming: the
    questions to the owner of one KPI about figures that look as if the target shaped them, with evidence; what they
    rest on says `fourfold explain FOLDER KPI --about gaming`. Exit code 1 when the folder has errors, 4 when there is
    no such KPI or unit.
    """
    from fourfold.scorecard import load

    card = load(folder(path), sources=sources(source))
    if gaming and kpi is None:
        raise Misused("--gaming is about one KPI.", hint="Name it with --kpi.")
    show(card.gaming(kpi, unit, as_of=as_of) if gaming and kpi else card.health(kpi, unit, as_of=as_of), form, out)
