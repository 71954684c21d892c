"""A scorecard: definitions and figures, and what can be asked of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate as run
from fourfold.engine.evaluate import periods_of
from fourfold.engine.findings import Finding, errors
from fourfold.engine.former_trees import restated as restate
from fourfold.engine.measurements import check_rows, to_polars
from fourfold.engine.measurements.known import known_by
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.engine.progress import Progress
from fourfold.engine.results import View
from fourfold.engine.unit_settings import zone_of
from fourfold.errors import FourfoldError
from fourfold.scorecard.evaluated import Evaluated
from fourfold.scorecard.findings import FolderError
from fourfold.scorecard.moment import Moment, moment, view_named
from fourfold.scorecard.questions import Questions

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import SparkSession

    from fourfold.connectors.spark import Outcome
    from fourfold.scorecard.differences import Differences

#: The views whose periods have a spelling of their own; a whole date is a month before it is a day.
_SPELT: Final[tuple[View, ...]] = ("month", "quarter", "half", "year", "week", "day")


@dataclass(frozen=True)
class Scorecard(Questions):
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
        as_of: Moment = None,
        view: View | str = "month",
        first: str | None = None,
        last: str | None = None,
        restated: bool = False,
    ) -> Evaluated:
        """Evaluate the folder's own figures, or a Polars, pandas or Arrow table of them.

        `as_of` (now, when left out) decides what is due and, where figures carry `recorded_at`, what was known;
        a date such as `2026-03-31` means its last moment in the organisation's time zone. `view` is month,
        quarter, half, year, week, day or ytd (months, each from the beginning of its year). `first` and `last`
        limit the periods. The past rolls up in the tree of units of its time, or `restated` in that of today. Raises
        `FolderError` with the findings when a given table has errors.
        """
        rows = self.rows if measurements is None else self._checked(measurements)
        at, shown = moment(as_of, zone_of(self.definitions.organisation)), view_named(view)
        known = known_by(rows, at)
        periods = self._periods(known, at, shown, first, last)
        definitions = restate(self.definitions) if restated else self.definitions
        evaluation = run(definitions, known, as_of=at, view=shown, periods=periods)
        return Evaluated(evaluation, self.findings + evaluation.findings)

    def evaluate_on(
        self,
        session: SparkSession,
        measurements: str,
        out: str,
        *,
        as_of: Moment = None,
        view: View | str = "month",
        progress: Progress = lambda stage, done, total: None,
    ) -> Outcome:
        """Evaluate figures in Parquet at `measurements` on a Spark cluster, and write the results to the folder `out`.

        The answers are those of `evaluate`; `fourfold.connectors.spark.connect` gives a session. Raises `FolderError`
        with the findings when the figures have errors; then, and after any other failure, nothing is at `out`.
        """
        from fourfold.connectors.spark import evaluate_on

        at, shown = moment(as_of, zone_of(self.definitions.organisation)), view_named(view)
        outcome = evaluate_on(session, self.definitions, measurements, out, as_of=at, view=shown, progress=progress)
        if errors(outcome.findings):
            raise FolderError(outcome.findings)
        return outcome

    def diff(
        self,
        other: Scorecard,
        name: str = "this",
        unit: str | None = None,
        period: str | None = None,
        *,
        as_of: Moment = None,
        view: View | str = "month",
    ) -> Differences:
        """What another scorecard defines otherwise, and what each score and status at a unit and period becomes.

        Without a period it is that of the newest figures here. `name` is what the other is called in titles.
        """
        from fourfold.scorecard.differences import differences

        evaluated = self.evaluate(as_of=as_of, view=view)
        shown = evaluated.table(unit=unit, period=period)
        return differences(self, other, evaluated.evaluation, name, shown.unit, shown.period)

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
