"""`fourfold diff FOLDER OTHER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, AtPeriod, AtUnit, Folder, Form, Out
from fourfold.cli.output import VIEW, Format, folder, show
from fourfold.cli.sources import Source, sources

NAME: Final = "diff"


def run(
    path: Folder,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The folder to compare it with.")],
    unit: AtUnit = None,
    period: AtPeriod = None,
    as_of: AsOf = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Show what another folder defines otherwise, and what that does to scores and statuses.

    Each folder is evaluated with its own figures, on the same day. Order, comments and spelling are no difference. Exit
    code 1 when a folder has errors, 4 when there is no such unit or period.
    """
    from fourfold.scorecard import load

    where = sources(source)
    one, two = (load(folder(each), sources=where) for each in (path, other))
    show(one.diff(two, str(other), unit, period, as_of=as_of, view=view or one.view_of(period)), form, out)
