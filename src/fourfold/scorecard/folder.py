"""A scorecard folder, read from disk and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from fourfold.connectors.files import read_folder
from fourfold.connectors.sql import read_feeds
from fourfold.engine.checks import check as check_definitions
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.due import latest_day
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import check_tables
from fourfold.scorecard.card import Scorecard
from fourfold.scorecard.evaluated import Evaluated
from fourfold.scorecard.explanation import Explanation
from fourfold.scorecard.findings import FolderError

if TYPE_CHECKING:
    import polars as pl

#: Where the databases of feeds are, by the code of the source.
Sources: TypeAlias = Mapping[str, str | Path] | None


def load(folder: str | Path, *, sources: Sources = None) -> Scorecard:
    """Read, complete and check a scorecard folder. Raises `FolderError` with all findings when it has errors.

    `sources` says by its code where the database of a feed is, instead of what the folder says.
    """
    scorecard, findings = read(folder, sources=sources)
    if scorecard is None:
        raise FolderError(findings)
    return scorecard


def read(folder: str | Path, *, sources: Sources = None) -> tuple[Scorecard | None, tuple[Finding, ...]]:
    """Like `load`, but errors come back as findings beside no scorecard; figures are all-or-nothing."""
    content = read_folder(folder)
    parsed = parse(content.texts)
    findings = [*content.findings, *parsed.findings]
    if parsed.definitions is None:
        return None, tuple(findings)
    definitions = complete(parsed.definitions)
    findings += check_definitions(definitions, parsed.places, today=datetime.now(UTC).date())
    fed = read_feeds(Path(folder), sources)
    checked = check_tables([(t.file, t.frame) for t in (*content.tables, *fed.tables)], definitions)
    findings += [*fed.findings, *checked.findings]
    if errors(findings):
        return None, tuple(findings)
    findings += _early(checked.rows, definitions)
    said = tuple(findings)
    return Scorecard(definitions, checked.rows, said, Path(folder), parsed.definitions, checked.read), said


def read_texts(texts: Mapping[str, str]) -> tuple[Scorecard | None, tuple[Finding, ...]]:
    """Definitions alone, from texts by file name: a scorecard without figures, or errors."""
    parsed = parse(texts)
    if parsed.definitions is None:
        return None, parsed.findings
    definitions = complete(parsed.definitions)
    found = (*parsed.findings, *check_definitions(definitions, parsed.places, today=datetime.now(UTC).date()))
    if errors(found):
        return None, found
    return Scorecard(definitions, check_tables([], definitions).rows, found, None, parsed.definitions), found


def _early(rows: pl.DataFrame, definitions: Definitions) -> Iterator[Finding]:
    """A word about figures of periods that have not begun: they are kept, and shown when their time has come."""
    import polars as pl

    today, frequencies = latest_day(definitions, datetime.now(UTC)), {k.code: k.frequency for k in definitions.kpis}
    cells = rows.select("kpi", "period").unique(maintain_order=True)
    begun = [definitions.calendar.parse(p, frequencies[k]).start <= today for k, p in cells.iter_rows()]
    early = rows.join(cells.filter(~pl.Series(begun, dtype=pl.Boolean)), on=["kpi", "period"], maintain_order="left")
    if len(early):
        first = early.row(0, named=True)
        count = f"{len(early):,} figures are" if len(early) > 1 else "A figure is"
        message = f"{count} of a period that has not begun; the first is KPI {first['kpi']}, period {first['period']}."
        fix = "Correct the period if it is wrong; otherwise the figure is shown when its time has come."
        yield Finding("ROW-EARLY", Level.INFO, Place(first["file"], first["row"]), message, fix)


def check(folder: str | Path, *, sources: Sources = None) -> tuple[Finding, ...]:
    """All findings about a scorecard folder, errors and warnings."""
    return read(folder, sources=sources)[1]


def evaluate(folder: str | Path, measurements: Any = None, *, sources: Sources = None, **options: Any) -> Evaluated:
    """Load a folder and evaluate it; options as in `Scorecard.evaluate`."""
    return load(folder, sources=sources).evaluate(measurements, **options)


def explain(folder: str | Path, node: str, *, unit: str | None = None, period: str | None = None) -> Explanation:
    """Load a folder, evaluate it and explain one result."""
    return evaluate(folder).explain(node, unit=unit, period=period)
