"""`fourfold import-benchmarks FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.options import Form, Out
from fourfold.cli.output import Format, Misused, NoFolder, print_findings, show, summary
from fourfold.cli.table_options import (
    Columns,
    DateOrder,
    DecimalMark,
    Encoding,
    Fixed,
    HeaderLine,
    Separator,
    SheetName,
    pairs,
)
from fourfold.connectors.files.text import sha256_of

if TYPE_CHECKING:
    from fourfold.actions.import_benchmark_set import FileFacts
    from fourfold.connectors.files.benchmark_columns import BenchmarkColumns
    from fourfold.connectors.files.detect import Header
    from fourfold.scorecard.benchmark_set import BenchmarkRow

NAME: Final = "import-benchmarks"


def run(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS or Parquet.")],
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
    columns: Columns = None,
    fixed: Fixed = None,
    sheet: SheetName = "",
    header: HeaderLine = 0,
    separator: Separator = "",
    encoding: Encoding = "",
    decimal: DecimalMark = "",
    dates: DateOrder = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what each row would become; change nothing.")] = False,
    form: Form = Format.TABLE,
    out: Out = None,
) -> None:
    """Import a set of benchmarks into the definitions: values that others reach, each with its source and date.

    A row names a KPI and a value; source and date stand in it, or are given for all: --set source=TEXT --set date=DAY.
    Columns are found by their names; what is not plain is asked for, never guessed. All rows are taken or none; the
    same set again changes nothing, and a newer date makes a new version. Exit code 1 when rows are rejected.
    """
    if not path.is_file():
        raise NoFolder(f"There is no file {path}.", hint="Name a table of benchmarks.")
    set_up()
    prepare()
    from fourfold.actions.import_benchmark_set import import_benchmark_set

    said = {"sheet": sheet, "header": header, "separator": separator.replace("tab", "\t"), "encoding": encoding,
            "decimal": decimal, "dates": dates}  # fmt: skip
    given = {name: text for name, text in said.items() if text} | {"fixed": pairs(fixed)}
    rows, file = _read(path, organisation, given, pairs(columns))
    outcome = import_benchmark_set(
        by=None, organisation=organisation, name=path.name, rows=rows, file=file, dry_run=dry_run
    )
    if outcome.value is not None and (dry_run or form is not Format.TABLE or out is not None):
        show(outcome.value, form, out)
    print_findings(outcome.findings, stderr=form is not Format.TABLE)
    is_data = form is not Format.TABLE and out is None
    if not outcome.ok:
        typer.echo(f"{path}: {summary(outcome.findings)}; {outcome.summary}", err=is_data)
        raise typer.Exit(1)
    typer.echo(f"{path}: {outcome.summary}", err=is_data)


def _read(
    path: Path, organisation: str | None, given: dict[str, Any], columns: dict[str, str]
) -> tuple[tuple[BenchmarkRow, ...], FileFacts]:
    """The rows of the file and how it was read; ends with findings or questions where it cannot be read.

    Columns that are not given are those that a table with this header had last.
    """
    from fourfold.actions._steps import find_organisation
    from fourfold.actions.import_benchmark_set import FileFacts
    from fourfold.connectors.files.benchmark_columns import BenchmarkColumns, propose_benchmarks, shape_of_benchmarks
    from fourfold.connectors.files.detect import header_of
    from fourfold.connectors.files.grid import read_grid
    from fourfold.connectors.files.propose import codes_of
    from fourfold.records.ready import ready_definitions
    from fourfold.scorecard.benchmark_reading import rows_of

    found = find_organisation(None, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise Misused("There are no KPIs here yet.", hint="Load a scorecard first: fourfold load FOLDER")
    reading = BenchmarkColumns(columns=columns, **given)
    grid, findings = read_grid(
        path, path.name, sheet=reading.sheet, separator=reading.separator, encoding=reading.encoding
    )  # fmt: skip
    if grid is None:
        print_findings(findings)
        raise typer.Exit(1)
    head = header_of(grid, reading.header)
    reading = _remembered(found.pk, path, head, reading)
    proposal = propose_benchmarks(grid, codes_of(ready.definitions.kpis, ready.definitions.units), reading)
    print_findings(grid.findings)
    for name, question in proposal.open.items():
        option = _OPTIONS.get(name, f"--map {name}=COLUMN")
        typer.echo(f"{path.name}: {question} Say it with {option}.", err=True)
    if proposal.open:
        raise typer.Exit(2)
    facts = FileFacts(sha256_of(path), proposal.columns.kept(), shape_of_benchmarks(head))
    return rows_of(grid, proposal.columns, ready.definitions.kpis), facts


def _remembered(organisation: int, path: Path, header: Header, reading: BenchmarkColumns) -> BenchmarkColumns:
    """The columns that a table with this header had last, under what is said of this one."""
    from fourfold.connectors.files.benchmark_columns import BenchmarkColumns, fitting, shape_of_benchmarks
    from fourfold.records.queries.imports import remembered_mapping

    known = remembered_mapping(None, organisation, shape_of_benchmarks(header))
    if not known:
        return reading
    typer.echo(f"{path.name}: its columns are read as those of the last table with this header.", err=True)
    kept = fitting(BenchmarkColumns.of(known), header)
    return reading.changed(columns={**kept.columns, **reading.columns}, decimal=reading.decimal or kept.decimal)


_OPTIONS: Final = {
    "decimal": "--decimal . or --decimal ,", "dates": "--dates dmy or --dates mdy",
    "value": "--map value=COLUMN, or --map low=COLUMN and --map high=COLUMN for bands",
}  # fmt: skip
