"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from fourfold.cli.output import Format

Folder: TypeAlias = Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder.")]
OfKpi: TypeAlias = Annotated[str | None, typer.Option("--kpi", help="Only this KPI, by its code, in every unit.")]
OneKpi: TypeAlias = Annotated[str | None, typer.Option("--kpi", help="Only this KPI, with every gap.")]
OfUnit: TypeAlias = Annotated[str | None, typer.Option("--unit", help="Only this unit, by its code.")]
AtUnit: TypeAlias = Annotated[str | None, typer.Option("--unit", help="The unit; the whole organisation without it.")]
AtPeriod: TypeAlias = Annotated[str | None, typer.Option("--period", help="The period; the newest without it.")]
AsOf: TypeAlias = Annotated[
    str | None, typer.Option("--as-of", help="What was known and due on this date, such as 2026-03-31.")
]
Form: TypeAlias = Annotated[Format, typer.Option("--format", help="How to write the results.")]
Out: TypeAlias = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the terminal.")]
Seed: TypeAlias = Annotated[int, typer.Option("--seed", help="Another seed gives other random draws.")]
