"""CSV and TSV from a program, read as files are."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import polars as pl

from fourfold.connectors.files.problems import Refused, refuse
from fourfold.connectors.files.separated import read_separated
from fourfold.connectors.push.limits import BODY, FIELDS
from fourfold.engine.findings import Level
from fourfold.engine.words import choices, show


def read_csv(content: bytes) -> pl.DataFrame:
    """The table, each row under the number of its line. Raises `Refused` where its form is broken anywhere."""
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        path = Path(folder) / "body.csv"
        path.write_bytes(content)
        rows, findings = read_separated(path, BODY)
    wrong = [f for f in findings if f.level is Level.ERROR]
    if wrong:
        raise Refused(wrong[0])
    if rows is None or rows.is_empty():
        raise refuse("EMPTY", BODY, "There are no rows.", "Send a header and a line for each row.")
    strange = [c for c in rows.columns if re.sub(r"[\s\-]+", "_", c.casefold()) not in (*FIELDS, "row")]
    if strange:
        fix = f"The columns are {choices(FIELDS, 'and')}."
        raise refuse("FIELD", BODY, f"There is no column {show(strange[0])}.", fix, 1)
    return rows
