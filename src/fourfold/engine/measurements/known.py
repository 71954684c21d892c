"""What was known at a moment: of all the rows ever recorded, those that count then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def known_by(rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Rows recorded by `as_of`; rows that do not say when count as known, and a later recording replaces an earlier.

    `rows` are checked ones (see `CheckedRows`): `recorded_at` is ISO text in UTC, so that earlier is smaller.
    """
    if "recorded_at" not in rows.columns or rows["recorded_at"].null_count() == len(rows):
        return rows
    import polars as pl

    at = pl.col("recorded_at").cast(pl.String)
    kept = rows.filter(at.is_null() | (at <= as_of.astimezone(UTC).isoformat()))
    return kept.sort(at.fill_null("")).unique(subset=["kpi", "unit", "period"], keep="last", maintain_order=True)
