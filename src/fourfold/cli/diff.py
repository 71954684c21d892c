"""`fourfold diff FOLDER OTHER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, AtPeriod, AtUnit, Folder, Form, Out
from fourfold.cli.output import VIEW, Format, folder, show
from fourfold.cli.plan import planned, read_card
from fourfold.cli.sources import Source, sources

NAME: Final = "diff"


def run(
    path: Folder,
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="The folder to compare it with; the database without it.")
    ] = None,
    unit: AtUnit = None,
    period: AtPeriod = None,
    as_of: AsOf = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    same: Annotated[bool, typer.Option("--check", help="Exit code 1 when anything is different.")] = False,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Show what another folder defines otherwise, and what that does to scores and statuses.

    Without OTHER, the database stands on the left side: what somebody changed beside the folder shows as what loading
    the folder would take back. Each folder is evaluated with its own figures, on the same day. Order, comments and
    spelling are no difference. Exit code 1 when a folder has errors, 4 when there is no such unit or period.
    """
    if other is None:
        found = planned(read_card(path, source), path, unit, period).differences
        show(found, form, out)
        if same and found:
            raise typer.Exit(1)
        return
    from fourfold.scorecard import load

    where = sources(source)
    one, two = (load(folder(each), sources=where) for each in (path, other))
    between = one.diff(two, str(other), unit, period, as_of=as_of, view=view or one.view_of(period))
    show(between, form, out)
    if same and between:
        raise typer.Exit(1)
