"""The health of data as a table for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl


def quality_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """One row for each KPI or owner; shares are 0..1, null where there is nothing to count."""
    return pl.DataFrame(rows, infer_schema_length=None)
