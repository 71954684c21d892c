"""`fourfold plan FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.options import AtPeriod, AtUnit, Folder, Form, Out
from fourfold.cli.output import Format, folder, show
from fourfold.cli.sources import Source, sources

if TYPE_CHECKING:
    from fourfold.records.queries.plan import Plan
    from fourfold.scorecard import Scorecard

NAME: Final = "plan"


def run(
    path: Folder,
    unit: AtUnit = None,
    period: AtPeriod = None,
    same: Annotated[bool, typer.Option("--check", help="Exit code 1 when anything is different.")] = False,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Show what loading a folder would change in the database: definitions, scores and statuses. Nothing is changed.

    Scores are those of the last month that was closed, or of the newest figures where none was.

    Exit code 1 when the folder has errors, 4 when the organisation is not in the database yet.
    """
    found = planned(read_card(path, source), path, unit, period).differences
    show(found, form, out)
    if same and found:
        raise typer.Exit(1)


def read_card(path: Path, source: list[str] | None) -> Scorecard:
    """A folder without errors, and the database ready."""
    folder(path)  # a mistyped name makes no database
    where = sources(source)
    set_up()
    prepare()
    from fourfold.scorecard import load

    return load(path, sources=where)


def planned(card: Scorecard, path: Path, unit: str | None = None, period: str | None = None) -> Plan:
    """The plan of a folder that was read."""
    from fourfold.records.queries.plan import plan

    return plan(card, str(path), unit, period)
