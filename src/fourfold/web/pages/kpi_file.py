"""What the page of a KPI shows of its past, as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from django.http import HttpResponse

from fourfold.access.roles import Action
from fourfold.connectors.files.safe_cell import safe_cell
from fourfold.engine.cells import State
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Period
from fourfold.engine.statuses import Status
from fourfold.records.queries.structure import slug
from fourfold.records.queries.window import LONGEST, Cell, window_of
from fourfold.web.address import here_of_kpi
from fourfold.web.requests import Request, signed_in

HEADS: Final = (
    "kpi", "unit", "period", "label", "actual", "target", "red_line", "low", "high", "numerator", "denominator",
    "score", "status", "state",
)  # fmt: skip


@signed_in
def kpi_file(request: Request, pk: int, name: str) -> HttpResponse:
    """The results of a KPI in a unit up to the period shown, oldest first, from the first that was evaluated on."""
    here, kpi = here_of_kpi(request, pk)
    scope, node = here.scope, f"kpi:{kpi.code}"
    scope.require(Action.EXPORT, kpi=kpi)
    window = window_of(scope, length=LONGEST, node=node)
    periods = [scope.period.shift(i - LONGEST + 1) for i in range(LONGEST)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    writer.writerows(_rows(kpi, scope.unit.code, zip(periods, window.row(node), strict=True)))
    file = slug(f"{kpi.name} {scope.unit.name} {scope.period.label}")
    disposition = {"Content-Disposition": f'attachment; filename="{file}.csv"'}
    # The mark at the beginning tells spreadsheets that the text is UTF-8.
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=disposition)


def _rows(kpi: Kpi, unit: str, results: Iterator[tuple[Period, Cell | None]]) -> Iterator[list[str]]:
    for period, cell in results:
        if cell is None:
            continue
        numbers = (
            cell.value, cell.target, cell.red_line, cell.low, cell.high, cell.numerator, cell.denominator, cell.score,
        )  # fmt: skip
        status, state = Status(cell.status).name.lower(), State(cell.state).name.lower()
        words = [safe_cell(word) for word in (kpi.code, unit, period.id, period.label)]
        yield [*words, *("" if n is None else repr(round(n, 10)) for n in numbers), status, state]
