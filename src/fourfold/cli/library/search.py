"""`fourfold library search [WORDS]`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.library.filters import InFunction, InIndustry, InPerspective, chosen
from fourfold.cli.options import Form, Out
from fourfold.cli.output import Format, show

NAME: Final = "search"


def run(
    words: Annotated[str, typer.Argument(metavar="[WORDS]", help="What to look for; everything without it.")] = "",
    function: InFunction = "",
    perspective: InPerspective = "",
    industry: InIndustry = "",
    form: Form = Format.TABLE,
    out: Out = None,
) -> None:
    """Look for KPIs in the library by name, abbreviation or what they are about; all of them without words.

    Slips of the keyboard are forgiven. Exit code 2 when there is no such function, perspective or industry.
    """
    from fourfold.cli.library.shown import ListedKpis
    from fourfold.library import search

    found = search(
        words,
        function=chosen("function", function),
        perspective=chosen("perspective", perspective),
        industry=chosen("industry", industry),
    )
    show(ListedKpis(f"{len(found)} KPI{'s' if len(found) != 1 else ''} of the library", found), form, out)
