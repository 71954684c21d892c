"""The library's façade: a scorecard folder and a table of figures in, results as tables and explanations out.

```python
import fourfold
scorecard = fourfold.load("examples/calder_vale")
results = scorecard.evaluate()                  # or .evaluate(my_frame): Polars, pandas or Arrow
results.results                                 # one row per node, unit and period (Polars)
print(results.explain("ed_4h", unit="group", period="2026-10"))
print(results.explain_change("scorecard", since="2026-09", period="2026-10"))
```
Nothing here needs a server, a database or Django.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast, get_args

from fourfold.connectors.files import read_folder
from fourfold.connectors.sql import read_feeds
from fourfold.engine.cells import Mark, Reason, State
from fourfold.engine.change_trace import ChangeTrace, trace_change
from fourfold.engine.checks import check as check_definitions
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.evaluate import Evaluation, periods_of
from fourfold.engine.evaluate import evaluate as run
from fourfold.engine.explain import Trace
from fourfold.engine.explain import explain as trace_of
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import check_rows, check_tables, to_polars
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.engine.results import View
from fourfold.engine.statuses import Status
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import FourfoldError, NotFound
from fourfold.table import Table, html, table

if TYPE_CHECKING:
    import polars as pl

#: Where the databases of feeds are, by the code of the source.
Sources: TypeAlias = Mapping[str, str | Path] | None


#: The views whose periods have a spelling of their own; a whole date is a month before it is a day.
_SPELT: Final[tuple[View, ...]] = ("month", "quarter", "half", "year", "week", "day")


class FolderError(FourfoldError):
    """The scorecard folder has mistakes."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings; the message counts the errors and shows the first ones."""
        self.findings = findings
        wrong = errors(findings)
        shown = "\n".join(str(f) for f in wrong[:10])
        more = f"\n… and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        super().__init__(f"{len(wrong)} error{'s' if len(wrong) != 1 else ''} in the scorecard:\n{shown}{more}")


@dataclass(frozen=True)
class Scorecard:
    """Definitions with their figures; `findings` are what the checks said about both (warnings included).

    `written` are the definitions before they were completed, `read` counts the rows that the figures came from.
    """

    definitions: Definitions
    rows: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    folder: Path | None = None
    written: Definitions | None = None
    read: int = 0

    def check(self) -> tuple[Finding, ...]:
        """What the checks have to say about definitions and figures."""
        return self.findings

    def evaluate(
        self,
        measurements: Any = None,
        *,
        as_of: datetime | date | str | None = None,
        view: View | str = "month",
        first: str | None = None,
        last: str | None = None,
    ) -> Evaluated:
        """Evaluate the folder's own figures, or a Polars, pandas or Arrow table of them.

        `as_of` (now, when left out) decides what is due and, where figures carry `recorded_at`, what was known; a date
        such as `2026-03-31` means its last moment, in UTC. `view` is month, quarter, half, year, week, day or ytd
        (months, each from the beginning of its year). `first` and `last` limit the periods. Raises `FolderError` with
        the findings when a given table has errors.
        """
        rows = self.rows if measurements is None else self._checked(measurements)
        at, shown = _moment(as_of), _view(view)
        known = _known(rows, at)
        periods = self._periods(known, at, shown, first, last)
        evaluation = run(self.definitions, known, as_of=at, view=shown, periods=periods)
        return Evaluated(evaluation, self.findings + evaluation.findings)

    def view_of(self, period: str | None) -> View:
        """The view that a period belongs to, such as quarter for FY2026-Q2; month for what is none, and without one."""
        for view in _SPELT if period else ():
            with suppress(PeriodError):
                self.definitions.calendar.parse(period or "", Frequency(view))
                return view
        return "month"

    def _checked(self, measurements: Any) -> pl.DataFrame:
        checked = check_rows(to_polars(measurements), self.definitions)
        if not checked.ok:
            raise FolderError(tuple(checked.findings))
        return checked.rows

    def _periods(
        self, rows: pl.DataFrame, as_of: datetime, view: View, first: str | None, last: str | None
    ) -> tuple[Period, ...]:
        periods = periods_of(self.definitions, rows, view=view, as_of=as_of)
        frequency = periods[0].frequency
        parse_period = self.definitions.calendar.parse
        begin = parse_period(first, frequency) if first else periods[0]
        end = parse_period(last, frequency) if last else periods[-1]
        if end < begin:
            raise FourfoldError(f"The last period, {end.label}, is before the first, {begin.label}.")
        return self.definitions.calendar.range(begin, end)

    def __repr__(self) -> str:
        """Name and size."""
        d = self.definitions
        return (
            f"<Scorecard {d.organisation.name!r}: {len(d.perspectives)} perspectives, {len(d.objectives)} objectives, "
            f"{len(d.kpis)} KPIs, {len(d.units)} units, {len(self.rows):,} figures>"
        )


def _moment(as_of: datetime | date | str | None) -> datetime:
    """A time in UTC where it names no zone; the last moment of a date."""
    if as_of is None:
        return datetime.now(UTC)
    if isinstance(as_of, str):
        try:
            as_of = date.fromisoformat(as_of) if len(as_of) <= 10 else datetime.fromisoformat(as_of)
        except ValueError:
            raise FourfoldError(f"{show(as_of)} is not a date.", hint="Write a date like 2026-03-31.") from None
    if not isinstance(as_of, datetime):
        as_of = datetime.combine(as_of, time.max)
    return as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)


