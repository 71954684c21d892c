"""The forms of file that are read: CSV and TSV, workbooks, Parquet; a file that is cut off gives nothing."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from fourfold.connectors.files.problems import Refused
from fourfold.connectors.files.separated import separator_of
from fourfold.connectors.files.workbook import read_workbook
from fourfold.connectors.port import Limits, Option, Rows, SourceAway, SourceError, rows_of

_WORKBOOKS: Final = {"xlsx": "Excel workbook (XLSX)", "ods": "OpenDocument workbook (ODS)", "xls": "old Excel (XLS)"}
#: What a feed says about the file it reads.
FORM: Final = (
    Option("form", "Form", choices=(("csv", "CSV or TSV, UTF-8"), ("parquet", "Parquet"), *_WORKBOOKS.items())),
    Option("sheet", "Sheet", "Of a workbook; the first that holds anything where nothing is said."),
)


def rows_in_file(content: bytes, ask: Mapping[str, str], limits: Limits) -> Rows:
    """The rows of a whole file, by the `form` and `sheet` of a feed. Raises `SourceError`."""
    form = ask.get("form") or "csv"
    if form in _WORKBOOKS:
        return _workbook(content, form, ask.get("sheet", ""), limits)
    readers: dict[str, Callable[[bytes, Limits], Rows]] = {"csv": _separated, "parquet": _parquet}
    return readers[form](content, limits)


def table_of_cells(cells: list[list[str]], limits: Limits) -> Rows:
    """Cells as people lay them out: names in the first line that holds anything, empty lines left out, short ones
    filled up. Raises `SourceError` for a cell in a column that has no name.
    """
    lines = [(number, line) for number, line in enumerate(cells, start=1) if any(cell.strip() for cell in line)]
    if not lines:
        raise SourceAway("The sheet is empty.", hint="Is it the right sheet, and was it written to the end?")
    header = [cell.strip() for cell in lines[0][1]]
    names = header[: max(i for i, name in enumerate(header, start=1) if name)]
    found: list[tuple[object, ...]] = []
    for number, line in lines[1:]:
        for place, cell in enumerate(line):
            if cell.strip() and not (place < len(names) and names[place]):
                message = f"Line {number} holds something in column {place + 1}, which has no name."
                raise SourceError(message, hint="Give each column a name in the first line, or empty it.")
        found.append(tuple(line[i] if i < len(line) and line[i].strip() else None for i in range(len(names))))
    kept = [i for i, name in enumerate(names) if name]
    return rows_of(tuple(names[i] for i in kept), [tuple(row[i] for i in kept) for row in found], limits)


def _workbook(content: bytes, form: str, sheet: str, limits: Limits) -> Rows:
    if not content:
        raise SourceAway("The file is empty.", hint="Was it written to the end?")
    try:
        with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
            path = Path(folder) / f"source.{form}"
            path.write_bytes(content)
            cells = read_workbook(path, path.name, sheet)
    except Refused as refused:
        raise SourceError(refused.finding.message, hint=refused.finding.fix) from None
    return table_of_cells(cells.rows, limits)


def _separated(content: bytes, limits: Limits) -> Rows:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The file is not in UTF-8: byte {error.start:,} cannot be read."
        raise SourceError(message, hint="Have it written as CSV UTF-8.") from None
    lines = text.splitlines()
    if not lines:
        raise SourceAway("The file is empty.", hint="Was it written to the end?")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(lines[0]), strict=True)
    found: list[tuple[object, ...]] = []
    try:
        header = tuple(next(rows))
        for cells in rows:
            if cells and len(cells) != len(header):
                message = f"Line {rows.line_num} has {len(cells)} cells and the first line {len(header)}."
                raise SourceAway(message, hint="Was the file written to the end?")
            if cells:
                found.append(tuple(cell or None for cell in cells))
            if len(found) > limits.rows:
                break
    except csv.Error as error:
        raise SourceAway(f"Line {rows.line_num} of the file cannot be read: {error}.") from None
    return rows_of(header, found, limits)


def _parquet(content: bytes, limits: Limits) -> Rows:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(io.BytesIO(content)) as source:
            if source.metadata.num_rows > limits.rows:
                raise SourceError(f"The file has more than {limits.rows:,} rows.", hint="Sum up before it is written.")
            table = source.read()
        table.validate(full=True)
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        hint = "Was the file written to the end, as Parquet?"
        raise SourceAway("The file is no Parquet, or damaged.", hint=hint) from error
    return rows_of(tuple(table.column_names), list(zip(*columns, strict=True)), limits)
