"""`fourfold library suggest OBJECTIVE`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.library.filters import InIndustry, InPerspective, chosen
from fourfold.cli.options import Form, Out
from fourfold.cli.output import Format, show

NAME: Final = "suggest"


def run(
    objective: Annotated[str, typer.Argument(metavar="OBJECTIVE", help="What is to be reached, in your own words.")],
    perspective: InPerspective = "",
    industry: InIndustry = "",
    count: Annotated[int, typer.Option("--count", min=1, max=20, help="How many at most.")] = 5,
    form: Form = Format.TABLE,
    out: Out = None,
) -> None:
    """Suggest KPIs for an objective, best first, each with its reasons and its guard; nothing leaves this machine.

    Where nothing in the library fits it says so. Exit code 2 when there is no such perspective or industry.
    """
    from fourfold.cli.library.shown import ListedSuggestions
    from fourfold.library import suggest

    place = {"perspective": chosen("perspective", perspective), "industry": chosen("industry", industry)}
    show(ListedSuggestions(objective, suggest(objective, count=count, **place)), form, out)
