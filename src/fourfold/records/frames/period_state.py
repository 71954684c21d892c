"""What is kept of a period when it is closed: the stored results of each unit, as text with a hash."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, Q

from fourfold.engine.cells import Mark, State
from fourfold.engine.periods import Frequency, Period
from fourfold.records.models import Measurement, Organisation, PeriodState, Result, Snapshot
from fourfold.records.ready import Ready

#: What is kept of each result.
FIELDS: Final = (
    "node", "value", "numerator", "denominator", "target", "red_line", "low", "high", "score", "status", "state",
    "marks", "coverage", "confidence",
)  # fmt: skip


def units_under(ready: Ready, unit: str) -> list[str]:
    """The unit and all units below it, by code."""
    return [code for code, path in ready.paths.items() if path.startswith(ready.paths[unit])]


def keep_snapshots(row: PeriodState, ready: Ready, unit: str, month: Period) -> str:
    """Keep the results of the unit and all below it, and give the hash of all of them.

    A quarter is kept with its last month. Call it with stored results that are those of now.
    """
    views = {"month": month.ordinal, "ytd": month.ordinal}
    quarter = month.within(Frequency.QUARTER)
    if quarter.last_day == month.last_day:
        views["quarter"] = quarter.ordinal
    hashes = []
    for code in sorted(units_under(ready, unit)):
        results = {"fields": FIELDS, **{view: _rows(ready.units[code], view, n) for view, n in views.items()}}
        found = hash_of(results)
        Snapshot.objects.create(
            organisation=row.organisation, state=row, unit_id=ready.units[code], results=results, hash=found
        )
        hashes.append(f"{code} {found}")
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _rows(unit: int, view: str, ordinal: int) -> list[tuple[Any, ...]]:
    rows = Result.objects.filter(unit=unit, view=view, ordinal=ordinal)
    return list(rows.order_by("node").values_list(*FIELDS))


def hash_of(results: Any) -> str:
    """The SHA-256 of results in the form in which they are stored."""
    text = json.dumps(results, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def figures_there(units: Iterable[int], months: Iterable[Period]) -> dict[int, tuple[int, int]]:
    """By month: of how many KPIs of these units there is a final figure, of how many that should have one.

    What is not applicable or not due yet is not counted; what waits for approval is not there yet. One statement.
    """
    ordinals = [month.ordinal for month in months]
    rows = Result.objects.filter(unit__in=list(units), view="month", ordinal__in=ordinals, node__startswith="kpi:")
    due = rows.exclude(state__in=(State.NOT_APPLICABLE, State.NOT_DUE)).order_by()
    there: Counter[int] = Counter()
    wanted: Counter[int] = Counter()
    for ordinal, state, marks, count in due.values_list("ordinal", "state", "marks").annotate(count=Count("pk")):
        wanted[ordinal] += count
        there[ordinal] += count if state == State.NUMBER and not marks & Mark.UNAPPROVED else 0
    return {ordinal: (there[ordinal], wanted[ordinal]) for ordinal in ordinals}


def newest_figure(organisation: Organisation, units: Iterable[int], month: Period) -> int:
    """The id of the figure that was recorded last of those closed with the month; zero for none.

    It names what somebody looked at: where it is another one, a figure was recorded since.
    """
    ends_here = Q(start__gte=month.start) | Q(frequency=Frequency.WEEK, start__gt=month.start - timedelta(days=7))
    for frequency in (Frequency.QUARTER, Frequency.HALF, Frequency.YEAR):
        longer = month.within(frequency)
        if longer.last_day == month.last_day:
            ends_here |= Q(frequency=frequency, start=longer.start)
    rows = Measurement.objects.filter(ends_here, organisation=organisation, unit__in=list(units), start__lt=month.end)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
