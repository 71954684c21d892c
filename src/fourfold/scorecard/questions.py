"""What can be asked of a scorecard beside its scores: a method a question, and answers that explain themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.measurements.known import known_by
from fourfold.engine.periods import Frequency
from fourfold.engine.results import Evaluation, View
from fourfold.engine.unit_settings import zone_of
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import NotFound
from fourfold.scorecard.moment import Moment, moment, view_named

# What a question needs is imported when it is asked: `fourfold check` asks none, and would wait for all of it.
if TYPE_CHECKING:
    from decimal import Decimal

    import polars as pl

    from fourfold.engine.forecasts import Forecast
    from fourfold.engine.kpis import Figures
    from fourfold.engine.scenarios import Scenario
    from fourfold.engine.smart import Known
    from fourfold.scorecard.alignments import Alignments
    from fourfold.scorecard.allocated_targets import AllocatedTargets, Sharing
    from fourfold.scorecard.assessments import Assessments
    from fourfold.scorecard.chances import Chances
    from fourfold.scorecard.driver_targets import DriverTargets
    from fourfold.scorecard.evaluated import Evaluated
    from fourfold.scorecard.explanation import WorkingExplanation
    from fourfold.scorecard.forecast_record import ForecastRecord
    from fourfold.scorecard.forecasts import Forecasts
    from fourfold.scorecard.gaming_questions import GamingQuestions
    from fourfold.scorecard.map_evidence import MapEvidence
    from fourfold.scorecard.portfolio import Portfolio
    from fourfold.scorecard.signals import Signals
    from fourfold.scorecard.target_proposals import TargetProposals
    from fourfold.scorecard.what_if import WhatIf
    from fourfold.table import Table

#: The seed of draws and shuffles where none is given: the same question has the same answer.
SEED: Final = 1


class Questions:
    """The questions; what they need of a scorecard are its definitions and figures.

    `as_of` is as in `Scorecard.evaluate`. A unit left out is the root; for signals, forecasts and chances it is every
    unit, and so is a KPI left out. An unknown KPI, unit, link or period raises `NotFound`.
    """

    definitions: Definitions
    rows: pl.DataFrame

    if TYPE_CHECKING:

        def evaluate(self, *, as_of: Moment = None, view: View | str = "month") -> Evaluated:
            """Evaluate the figures."""

        def _checked(self, measurements: Any) -> pl.DataFrame: ...

    def with_figures(self, measurements: Any) -> Self:
        """The same scorecard with other figures: a Polars, pandas or Arrow table. Raises `FolderError` for mistakes."""
        return replace(self, rows=self._checked(measurements), findings=())  # type: ignore[type-var]

    def signals(self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None) -> Signals:
        """What changed more than usual: limits, signals and the two icons (§5)."""
        from fourfold.scorecard.outlooks import look
        from fourfold.scorecard.signals import Signals

        at, rows = self._then(as_of)
        figures, items = look(self.definitions, rows, at, kpi, unit)
        return Signals(self.definitions, figures, at, items, kpi, unit)

    def forecasts(self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None) -> Forecasts:
        """What the figures will be, with intervals (§6)."""
        from fourfold.scorecard.forecasts import Forecasts
        from fourfold.scorecard.outlooks import look

        at, rows = self._then(as_of)
        figures, items = look(self.definitions, rows, at, kpi, unit)
        return Forecasts(self.definitions, figures, at, items, kpi, unit)

    def forecast_record(
        self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None, kept: Iterable[Forecast] = ()
    ) -> ForecastRecord:
        """What forecasts of a unit were worth, by length of history and by period (§6.4, §6.5).

        Those in `kept`, or without any those that would have been made at the end of earlier months.
        """
        from fourfold.scorecard.forecast_record import forecast_record

        where, d = self._unit_code(unit), self.definitions
        codes = [k.code for k in d.kpis] if kpi is None else [self._kpi(kpi).code]
        return forecast_record(d, self._figures(codes, as_of), self._then(as_of)[0], where, kpi, kept)

    def chances(self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None) -> Chances:
        """How likely KPIs are to reach their targets at the end of the fiscal year (§4.4)."""
        from fourfold.scorecard.chances import Chances
        from fourfold.scorecard.outlooks import look

        at, rows = self._then(as_of)
        figures, items = look(self.definitions, rows, at, kpi, unit)
        return Chances(self.definitions, figures, at, items, kpi, unit)

    def with_outlook(self, shown: Table, *, as_of: Moment = None, view: View | str = "month") -> Table:
        """The table of an evaluation in this view with the icons of each KPI and its forecast, as of its period's end.

        Only KPIs whose own periods are those of the view have them.
        """
        from fourfold.scorecard.outlooks import look
        from fourfold.scorecard.signals import with_outlook

        at, rows = self._then(as_of)
        until = self.definitions.calendar.parse(shown.period).last_day
        found = look(self.definitions, rows, at, None, shown.unit, until)[1]
        return with_outlook(shown, found, self.definitions, view_named(view))

    def evidence(self, unit: str | None = None, *, as_of: Moment = None, seed: int = SEED) -> MapEvidence:
        """What the figures of a unit say about the links of the strategy map, all tested together (§7)."""
        from fourfold.scorecard.map_evidence import links_tested

        at, rows = self._then(as_of)
        return links_tested(self.definitions, rows, at, unit, seed)

    def portfolio(
        self, unit: str | None = None, period: str | None = None, *, as_of: Moment = None, seed: int = SEED
    ) -> Portfolio:
        """The KPIs together: health, balance, coverage, redundancy, what moves the total (§8)."""
        from fourfold.scorecard.portfolio import look_together

        evaluated = self.evaluate(as_of=as_of)
        shown = evaluated.table(unit=unit, period=period)
        rows = known_by(self.rows, evaluated.evaluation.as_of)
        return look_together(evaluated.evaluation, rows, shown.unit, shown.period, seed)

    def what_if(
        self,
        overlay: Scenario | Mapping[str, Any],
        unit: str | None = None,
        period: str | None = None,
        *,
        as_of: Moment = None,
        view: View | str = "month",
    ) -> WhatIf:
        """The scorecard under a scenario: other figures, targets, weights or structure (see `scenario_of`)."""
        from fourfold.engine.scenarios import Scenario, what_if
        from fourfold.scorecard.overlay import scenario_of
        from fourfold.scorecard.what_if import WhatIf

        evaluated = self.evaluate(as_of=as_of, view=view)
        shown, base = evaluated.table(unit=unit, period=period), evaluated.evaluation
        now = self.definitions.calendar.parse(shown.period)
        scenario = overlay if isinstance(overlay, Scenario) else scenario_of(overlay, self.definitions, now)
        return WhatIf(what_if(base, known_by(self.rows, base.as_of), scenario), shown.unit, shown.period)

    def propose_targets(self, kpi: str, unit: str | None = None, *, as_of: Moment = None) -> TargetProposals:
        """What could be the target of a KPI a year from now: by history, forecast, benchmark and half-life (§4.2)."""
        from fourfold.engine.forecasts import own_figures
        from fourfold.scorecard.outlooks import look
        from fourfold.scorecard.target_proposals import propose

        at, rows = self._then(as_of)
        where = unit or self.definitions.root.code
        found, (outlook,) = look(self.definitions, rows, at, kpi, where)
        block = next(block for _, block in found.blocks if kpi in block.kpis)
        cell = block.kpis.index(kpi), block.units.index(where), slice(0, len(outlook.periods))
        figures = own_figures(block.value[cell], block.state[cell], block.marks[cell])
        return propose(self.definitions, outlook, figures)

    def propose_drivers(
        self,
        kpi: str,
        goal: float,
        unit: str | None = None,
        *,
        shares: Mapping[str, float] | None = None,
        as_of: Moment = None,
    ) -> DriverTargets:
        """What the KPIs that a KPI is computed from would have to be for it to reach a goal (§4.2, 4).

        See `driver_targets.drivers_wanted`.
        """
        from fourfold.scorecard.driver_targets import drivers_wanted, tree_of

        d, where = self.definitions, self._unit_code(unit)
        drivers = [code for code, _ in tree_of(d, self._kpi(kpi)).drivers]
        return drivers_wanted(d, self._kpi(kpi), where, self._figures(drivers, as_of), goal, shares)

    def allocate_target(
        self,
        kpi: str,
        target: Decimal | float | str,
        unit: str | None = None,
        *,
        how: Sharing | None = None,
        as_of: Moment = None,
    ) -> AllocatedTargets:
        """A target of a unit shared out over the units directly below it (§1.4); see `allocated_targets.Sharing`."""
        from fourfold.scorecard.allocated_targets import Sharing, share_out

        own = self._kpi(kpi)
        ((_, block),) = self._figures([kpi], as_of).blocks
        return share_out(self.definitions, own, self._unit_code(unit), block, target, how or Sharing())

    def smart(self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None) -> Assessments:
        """How specific, measurable, achievable, relevant and timely the goal behind each KPI is (§2.7)."""
        from fourfold.engine import smart
        from fourfold.scorecard.assessments import Assessments

        where = unit or self.definitions.root.code
        found = tuple(smart.assess(known) for known in self._known(kpi, where, as_of))
        return Assessments(self.definitions, "SMART", where, found)

    def health(self, kpi: str | None = None, unit: str | None = None, *, as_of: Moment = None) -> Assessments:
        """Whether each KPI can be steered by, in six dimensions; what only the server knows is not told (§2.8)."""
        from fourfold.engine import health
        from fourfold.engine.due import latest_day
        from fourfold.engine.portfolio import collection
        from fourfold.scorecard.assessments import Assessments

        where, (at, rows) = unit or self.definitions.root.code, self._then(as_of)
        on_time = {k.kpi: k.on_time for k in collection(self.definitions, rows, as_of=at).kpis}
        today = latest_day(self.definitions, at)
        records = (health.Record(k, today, on_time=on_time.get(k.kpi.code)) for k in self._known(kpi, where, as_of))
        return Assessments(self.definitions, "Health", where, tuple(map(health.assess, records)))

    def gaming(self, kpi: str, unit: str | None = None, *, as_of: Moment = None) -> GamingQuestions:
        """What a target may do to a figure: questions to the owner of a KPI, with what they rest on (§2.9)."""
        from fourfold.scorecard.gaming_questions import gaming_questions

        own, where = self._kpi(kpi), self._unit_code(unit)
        at = self._then(as_of)[0]
        seen = {k: o for k in (kpi, *own.paired_with) for o in self.signals(k, where, as_of=at).items}
        return gaming_questions(self._own(own.frequency, *self._then(as_of)), self.rows, own, where, seen)

    def explain_gaming(self, node: str, unit: str | None = None, *, as_of: Moment = None) -> WorkingExplanation:
        """What the questions to the owner of a KPI, or of each KPI of an `objective:CODE`, rest on (§2.9)."""
        from fourfold.scorecard.gaming_questions import explained

        codes, objective = [node], node.removeprefix("objective:")
        if objective != node:
            codes = list(dict.fromkeys(u.kpi for u in self.definitions.uses if u.objective == objective))
            if not codes:
                known = sorted({f"objective:{u.objective}" for u in self.definitions.uses})
                hint = did_you_mean(node, known, "objective")
                raise NotFound(f"There is no objective {show(objective)} with a KPI.", hint=hint)
        return explained([self.gaming(code, unit, as_of=as_of) for code in codes])

    def alignment(self, unit: str | None = None) -> Alignments:
        """How far units pull in one direction, in four shares; all units without one (§1.5)."""
        from fourfold.scorecard.alignments import alignments

        return alignments(self.definitions, unit)

    def _kpi(self, code: str) -> Kpi:
        """The KPI of this code; raises `NotFound`."""
        known = self.definitions.kpi
        if code not in known:
            raise NotFound(f"There is no KPI {show(code)}.", hint=did_you_mean(code, list(known), "KPI"))
        return known[code]

    def _unit_code(self, code: str | None) -> str:
        """The code of a unit that is there, the root's without one; raises `NotFound`."""
        known = self.definitions.unit
        if code is not None and code not in known:
            raise NotFound(f"There is no unit {show(code)}.", hint=did_you_mean(code, list(known), "unit"))
        return code or self.definitions.root.code

    def _figures(self, kpis: Sequence[str], as_of: Moment) -> Figures:
        """The figures of some KPIs in all units, at their own frequencies."""
        from fourfold.engine.evaluate import periods_of
        from fourfold.engine.kpis import figures

        at, rows = self._then(as_of)
        periods = periods_of(self.definitions, rows, view="month", as_of=at)
        return figures(self.definitions, rows, as_of=at, periods=periods, only=kpis)

    def _then(self, as_of: Moment) -> tuple[datetime, pl.DataFrame]:
        """The moment, and the figures known then."""
        at = moment(as_of, zone_of(self.definitions.organisation))
        return at, known_by(self.rows, at)

    def _own(self, frequency: Frequency, at: datetime, rows: pl.DataFrame) -> Evaluation:
        """The results of all KPIs of a frequency, in the view of that frequency, and of nothing above them."""
        from fourfold.engine.evaluate import evaluate_kpis, periods_of
        from fourfold.engine.judging import no_results

        d, view = self.definitions, view_named(frequency.value)
        periods = periods_of(d, rows, view=view, as_of=at)
        own = [k.code for k in d.kpis if k.frequency is frequency]
        kpis = evaluate_kpis(d, rows, as_of=at, view=view, periods=periods, only=own)
        return Evaluation(d, view, at, kpis, no_results(kpis.units, periods))

    def _known(self, kpi: str | None, unit: str, as_of: Moment) -> Iterator[Known]:
        """What is known of a KPI, or of all in use that the unit has, each by its own frequency."""
        from fourfold.engine.smart import known_from

        d = self.definitions
        if kpi is not None and kpi not in d.kpi:
            raise NotFound(f"There is no KPI {show(kpi)}.", hint=did_you_mean(kpi, list(d.kpi), "KPI"))
        chances = {o.kpi: o.chance for o in self.chances(kpi, unit, as_of=as_of).items}
        views = dict[str, Evaluation]()
        for k in d.kpis if kpi is None else (d.kpi[kpi],):
            if kpi is None and k.state in ("draft", "retired"):
                continue
            if k.frequency.value not in views:
                views[k.frequency.value] = self._own(k.frequency, *self._then(as_of))
            chance = chances.get(k.code)
            known = known_from(views[k.frequency.value], k.code, unit, probability=None if chance is None else chance.p)
            if kpi is not None or known.count:
                yield known
