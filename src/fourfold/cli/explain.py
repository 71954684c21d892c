"""`fourfold explain FOLDER NODE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli.output import VIEW, folder
from fourfold.cli.sources import Source, sources

if TYPE_CHECKING:
    from fourfold.scorecard import ChangeExplanation

NAME: Final = "explain"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder.")],
    node: Annotated[str, typer.Argument(metavar="NODE", help="A KPI code, objective:CODE … or scorecard.")],
    period: Annotated[str | None, typer.Option(help="The period, such as 2026-10; the newest one without it.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit; the whole organisation without it.")] = None,
    change: Annotated[str | None, typer.Option(metavar="PERIOD", help="Why it changed since this period.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What was known and due on this date.")] = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole trace as JSON, with its SHA-256.")] = False,
    source: Source = None,
) -> None:
    """Say how a score came about, to the digit.

    Exit code 4 when there is no such KPI, unit or period.
    """
    from fourfold.scorecard import load

    scorecard = load(folder(path), sources=sources(source))
    evaluated = scorecard.evaluate(as_of=as_of, view=view or scorecard.view_of(period or change))
    if change is not None:
        _print_change(evaluated.explain_change(node, since=change, unit=unit, period=period), as_json)
        return
    explanation = evaluated.explain(node, unit=unit, period=period)
    if as_json:
        typer.echo(json.dumps(explanation.to_json(), indent=2, ensure_ascii=False))
        return
    trace = explanation.trace
    typer.echo(f"{trace.node}, unit {trace.unit}, {trace.period}: {trace.status}")
    for sentence in trace.words():
        typer.echo(f"  {sentence}")


def _print_change(explanation: ChangeExplanation, as_json: bool) -> None:
    """The parts of a change, as sentences or as JSON."""
    if as_json:
        typer.echo(json.dumps(explanation.to_json(), indent=2, ensure_ascii=False))
        return
    trace = explanation.trace
    typer.echo(f"{trace.node}, unit {trace.unit}, {trace.before} to {trace.after}")
    for sentence in trace.words():
        typer.echo(f"  {sentence}")
