"""`fourfold check FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.output import folder, print_findings, summary
from fourfold.cli.sources import Source, sources

NAME: Final = "check"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder: YAML files and measurements/.")],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors too.")] = False,
    source: Source = None,
) -> None:
    """Check a scorecard folder: definitions and figures.

    Prints each finding with file, line, what is wrong and how to mend it. Exit code 0 without errors, 1 with errors.
    """
    from fourfold.engine.findings import Level
    from fourfold.scorecard import read

    scorecard, findings = read(folder(path), sources=sources(source))
    print_findings(findings)
    held = f"{len(scorecard.definitions.kpis)} KPIs, {len(scorecard.rows):,} figures, " if scorecard else ""
    typer.echo(f"{path}: {held}{summary(findings)}")
    worst = Level.WARNING if strict else Level.ERROR
    if any(f.level >= worst for f in findings):
        raise typer.Exit(1)
