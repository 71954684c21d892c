"""`fourfold explain FOLDER NODE`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli.output import VIEW, Misused, folder, print_explanation
from fourfold.cli.sources import Source, sources

if TYPE_CHECKING:
    from fourfold.scorecard import ChangeExplanation, Scorecard, WorkingExplanation

NAME: Final = "explain"
ABOUT: Final = (
    "What to explain of a KPI; with record (what its forecasts were worth) NODE can be scorecard, with gaming an "
    "objective:CODE, with evidence a link 'SOURCE>TARGET', with alignment a unit, with portfolio health, balance, "
    "retire, a KPI or two as A/B."
)


class About(StrEnum):
    """What is explained."""

    SCORE = "score"
    SIGNAL = "signal"
    FORECAST = "forecast"
    RECORD = "record"
    CHANCE = "chance"
    TARGETS = "targets"
    SMART = "smart"
    HEALTH = "health"
    GAMING = "gaming"
    EVIDENCE = "evidence"
    ALIGNMENT = "alignment"
    PORTFOLIO = "portfolio"


def run(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A scorecard folder.")],
    node: Annotated[str, typer.Argument(metavar="NODE", help="A KPI, objective:CODE … or scorecard; see --about.")],
    about: Annotated[About, typer.Option(help=ABOUT)] = About.SCORE,
    period: Annotated[str | None, typer.Option(help="The period, such as 2026-10; the newest one without it.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit; the whole organisation without it.")] = None,
    change: Annotated[str | None, typer.Option(metavar="PERIOD", help="Why it changed since this period.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What was known and due on this date.")] = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole trace as JSON, with its SHA-256.")] = False,
    source: Source = None,
) -> None:
    """Say how a score came about, to the digit; or a signal, a forecast, what forecasts were worth, a chance and so on.

    The JSON has every input that the answer was made from. Exit code 4 when there is no such KPI, unit or period.
    """
    from fourfold.scorecard import load

    scorecard = load(folder(path), sources=sources(source))
    if about is not About.SCORE:
        if change is not None:
            raise Misused("--change is about scores.", hint="Leave out --about, or --change.")
        print_explanation(_explained(scorecard, about, node, unit, period, as_of), as_json)
        return
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


def _explained(
    scorecard: Scorecard, about: About, node: str, unit: str | None, period: str | None, as_of: str | None
) -> WorkingExplanation:
    """The explanation asked for; what has no period or moment of its own does without."""
    match about:
        case About.SIGNAL:
            return scorecard.signals(node, unit, as_of=as_of).explain(node, unit)
        case About.FORECAST:
            return scorecard.forecasts(node, unit, as_of=as_of).explain(node, unit)
        case About.RECORD:
            kpi = None if node == "scorecard" else node
            return scorecard.forecast_record(kpi, unit, as_of=as_of).explain()
        case About.CHANCE:
            return scorecard.chances(node, unit, as_of=as_of).explain(node, unit)
        case About.TARGETS:
            return scorecard.propose_targets(node, unit, as_of=as_of).explain()
        case About.SMART:
            return scorecard.smart(node, unit, as_of=as_of).explain(node)
        case About.HEALTH:
            return scorecard.health(node, unit, as_of=as_of).explain(node)
        case About.GAMING:
            return scorecard.explain_gaming(node, unit, as_of=as_of)
        case About.EVIDENCE:
            return scorecard.evidence(unit, as_of=as_of).explain(node)
        case About.ALIGNMENT:
            return scorecard.alignment(node).explain(node)
        case _:
            return scorecard.portfolio(unit, period, as_of=as_of).explain(node)


def _print_change(explanation: ChangeExplanation, as_json: bool) -> None:
    """The parts of a change, as sentences or as JSON."""
    if as_json:
        typer.echo(json.dumps(explanation.to_json(), indent=2, ensure_ascii=False))
        return
    trace = explanation.trace
    typer.echo(f"{trace.node}, unit {trace.unit}, {trace.before} to {trace.after}")
    for sentence in trace.words():
        typer.echo(f"  {sentence}")
