"""One row, as somebody enters it: what is plainly right needs no table to be told so.

The checks work on whole tables, and take as long for one row as for a thousand. Here a row is only ever accepted: with
the slightest doubt it goes through the checks, which say what is wrong. For what is accepted, both give the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.measurements import FIGURES, CheckedRows
from fourfold.engine.periods import PeriodError

if TYPE_CHECKING:
    import polars as pl

#: Digits with a point, so few that none is lost and nothing is too large.
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SHORT: Final = 500  # of a source or a note
_KNOWN: Final = {"kpi", "unit", "period", *FIGURES, "source", "note"}


def plainly_right(row: Mapping[str, str], definitions: Definitions) -> CheckedRows | None:
    """The row as `check_rows` gives it back, without a finding; None where only the checks can tell."""
    kpi, unit = definitions.kpi.get(row["kpi"]), row["unit"]
    given = {name: row[name] for name in FIGURES if row.get(name)}
    if kpi is None or unit not in definitions.unit or not row.keys() <= _KNOWN:
        return None
    if kpi.is_computed or kpi.kind in (MeasureKind.BOOLEAN, MeasureKind.ORDINAL) or not definitions.applies(kpi, unit):
        return None
    if not (all(map(_PLAIN.fullmatch, given.values())) and _is_plain(row.get("source")) and _is_plain(row.get("note"))):
        return None
    try:
        period = definitions.calendar.parse(row["period"], kpi.frequency)
    except PeriodError:
        return None
    numbers = {name: float(text) for name, text in given.items()}
    if not _is_possible(kpi, numbers):
        return None
    return CheckedRows(_frame(row, period.id, numbers), (), 1)


def _is_plain(text: str | None) -> bool:
    """Nothing, or a short text of ordinary characters with none to trim."""
    return text is None or (0 < len(text) <= _SHORT and text.isprintable() and text == text.strip())


def _is_possible(kpi: Kpi, numbers: Mapping[str, float]) -> bool:
    """A value, or both parts of one, inside what the KPI can be."""
    low, high = (None if limit is None else float(limit) for limit in (kpi.valid_min, kpi.valid_max))
    if numbers.keys() == {"value"}:
        figure = numbers["value"]
    elif numbers.keys() == {"numerator", "denominator"} and numbers["denominator"] > 0:
        if kpi.unit == "%" and high is None and numbers["numerator"] > numbers["denominator"]:
            return False  # there is something to ask about a share of more than all
        figure = float(kpi.factor) * numbers["numerator"] / numbers["denominator"]
    else:
        return False
    return (low is None or low <= figure) and (high is None or figure <= high)


def _frame(row: Mapping[str, str], period: str, numbers: Mapping[str, float]) -> pl.DataFrame:
    import polars as pl

    from fourfold.engine.measurements.checking import SCHEMA

    known: dict[str, str | float | None] = {
        "kpi": row["kpi"], "unit": row["unit"], "period": period, "row": 1, "state": State.NUMBER.value,
        "marks": Mark.NONE.value, "source": row.get("source"), "note": row.get("note"), **numbers,
    }  # fmt: skip
    known |= {f"{name}_text": row.get(name) or None for name in FIGURES}
    return pl.DataFrame({name: [known.get(name)] for name in SCHEMA}, schema=SCHEMA)
