"""`fourfold evaluate FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli import cluster
from fourfold.cli.output import VIEW, Format, Misused, folder, print_findings, print_table, write, write_frame
from fourfold.cli.sources import Source, sources

if TYPE_CHECKING:
    from fourfold.scorecard import Evaluated

NAME: Final = "evaluate"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder.")],
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2026-10 or FY2026-Q2.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, by its code.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What was known and due on this date, such as 2026-03-31.")] = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    restated: Annotated[bool, typer.Option(help="The past on today's tree of units, not on that of its time.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to write the results.")] = Format.TABLE,
    out: Annotated[str | None, typer.Option(help="Write to this file (--engine: folder), not the terminal.")] = None,
    source: Source = None,
    engine: cluster.Engine = None,
    measurements: cluster.Measurements = None,
    spark: cluster.Spark = None,
) -> None:
    """Evaluate a scorecard folder and show the results.

    The table shows one unit and period (the whole organisation and the newest period, unless named), with signals and
    the next forecast where there is room; json, csv and parquet hold every unit and period. Exit code 1 when the folder
    or the figures have errors.
    """
    from fourfold.scorecard import load

    if engine is not None:
        cluster.refuse(period=period, unit=unit, format=form in (Format.JSON, Format.CSV), restated=restated)
    elif measurements is not None or spark:
        raise Misused("--measurements and --spark go with --engine.", hint="Figures of a folder are in measurements/.")
    scorecard = load(folder(path), sources=sources(source))
    if engine is not None:
        cluster.run(scorecard, engine, measurements, out, spark, as_of=as_of, view=view)
        return
    file = None if out is None else Path(out)
    evaluated = scorecard.evaluate(as_of=as_of, view=view or scorecard.view_of(period), restated=restated)
    shown = evaluated.table(unit=unit, period=period)
    if form is Format.TABLE:
        shown = scorecard.with_outlook(shown, as_of=as_of, view=evaluated.evaluation.view)
        if file is None:
            print_table(shown)
        else:
            write(f"{shown}\n".encode(), file)
    else:
        _write(evaluated, shown.period if period else None, shown.unit if unit else None, form, file)
    print_findings(evaluated.evaluation.findings, stderr=True)


def _write(evaluated: Evaluated, period: str | None, unit: str | None, form: Format, out: Path | None) -> None:
    import polars as pl

    frame = evaluated.results
    if period is not None:
        frame = frame.filter(pl.col("period") == period)
    if unit is not None:
        frame = frame.filter(pl.col("unit") == unit)
    write_frame(frame, form, out)
