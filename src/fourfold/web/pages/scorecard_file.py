"""The scorecard as it is shown, as an Excel workbook: its filters, order and columns, with numbers as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from django.http import HttpResponse

from fourfold.access.roles import Action
from fourfold.engine.chances import Prospect
from fourfold.engine.definitions import Kpi
from fourfold.records.queries.scorecard import Row, scorecard_of
from fourfold.records.queries.structure import slug
from fourfold.records.queries.window import Cell
from fourfold.reports.workbook import Line, Number, Page, workbook_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.drawings import band_of, format_of, gap_of, target_text, value_text, word_of
from fourfold.web.components.freshness import age_note, trust_note
from fourfold.web.components.numbers import score_text
from fourfold.web.components.period import full_name
from fourfold.web.components.scorecard_choice import Chosen, chosen_in, in_order, owner_name, wanted
from fourfold.web.requests import Request, counted, signed_in

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SCORE: Final = "0.0"
_Shown: TypeAlias = Number | str | None
_Column: TypeAlias = tuple[str, str, Callable[[Row], _Shown]]


@signed_in
@counted
def scorecard_file(request: Request, unit: str) -> HttpResponse:
    """The rows and columns that the page of the unit shows to this person, with the same query in the address."""
    here = here_at(request, unit)
    here.scope.require(Action.EXPORT)
    page = page_of(here, chosen_in(request.GET), request.user.left_out)
    body = workbook_of(page, name=here.scope.period.label)
    file = slug(f"{page.title} {here.scope.period.label}")
    return HttpResponse(
        body, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{file}.xlsx"'}
    )


def page_of(here: Here, chosen: Chosen, left_out: frozenset[str]) -> Page:
    """The table without the columns that are left out; in the place of a drawing are the figures it is made of."""
    scope, found = here.scope, scorecard_of(here.scope, with_outlooks=True)
    columns = [column for column in _columns(here, found.rows) if column[0] not in left_out]
    lines: list[Line] = []
    if chosen.order:
        lines += [_line(row, columns) for row in in_order(here, wanted(here, found.rows, chosen), chosen.order)]
    else:
        for group in found.groups:
            rows = wanted(here, group.rows, chosen)
            if rows and group.perspective:
                lines.append(_of_perspective(group.perspective.name, group.now, columns))
            lines += [_line(row, columns) for row in rows]
    about = [f"{full_name(scope.period)}, {scope.structure.organisation.name}"]
    about += [f"As known at the end of {here.day}"] if here.day else []
    about += [f"Only: {chosen.words}"] if chosen.words else []
    return Page(f"{scope.unit.name} scorecard", about, [head for _, head, _ in columns], lines)


def _columns(here: Here, rows: list[Row]) -> Iterator[_Column]:
    """Key, head and content of each column, in the order of the page; one without a key is always there."""
    scope = here.scope
    perspectives = {p.code: p.name for p in scope.structure.perspectives}
    yield "", "Perspective", lambda row: perspectives.get(row.objective.perspective) if row.objective else None
    yield "", "Objective", lambda row: row.objective.name if row.objective else None
    yield "", "KPI", lambda row: row.kpi.kpi.name
    yield "owner", "Owner", lambda row: owner_name(here, row) or None
    yield "", "Status", lambda row: row.kpi.status.word
    yield "", "Actual", lambda row: _figure(row.kpi.kpi, row.kpi.now)
    yield "", "Unit", lambda row: row.kpi.kpi.unit or None
    yield "target", "Target", lambda row: _target(row.kpi.kpi, row.kpi.now)
    yield "gap", "Gap", lambda row: _number(row.kpi.kpi, gap_of(row.kpi.now))
    count = max((len(row.kpi.cells) for row in rows), default=1)
    for back in range(count - 1, 0, -1):  # the last of them is the figure itself
        yield "trend", scope.period.shift(-back).label, _past(back)
    if scope.view == "month":
        yield "to_date", "Year to date", lambda row: _figure(row.kpi.kpi, row.year_to_date)
    if any(row.outlook and row.outlook.prospect for row in rows):
        yield "ahead", "Forecast", _forecast
        yield "ahead", "Forecast for", lambda row: p.period.label if (p := _prospect(row)) else None
    yield "score", "Score", lambda row: _score(row.kpi.now)
    yield "", "Notes", lambda row: _notes(row.kpi.now)


def _line(row: Row, columns: list[_Column]) -> Line:
    return Line([show(row) for _, _, show in columns])


def _of_perspective(name: str, now: Cell | None, columns: list[_Column]) -> Line:
    """A perspective with its own status and score."""
    own: dict[str, _Shown] = {"Perspective": name, "Score": _score(now), "Notes": _notes(now)}
    own["Status"] = now.status.word if now else None
    return Line([own.get(head) for _, head, _ in columns], is_strong=True)


def _figure(kpi: Kpi, cell: Cell | None) -> Number | str:
    """The figure as a number, or the words that stand in its place: zero is 0, and nothing else is."""
    text = value_text(kpi, cell)
    if cell is None or cell.veil or cell.value is None or word_of(kpi, cell.value):
        return text
    return Number(cell.value, format_of(kpi).pattern)


def _number(kpi: Kpi, value: float | None) -> Number | None:
    return None if value is None else Number(value, format_of(kpi).pattern)


def _target(kpi: Kpi, cell: Cell | None) -> _Shown:
    """The target as a number; the band of a KPI that should stay in a range as text."""
    return target_text(kpi, cell) if band_of(cell) else _number(kpi, cell.target if cell else None)


def _past(back: int) -> Callable[[Row], _Shown]:
    def show(row: Row) -> _Shown:
        cell = row.kpi.cells[-1 - back] if back < len(row.kpi.cells) else None
        return None if cell is None else _figure(row.kpi.kpi, cell)

    return show


def _prospect(row: Row) -> Prospect | None:
    return row.outlook.prospect if row.outlook else None


def _forecast(row: Row) -> _Shown:
    prospect = _prospect(row)
    return _number(row.kpi.kpi, prospect.value) if prospect else None


def _score(cell: Cell | None) -> Number | None:
    """To one decimal and never rounded up, as everywhere, so that the number and its status agree."""
    return None if cell is None or cell.score is None else Number(float(score_text(cell.score)), _SCORE)


def _notes(cell: Cell | None) -> str | None:
    return ", ".join(filter(None, (age_note(cell), trust_note(cell)))) or None