def _view(text: str) -> View:
    for view in get_args(View):
        if text == view:
            return cast(View, view)
    raise FourfoldError(f"There is no view {show(text)}.", hint=did_you_mean(text, get_args(View), "view"))


def _known(rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Rows recorded by `as_of`; rows that do not say when count as known, and a later recording replaces an earlier."""
    if "recorded_at" not in rows.columns or rows["recorded_at"].null_count() == len(rows):
        return rows
    import polars as pl

    at = pl.col("recorded_at").cast(pl.String)  # ISO text in UTC: earlier is smaller
    kept = rows.filter(at.is_null() | (at <= as_of.astimezone(UTC).isoformat()))
    return kept.sort(at.fill_null("")).unique(subset=["kpi", "unit", "period"], keep="last", maintain_order=True)


@dataclass(frozen=True)
class Evaluated:
    """One evaluation, ready to read: `results` for programs, `repr` and HTML for people, `explain` for doubts."""

    evaluation: Evaluation
    findings: tuple[Finding, ...] = ()

    @property
    def results(self) -> pl.DataFrame:
        """One row per node, unit and period; columns as in `fourfold.engine.results.COLUMNS`.

        `state`, `status` and `reason` are words such as `number`, `near` and `division_by_zero` (null where there is
        no reason); `marks` are words joined by a plus, empty where there are none.
        """
        return _in_words(self.evaluation.frame())

    def explain(self, node: str, *, unit: str | None = None, period: str | None = None) -> Explanation:
        """Why a KPI or node has its score; the root unit and the newest period with figures when left out."""
        shown = self.table(unit=unit, period=period)
        known = [*self.evaluation.nodes.nodes, *self.evaluation.kpis.nodes]
        if node not in known and f"kpi:{node}" not in known:
            bare = [name.removeprefix("kpi:") for name in known]
            raise NotFound(f"There is no {show(node)} in this scorecard.", hint=did_you_mean(node, bare, "node"))
        return Explanation(trace_of(self.evaluation, node, shown.unit, shown.period))

    def explain_change(
        self, node: str, *, since: str, unit: str | None = None, period: str | None = None
    ) -> ChangeExplanation:
        """Why the score of a KPI or node is another one than in period `since`, in parts that add up to the change.

        The root unit and the newest period with figures when left out.
        """
        trace = self.explain(node, unit=unit, period=period).trace
        return ChangeExplanation(trace_change(self.evaluation, trace.node, trace.unit, since, trace.period))

    def table(self, *, unit: str | None = None, period: str | None = None) -> Table:
        """The scorecard of one unit and period as rows: perspectives, objectives, KPIs."""
        return table(self.evaluation, unit=unit, period=period)

    def __repr__(self) -> str:
        """The scorecard of the root unit in the newest period, as plain text."""
        return str(self.table())

    def _repr_html_(self) -> str:
        return html(self.table())


def _in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """The long table with words where it has codes."""
    import polars as pl

    reasons = [None, *(reason.name.lower() for reason in Reason if reason)]
    words: dict[str, list[str | None]] = {
        "state": [state.name.lower() for state in State],
        "status": [status.name.lower() for status in Status],
        "reason": reasons,
        "marks": ["+".join(m.name.lower() for m in Mark if m.name and m & i) for i in range(2 * max(Mark))],
    }
    texts = {name: pl.Series(name, said, pl.String).gather(frame[name]) for name, said in words.items()}
    return frame.with_columns(**texts)


@dataclass(frozen=True)
class Explanation:
    """A trace that prints itself in words."""

    trace: Trace

    def __str__(self) -> str:
        """The words, one sentence a line."""
        return "\n".join(self.trace.words())

    def to_json(self) -> dict[str, object]:
        """The trace as plain data."""
        return self.trace.to_json()


@dataclass(frozen=True)
class ChangeExplanation:
    """A change that prints itself in words."""

    trace: ChangeTrace

    def __str__(self) -> str:
        """The words, one sentence a line."""
        return "\n".join(self.trace.words())

    def to_json(self) -> dict[str, object]:
        """The parts as plain data."""
        return self.trace.to_json()


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
    findings += check_definitions(definitions, parsed.places)
    fed = read_feeds(Path(folder), sources)
    checked = check_tables([(t.file, t.frame) for t in (*content.tables, *fed.tables)], definitions)
    findings += [*fed.findings, *checked.findings]
    if errors(findings):
        return None, tuple(findings)
    findings += _early(checked.rows, definitions)
    said = tuple(findings)
    return Scorecard(definitions, checked.rows, said, Path(folder), parsed.definitions, checked.read), said


def _early(rows: pl.DataFrame, definitions: Definitions) -> Iterator[Finding]:
    """A word about figures of periods that have not begun: they are kept, and shown when their time has come."""
    import polars as pl

    today, frequencies = datetime.now(UTC).date(), {k.code: k.frequency for k in definitions.kpis}
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
