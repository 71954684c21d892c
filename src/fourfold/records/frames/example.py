"""The example figures of a template as measurements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import polars as pl

from fourfold.engine.measurements import check_rows
from fourfold.library.template_figures import ExampleFigure
from fourfold.records.frames.measurement import digest_of, write_measurements
from fourfold.records.models import Import, Organisation, Person
from fourfold.records.ready import Ready

#: What the source of an example figure says; the import that brought it is of the kind `template`.
EXAMPLE: Final = "Example figure"


def write_examples(
    organisation: Organisation, ready: Ready, figures: Iterable[ExampleFigure], *, by: Person | None, at: datetime
) -> int:
    """Record them, approved and marked by their source, as one import; says how many there are.

    Call it inside a transaction that holds the lock on the organisation.
    """
    columns = dict.fromkeys(ExampleFigure._fields, pl.String())
    table = pl.DataFrame([[cell or None for cell in row] for row in figures], columns, orient="row")
    checked = check_rows(table.with_columns(pl.lit(EXAMPLE).alias("source")), ready.definitions)
    assert checked.ok, checked.findings
    rows = checked.rows
    run = Import.objects.create(
        organisation=organisation, kind="template", sha256=digest_of(rows), source=EXAMPLE, by=by, at=at,
        read=len(rows), loaded=len(rows),
    )  # fmt: skip
    write_measurements(organisation, ready, rows, by=by, at=at, import_run=run, approved=True)
    return len(rows)
