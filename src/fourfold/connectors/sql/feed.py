"""A feed: one statement, whose rows are figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Line


class Feed(Definition):
    """A SQL file and the source it is asked of.

    Its one `SELECT` gives the columns `kpi`, `unit`, `period`, and `value` or `numerator` and `denominator`.
    """

    code: Code  # names the feed for ever
    name: Line = ""  # what people call it
    source: Code  # the source it reads
    file: Line = ""  # the SQL file, in `feeds/`; the code with `.sql` where nothing is said
    kpi: Code | None = None  # the KPI of every row, where the statement has no column `kpi`
    timeout: Annotated[int, Field(ge=1, le=3600)] = 60  # seconds until the statement is stopped
    row_limit: Annotated[int, Field(ge=1, le=10_000_000)] = 1_000_000  # rows; a statement that gives more is refused

    @property
    def sql_file(self) -> str:
        """The name of the SQL file in `feeds/`."""
        return self.file or f"{self.code}.sql"
