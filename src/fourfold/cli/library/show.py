"""`fourfold library show KPI`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.options import Form, Out
from fourfold.cli.output import Format, show, write

NAME: Final = "show"


def run(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Its id, code, name or a synonym: K012, DSO.")],
    form: Form = Format.TABLE,
    out: Out = None,
) -> None:
    """Show all that the library says of a KPI: what it means, its formula and inputs, pitfalls, and its guard.

    Exit code 4 when there is no such KPI.
    """
    from fourfold.cli.library.shown import ListedKpis
    from fourfold.library import find
    from fourfold.library.page import page

    found = find(kpi)
    if form is Format.TABLE:
        write(f"{page(found)}\n".encode(), out)
    else:
        show(ListedKpis(found.name, (found,)), form, out)
