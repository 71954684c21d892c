"""Whether what a source gives is still what it was: what a run looked like, and how another one differs from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any, Final

import polars as pl

from fourfold.connectors.port import Rows
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import choices, show

#: So much more or less is another unit of measurement, or another column.
_FAR: Final = 100
#: Of months that are over, a source gives half as many rows, or half as many again, and so many rows at least.
_SHARE: Final = 0.5
_FEWEST: Final = 10
#: So many pairs of KPI and unit are remembered.
_MOST: Final = 2000
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_HINT: Final = "Look at the source. Where it is right, run the feed once and take its rows as they are."


def profile_of(
    rows: Rows, columns: Mapping[str, str], figures: pl.DataFrame, running: Collection[str] = ()
) -> dict[str, Any]:
    """What is remembered of a run: kinds of its columns, rows by period, usual size of figures, KPIs with units.

    Of periods that are `running` the size is not judged: what is added up there begins anew and grows by the day.
    """
    used = {name for name in columns.values() if name and not name.startswith("=")}
    kinds = {name: _kind([row[i] for row in rows.rows]) for i, name in enumerate(rows.columns) if name in used}
    sizes: dict[str, list[float]] = {}
    for row in figures.iter_rows(named=True):
        for name in ("value", "numerator", "denominator"):
            number = _number(row.get(name))
            if row["kpi"] and number and row["period"] not in running:
                sizes.setdefault(f"{row['kpi']} {name}", []).append(abs(float(number)))
    pairs = sorted({f"{kpi} {unit}" for kpi, unit in zip(figures["kpi"], figures["unit"], strict=True)})
    return {
        "kinds": kinds, "counts": dict(Counter(p for p in figures["period"] if p)), "pairs": pairs[:_MOST],
        "sizes": {name: median(found) for name, found in sizes.items()},
    }  # fmt: skip


def running_periods(figures: pl.DataFrame, definitions: Definitions, today: date) -> set[str]:
    """The periods of these KPIs that a day lies in, as people write them too: `M:2026-08` and `2026-08`."""
    kinds = {definitions.kpi[code].frequency for code in figures["kpi"].unique() if code in definitions.kpi}
    names = [definitions.calendar.period(kind, today).id for kind in kinds]
    return {*names, *(name.partition(":")[2] for name in names)}


def drift_of(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, str] | None:
    """What stands against loading it, and what to do; None where it looks like the run before.

    >>> old = {"kinds": {"amount": "numbers"}, "counts": {}, "sizes": {"sales value": 5.0}, "pairs": []}
    >>> drift_of(old, old | {"sizes": {"sales value": 5000.0}})[0]
    'The value of KPI sales is usually 1,000 times as large as in the run before.'
    """
    for name, kind in now["kinds"].items():
        was = before["kinds"].get(name, "")
        if was in ("numbers", "days") and kind not in ("", was):
            return f"The column {show(name)} held {was} until now, and holds {kind}.", _HINT
    for name, size in now["sizes"].items():
        was = before["sizes"].get(name, 0)
        if was and not 1 / _FAR < size / was < _FAR:
            kpi, figure = name.rsplit(" ", 1)
            words = f"{size / was:,.0f} times as large as" if size > was else f"{was / size:,.0f} times smaller than"
            return f"The {figure} of KPI {kpi} is usually {words} in the run before.", _HINT
    over = (before["counts"].keys() & now["counts"].keys()) - {max(before["counts"], default="")}
    had, has = sum(before["counts"][p] for p in over), sum(now["counts"][p] for p in over)
    if abs(has - had) >= max(_FEWEST, _SHARE * had):
        return f"For periods that are over it gives {has:,} figures, and gave {had:,} the last time.", _HINT
    return None


def news_of(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What a reader should know although it stops nothing: KPIs and units that it gave nothing for before."""
    if len(before["pairs"]) == _MOST:
        return ""
    new = [" in ".join(pair.rsplit(" ", 1)) for pair in now["pairs"] if pair not in before["pairs"]]
    more = f" and {len(new) - 5:,} more" if len(new) > 5 else ""
    return f"New in this run: {choices(new[:5], 'and')}{more}." if new and before["pairs"] else ""


def _kind(cells: list[str | None]) -> str:
    """`numbers`, `days` or `texts`; nothing where there is nothing."""
    found = [cell for cell in cells if cell is not None and cell.strip()]
    if not found:
        return ""
    if all(_number(cell) is not None for cell in found):
        return "numbers"
    return "days" if all(_DAY.match(cell) for cell in found) else "texts"


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
