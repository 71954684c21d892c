"""What a target may do to a figure: the questions to the owner of a KPI, with what each rests on (methodology §2.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine import gaming
from fourfold.engine.cells import Floats, Mark, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import day_at
from fourfold.engine.gaming import Asked, Flag
from fourfold.engine.health.revisions import Conduct, Entry, conduct
from fourfold.engine.outlook import Outlook
from fourfold.engine.periods import Period
from fourfold.engine.results import Evaluation
from fourfold.engine.unit_settings import settings_of, zone_of
from fourfold.engine.workings import AskedFigures, GamingWorking
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each test.
COLUMNS: Final = ("kpi", "unit", "test", "raised", "count", "evidence", "question", "offers")
#: So many units below are needed for a change of what is counted to be looked at.
LEAST_UNITS: Final = 4
_NOTES: Final = (
    "These are questions to the owner, no accusations: a target can spoil a figure without anybody wanting it to.",
    "Last-minute entries before a period is locked (G10) are not in a folder.",
)


@dataclass(frozen=True, repr=False)
class GamingQuestions(Shown):
    """The tests of one KPI in one unit; `raised` is None where there are too few figures to ask."""

    definitions: Definitions
    kpi: str
    unit: str
    flags: tuple[Flag, ...]
    asked: Asked

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The questions, then what was looked at without finding one."""
        d = self.definitions
        title = f"Questions to the owner: {d.kpi[self.kpi].name}, {d.unit[self.unit].name}"
        rows = tuple((f.code, f"{f.question} {f.evidence}.", f.offers) for f in self.flags if f.raised)
        asked = Sheet(title, ("", "Question", "What helps"), rows, wide=(1, 2),
                      notes=_NOTES if rows else ("No test raises a question.", *_NOTES[1:]))  # fmt: skip
        rest = tuple(
            (f.code, "too few" if f.raised is None else "nothing found", f.evidence)
            for f in self.flags
            if not f.raised
        )
        return (asked, Sheet("Looked at", ("", "", "Evidence"), rest, wide=(2,))) if rest else (asked,)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each test, columns `COLUMNS`; `raised` is yes, no, or null where it cannot be asked yet."""
        return cells(COLUMNS, self._cells(), frozenset(COLUMNS) - {"count"})

    def explain(self) -> WorkingExplanation:
        """What every test rests on, with all figures."""
        return explained((self,))

    def _cells(self) -> Iterator[tuple[object, ...]]:
        for f in self.flags:
            raised = None if f.raised is None else "yes" if f.raised else "no"
            yield self.kpi, self.unit, f.code, raised, f.count, f.evidence, f.question, f.offers


def gaming_questions(
    evaluation: Evaluation, rows: pl.DataFrame, kpi: Kpi, unit: str, seen: Mapping[str, Outlook]
) -> GamingQuestions:
    """The tests from results of the KPI's own periods, all rows with their revisions, and outlooks of KPI and pairs."""
    d, r = evaluation.definitions, evaluation.kpis
    k, u = r.index[f"kpi:{kpi.code}"], r.units.index(unit)
    assert r.value is not None and r.state is not None
    values = np.where(r.state[k, u] == State.NUMBER, r.value[k, u], np.nan)
    known = np.flatnonzero(np.isfinite(values))
    since = int(known[0]) if len(known) else len(values)
    target = r.anchor("target")
    targets = np.full(len(values), np.nan) if target is None else target[k, u]
    entries = _entries(d, rows, kpi, unit, evaluation.as_of)
    given = gaming.asked_of(
        d, kpi, unit, r.periods[since:], (values[since:], targets[since:], r.status[k, u, since:]),
        outlooks=seen, kept=_conduct(d, kpi, unit, evaluation.as_of, entries),
        counted=_counted(evaluation, kpi, unit, known.tolist()),
        figures={period: found[-1].value for period, found in entries.items()},
    )  # fmt: skip
    return GamingQuestions(d, kpi.code, unit, gaming.ask(given), given)


def explained(found: Sequence[GamingQuestions]) -> WorkingExplanation:
    """What the tests of some KPIs in one unit rest on."""
    return WorkingExplanation(GamingWorking(found[0].unit, tuple(AskedFigures.of(one.asked) for one in found)))


def _counted(
    evaluation: Evaluation, kpi: Kpi, unit: str, known: list[int]
) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Numerators and denominators of the units directly below in the last two periods with a figure."""
    d, r = evaluation.definitions, evaluation.kpis
    below = [r.units.index(x.code) for x in d.units if x.parent == unit]
    if kpi.kind != "ratio" or len(below) < LEAST_UNITS or len(known) < 2:
        return None
    if r.numerator is None or r.denominator is None:
        return None
    k = r.index[f"kpi:{kpi.code}"]
    n0, d0, n1, d1 = (part[k, below, p] for p in known[-2:] for part in (r.numerator, r.denominator))
    return n0, d0, n1, d1


def _entries(
    definitions: Definitions, rows: pl.DataFrame, kpi: Kpi, unit: str, as_of: datetime
) -> dict[Period, list[Entry]]:
    """The unit's own figures by period, oldest first, each as it was recorded from the first to the newest.

    A row that does not say when it was recorded counts as history.
    """
    import polars as pl

    zone, found = zone_of(definitions.organisation), dict[Period, list[Entry]]()
    own = rows.filter((pl.col("kpi") == kpi.code) & (pl.col("unit") == unit))
    for row in own.iter_rows(named=True):
        at = row.get("recorded_at")
        moment = None if at is None else datetime.fromisoformat(str(at))
        if moment is not None and moment > as_of:
            continue
        top, bottom = row.get("numerator"), row.get("denominator")
        number = row["value"] if row["value"] is not None else top / bottom if top is not None and bottom else None
        period = definitions.calendar.parse(row["period"])
        day = period.last_day if moment is None else moment.astimezone(zone).date()
        if row.get("state", State.NUMBER) != State.NUMBER:
            number = None
        provisional = bool((row.get("marks") or 0) & Mark.PROVISIONAL)
        found.setdefault(period, []).append(Entry(day, float("nan") if number is None else float(number), provisional))
    return {period: found[period] for period in sorted(found, key=lambda p: (p.frequency.rank, p.ordinal))}


def _conduct(
    definitions: Definitions, kpi: Kpi, unit: str, as_of: datetime, entries: Mapping[Period, list[Entry]]
) -> Conduct | None:
    """What corrections tell; None where nothing says when figures were recorded or corrected."""
    own = [(period, found) for period, found in entries.items() if period.frequency is kpi.frequency]
    if not any(len(found) > 1 for _, found in own):
        return None
    return conduct(own, kpi.lag, day_at(definitions, unit, as_of), settings_of(definitions, unit).business)
