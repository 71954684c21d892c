"""`fourfold allocate FOLDER KPI TARGET`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

import typer

from fourfold.cli.options import AsOf, AtUnit, Folder, Form, Out
from fourfold.cli.output import Format, Misused, folder, print_explanation, show
from fourfold.cli.sources import Source, sources

NAME: Final = "allocate"


def run(
    path: Folder,
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="The KPI, by its code.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The target of the unit, such as 1000.")],
    unit: AtUnit = None,
    by: Annotated[str, typer.Option(help="What units share by: last-year (their figures) or equal.")] = "last-year",
    key: Annotated[
        list[str] | None, typer.Option(metavar="UNIT=KEY", help="The key of a unit, such as head count; repeatable.")
    ] = None,
    over: Annotated[str, typer.Option(help="Over-allocation of a target that adds up, 1 to 1.20.")] = "1",
    step: Annotated[str | None, typer.Option(help="What parts are rounded to, such as 1; they still add up.")] = None,
    best: Annotated[
        float | None, typer.Option(help="Of a ratio: the best a unit can reach; that of the best unit without it.")
    ] = None,
    why: Annotated[bool, typer.Option("--explain", help="Say how the parts came about.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --explain: inputs and answer as JSON.")] = False,
    as_of: AsOf = None,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Share a target of a unit out over the units directly below it; nothing is set.

    A target that adds up is shared by keys, to the last step; a ratio so that each unit closes the same share of the
    gap between its last year and the best. Exit code 1 when the folder has errors, 2 when the target cannot be shared
    out like this, 4 when there is no such KPI or unit.
    """
    from fourfold.scorecard import load
    from fourfold.scorecard.allocated_targets import Sharing

    keys = None if key is None else dict(pair(text, "UNIT=KEY") for text in key)
    how = Sharing(by=by, keys=keys, over=over, step=step, best=best)
    found = load(folder(path), sources=sources(source)).allocate_target(kpi, target, unit, how=how, as_of=as_of)
    if why:
        print_explanation(found.explain(), as_json)
    else:
        show(found, form, out)


def pair(text: str, wanted: str) -> tuple[str, float]:
    """A name and a number joined by an equals sign; raises `Misused`."""
    name, _, value = text.rpartition("=")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("nan")
    if not name or not number.is_finite():
        raise Misused(f"“{text}” cannot be read.", hint=f"Write {wanted}, such as north=12.5.")
    return name, float(number)
