"""`fourfold import FILE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused, NoFolder, print_findings, summary
from fourfold.cli.progress import progress
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
    from fourfold.connectors.files.mapping import Mapping

NAME: Final = "import"

_Figures: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--figures", metavar="COLUMN=KPI[/PART]", help="A column of one KPI's figures; repeatable."),
]
_Where: TypeAlias = Annotated[
    list[str] | None, typer.Option("--where", metavar="COLUMN=TEXT", help="Only rows that say this; repeatable.")
]
_Kept: TypeAlias = Annotated[
    Path | None, typer.Option("--mapping", help="How to read the file, as --show-mapping prints it.")
]


def run(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS or Parquet.")],
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
    columns: Columns = None,
    fixed: Fixed = None,
    figures: _Figures = None,
    where: _Where = None,
    mapping: _Kept = None,
    sheet: SheetName = "",
    header: HeaderLine = 0,
    separator: Separator = "",
    encoding: Encoding = "",
    decimal: DecimalMark = "",
    dates: DateOrder = "",
    to_date: Annotated[bool, typer.Option("--to-date", help="Figures are sums of the fiscal year so far.")] = False,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Load good rows, keep the others apart.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write the rejected rows to this file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be loaded, and load nothing.")] = False,
    show_mapping: Annotated[bool, typer.Option("--show-mapping", help="Print how the file is read, as JSON.")] = False,
) -> None:
    """Import figures from a file into the database, all or nothing.

    Columns are found by their names and by what stands in them; what is not plain is asked for, never guessed. The same
    file again changes nothing. Exit code 1 when rows are rejected and nothing was loaded.
    """
    if not path.is_file():
        raise NoFolder(f"There is no file {path}.", hint="Name a file of figures.")
    set_up()
    prepare()
    from fourfold.actions.import_measurements import FileFacts, import_measurements

    said = {"sheet": sheet, "header": header, "separator": separator.replace("tab", "\t"), "encoding": encoding,
            "decimal": decimal, "dates": dates, "to_date": to_date}  # fmt: skip
    named = {"columns": pairs(columns), "fixed": pairs(fixed), "cells": _cells(figures), "where": pairs(where)}
    reading, rows, shape = _rows(path, organisation, _json(mapping) if mapping else None, said, named)
    if show_mapping:
        typer.echo(json.dumps(reading.kept(), indent=2, ensure_ascii=False))
        return
    with progress("rows") as tell:
        outcome = import_measurements(
            by=None, organisation=organisation, rows=rows, source=path.name, kind="file", quarantine=quarantine,
            dry_run=dry_run, file=FileFacts(sha256_of(path), reading.kept(), shape), tell=tell,
        )  # fmt: skip
    print_findings(outcome.findings)
    result = outcome.value
    if report and result and result.rejected:
        report.write_text(result.report(), encoding="utf-8")
        typer.echo(f"The rejected rows are in {report}.", err=True)
    if not outcome.ok:
        typer.echo(f"{path}: {summary(outcome.findings)}; {outcome.summary}")
        raise typer.Exit(1)
    typer.echo(f"{path}: {outcome.summary}")


def _over(kept: Mapping, said: dict[str, Any], named: dict[str, Any]) -> Mapping:
    """What is said over what was kept."""
    merged = {name: {**getattr(kept, name), **found} for name, found in named.items()}
    return kept.changed(**{name: text for name, text in said.items() if text}, **merged)


def _rows(
    path: Path, organisation: str | None, given: dict[str, Any] | None, said: dict[str, Any], named: dict[str, Any]
) -> tuple[Mapping, Any, str]:
    """How the file is read, its rows, and the shape of its header; ends with findings or questions where it cannot be.

    Without a mapping that is given, columns are those that a file with this header had last.
    """
    from fourfold.actions._steps import find_organisation
    from fourfold.connectors.files.detect import header_of
    from fourfold.connectors.files.grid import read_grid
    from fourfold.connectors.files.layout import lay_out
    from fourfold.connectors.files.mapping import Mapping, shape_of
    from fourfold.connectors.files.propose import codes_of, fitted, propose
    from fourfold.records.queries.imports import remembered_mapping
    from fourfold.records.ready import ready_definitions

    found = find_organisation(None, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise Misused("There are no KPIs here yet.", hint="Load a scorecard first: fourfold load FOLDER")
    reading = _over(Mapping.of(given) if given else Mapping(), said, named)
    grid, findings = read_grid(
        path, path.name, sheet=reading.sheet, separator=reading.separator, encoding=reading.encoding
    )  # fmt: skip
    if grid is None:
        print_findings(findings)
        raise typer.Exit(1)
    codes = codes_of(ready.definitions.kpis, ready.definitions.units)
    shape = shape_of(list(header_of(grid, reading.header).names.values()))
    if given is None and (known := remembered_mapping(None, found.pk, shape)):
        # what all rows of that file said is not in this one: it may be about another month
        reading = _over(fitted(Mapping.of(known), grid).changed(fixed={}), said, named)
        typer.echo(f"{path.name}: its columns are read as those of the last file with this header.", err=True)
    proposal = propose(grid, ready.definitions, codes, reading)
    print_findings(grid.findings)
    if proposal.open:
        for name, question in proposal.open.items():
            option = _OPTIONS.get(name, f"--map {name}=COLUMN or --set {name}=TEXT")
            typer.echo(f"{path.name}: {question} Say it with {option}.", err=True)
        raise typer.Exit(2)
    return proposal.reading, lay_out(grid, proposal.reading, ready.definitions, codes), shape


_OPTIONS: Final = {
    "decimal": "--decimal . or --decimal ,", "dates": "--dates dmy or --dates mdy",
    "value": "--map value=COLUMN, or --figures COLUMN=KPI for each column of figures",
}  # fmt: skip


def _cells(given: list[str] | None) -> dict[str, dict[str, str]]:
    """`COLUMN=KPI/numerator` options."""
    found: dict[str, dict[str, str]] = {}
    for column, said in pairs(given).items():
        kpi, _, part = said.partition("/")
        found[column] = {"kpi": kpi, "as": part or "value"}
    return found


def _json(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misused(f"{path} is no mapping: {error}.", hint="Write one with --show-mapping.") from error
    if not isinstance(kept, dict):
        raise Misused(f"{path} is no mapping.", hint="Write one with --show-mapping.")
    return kept
