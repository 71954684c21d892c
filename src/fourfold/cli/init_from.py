"""`fourfold init-from FILE FOLDER`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.output import Misused, NoFolder, print_findings
from fourfold.cli.table_options import Columns, Fixed, SheetName, pairs

NAME: Final = "init-from"
#: Where the folder remembers how the spreadsheet was read; hidden files are no part of a scorecard.
KEPT: Final = ".spreadsheet.json"


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS or Parquet.")],
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")],
    columns: Columns = None,
    fixed: Fixed = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help=f"How an earlier file was read: {KEPT} of its folder.")
    ] = None,
    sheet: SheetName = "",
    name: Annotated[str, typer.Option(help="The name of the organisation.")] = "Our organisation",
    email: Annotated[str, typer.Option(help="The e-mail address of who builds it.")] = "",
    year_start: Annotated[
        int, typer.Option(min=0, max=12, help="The month in which the fiscal year begins; 0 for the first of twelve "
                          "months in columns, or January.")
    ] = 0,
) -> None:
    """Make a draft scorecard from a spreadsheet of KPIs: perspectives, objectives, KPIs, targets and figures.

    Columns are found by their names, or named with --map. What was not understood is said, and stays out.
    """
    from fourfold.connectors.files.detect import header_of
    from fourfold.connectors.files.grid import read_grid
    from fourfold.connectors.files.scorecard_columns import ScorecardColumns
    from fourfold.connectors.files.scorecard_periods import first_month
    from fourfold.connectors.files.scorecard_reading import blank, read_scorecard

    if not file.is_file():
        raise NoFolder(f"There is no file {file}.", hint="Name a spreadsheet.")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Misused(f"{path} is not empty.", hint="Name a new folder, so that nothing of yours is overwritten.")
    given = ScorecardColumns.of(_json(mapping)) if mapping else ScorecardColumns()
    given = given.said(pairs(columns), pairs(fixed))
    grid, refused = read_grid(file, file.name, sheet=sheet or given.figures.sheet)
    if grid is None:
        print_findings(refused)
        raise typer.Exit(1)
    start = year_start or first_month(header_of(grid, given.figures.header).names.values()) or 1
    before, today = blank(name, email=email, start=start), datetime.now(UTC).date()
    found = read_scorecard(grid, before, given=given, today=today)
    print_findings((*grid.findings, *found.findings))
    _write(path, found.texts() | {KEPT: json.dumps(found.columns.kept(), indent=2, ensure_ascii=False) + "\n"})
    made = found.definitions
    typer.echo(
        f"{path}: {len(made.perspectives)} perspectives, {len(made.objectives)} objectives, {len(made.kpis):,} KPIs, "
        f"{len(made.targets):,} targets, {len(found.figures):,} figures"
    )
    typer.echo(f"\nNext: fourfold check {path}\n      fourfold load {path}")


def _json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Misused(f"{path} cannot be read as a mapping.", hint=f"Name the {KEPT} of a folder.") from None
    return found if isinstance(found, dict) else {}


def _write(path: Path, texts: dict[str, str]) -> None:
    try:
        for name, text in texts.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(text, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misused(f"{path} cannot be made: {why}.", hint="Name a folder where you may write.") from None
