"""`fourfold data-quality UNIT --as EMAIL`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.options import Form, Out
from fourfold.cli.output import Format, print_sheets, write_frame

NAME: Final = "data-quality"
_SHARES: Final = ("complete", "timely", "plausible", "explained", "consistent")


def run(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Its code, or organisation:code.")],
    who: Annotated[str, typer.Option("--as", metavar="EMAIL", help="The person who looks: what they may see.")],
    owners: Annotated[bool, typer.Option("--owners", help="By owner instead of by KPI.")] = False,
    form: Form = Format.TABLE,
    out: Out = None,
) -> None:
    """Say whether the figures of a unit are there, in time, plausible and consistent; the weakest come first.

    It is the page “Data health” and the API's `data-quality`, over the last twelve due periods of each KPI. Exit code
    4 when there is no such unit or person.
    """
    set_up()
    prepare()
    from django.utils import timezone

    from fourfold.errors import NotFound
    from fourfold.records.frames.data_quality import quality_frame
    from fourfold.records.models import Person
    from fourfold.records.queries.data_quality import data_quality_of
    from fourfold.records.queries.scope import scope_of
    from fourfold.scorecard.sheet import Sheet

    person = Person.objects.filter(email=who.lower(), is_active=True).first()
    if person is None:
        raise NotFound(f"Nobody has the address {who}.", hint="fourfold people lists who is there.")
    found = data_quality_of(scope_of(person, unit), timezone.now())
    noun = "owner" if owners else "kpi"
    named = found.people if owners else [(each.kpi.code, each.quality) for each in found.kpis]
    counts = ("due", "there", "missing", "not_applicable", "not_due", "errors", "timed", "on_time", "late_days",
              "flagged", "open", "asked", "answered", "restated", "compared", "agreed")  # fmt: skip
    rows = [{noun: name, **{c: getattr(quality, c) for c in (*_SHARES, *counts)}} for name, quality in named]
    if form is not Format.TABLE or out is not None:
        write_frame(quality_frame(rows), Format.CSV if form is Format.TABLE else form, out)
        return
    shown = (noun, *_SHARES, "due", "missing", "restated")
    texts = tuple(tuple(_text(row[name]) for name in shown) for row in rows)
    title = f"{found.scope.unit.name}, {found.day.isoformat()}"
    print_sheets([Sheet(title, shown, texts, numbers=frozenset(shown[1:]))])


def _text(cell: object) -> str:
    return "–" if cell is None else f"{int(cell * 100)}%" if isinstance(cell, float) else str(cell)
