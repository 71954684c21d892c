"""The table of figures on a cluster: its columns, and the span of time it covers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import polars as pl

from fourfold.engine.cluster.spark import Session, Table
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.measurements import COLUMNS, FIGURES, check_rows
from fourfold.engine.periods import Frequency, Period, PeriodError

#: What is no part of a code or a period at its ends, as for the check of rows: Unicode's white space.
_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_SPACE += "\u2028\u2029\u202f\u205f\u3000"
#: A text without them, in the SQL of Spark.
BARE: Final = "btrim(cast({0} as string), '" + _SPACE + "')"


def figures_of(raw: Table, definitions: Definitions) -> tuple[Table, tuple[Finding, ...]]:
    """The columns of a table of figures, `file` and `row` to name them by, and what is wrong with its columns."""
    names = {re.sub(r"[\s\-]+", "_", name.strip().casefold()): name for name in raw.columns}
    blank = pl.DataFrame(schema=dict.fromkeys(raw.columns, pl.String))
    known = [f"`{written}` as {name}" for name, written in names.items() if name in COLUMNS]
    place = ("_metadata.file_name as file", "_metadata.row_index + 1 as row")
    return raw.selectExpr(*known, *place), check_rows(blank, definitions).findings


def first_periods(
    figures: Table, definitions: Definitions, session: Session, as_of: datetime
) -> Mapping[Frequency, Period]:
    """The earliest period of each frequency that has a figure known by `as_of`."""
    of = session.createDataFrame([(k.code, k.frequency.value) for k in definitions.kpis], "code string, own string")
    given = [
        f"btrim({name}, '{_SPACE}') != ''" if kind == "string" else f"{name} is not null"
        for name, kind in figures.dtypes
        if name in (*FIGURES, "state")
    ]
    here = figures.where(" or ".join(given))
    if "recorded_at" in figures.columns:
        moment = as_of.astimezone(UTC).isoformat()
        here = here.where(f"coalesce(try_cast(recorded_at as timestamp) <= timestamp'{moment}', true)")
    pairs = here.selectExpr("kpi", "period").distinct()  # far fewer than rows
    keyed = pairs.selectExpr(f"{BARE.format('kpi')} as code", f"{BARE.format('period')} as period")
    rows = keyed.join(of.hint("broadcast"), "code", "inner").selectExpr("own", "period").distinct().collect()
    first: dict[Frequency, Period] = {}
    for own, text in rows:
        with suppress(PeriodError):  # the check of rows says what is wrong with it
            period = definitions.calendar.parse(text, Frequency(own))
            if period.frequency not in first or period.ordinal < first[period.frequency].ordinal:
                first[period.frequency] = period
    return first
