"""How far the figures of a unit can be trusted, by KPI and by who answers for them: the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind
from fourfold.engine.cells import Mark, State
from fourfold.engine.data_quality import RECENT, Agreement, DataQuality, Expected, data_quality, together
from fourfold.engine.definitions import Kpi, Note
from fourfold.engine.due import day_at
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.engine.plausible import SHORTEST_NOTE, UsualRange, number_of, usual_range
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.queries.due_updates import defined_day, due_day
from fourfold.records.queries.outlook import kept_charts
from fourfold.records.queries.overview import about
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.updates import fed

#: So many months are compared with what they add up to.
_MONTHS: Final = 12


class KpiQuality(NamedTuple):
    """A KPI in the unit; `is_fed` is False where its figures come from other KPIs or from units below.

    `unexplained` are the periods whose figure asks for an explanation and has none, `lacking` those without a figure.
    """

    kpi: Kpi
    quality: DataQuality
    is_fed: bool
    lacking: tuple[Period, ...]
    unexplained: tuple[Period, ...]


@dataclass(frozen=True)
class UnitQuality:
    """What is known of the figures of a unit on a day: `kpis` with the weakest first, and `people` by code likewise.

    Nobody (None) among the people stands for KPIs without an owner.
    """

    scope: Scope
    day: date
    kpis: tuple[KpiQuality, ...]
    people: tuple[tuple[str | None, DataQuality], ...]

    @property
    def whole(self) -> DataQuality:
        """Of all KPIs together."""
        return together(each.quality for each in self.kpis)


class _Revision(NamedTuple):
    day: date
    state: State
    number: float | None
    reason: str
    is_provisional: bool


def data_quality_of(scope: Scope, at: datetime) -> UnitQuality:
    """Of the KPIs of which the person sees numbers; up to six statements."""
    today = day_at(scope.structure.definitions, scope.unit.code, at)
    shown = [k for k in scope.structure.kpis if _is_kept(scope, k) and scope.shows_numbers(f"kpi:{k.code}")]
    own = {k.code for k in fed(scope)}
    recorded = _recorded(scope)
    charts = kept_charts(scope, [scope.structure.kpi_pk[k.code] for k in shown if k.code in own])
    compared, said = _Compared.read(scope, today), _commented(scope)
    found = []
    for kpi in shown:
        pk = scope.structure.kpi_pk[kpi.code]
        if kpi.code not in own:
            found.append(_made(kpi, compared, today, scope))
            continue
        lines = charts.get(pk)
        periods = _due_periods(scope, kpi, today, recorded.get(pk, {}))
        usual = {p.id: usual_range(*lines, p) if lines else None for p in periods}
        off = compared.off.get(kpi.code, set()) if kpi.frequency is Frequency.MONTH else set()
        slots = list(_expected(scope, kpi, periods, recorded.get(pk, {}), usual, off, said.get(pk, set())))
        quality = data_quality(slots, today, compared.agreements(kpi))
        pairs = list(zip(periods, slots, strict=True))
        lacking = tuple(p for p, e in pairs if e.state in (None, State.MISSING, State.NOT_DUE))
        unexplained = tuple(p for p, e in pairs if (e.is_flagged or e.is_off) and not e.is_explained)
        found.append(KpiQuality(kpi, quality, True, lacking, unexplained))
    return UnitQuality(scope, today, tuple(sorted(found, key=_worst)), _by_owner(found))


def _worst(each: KpiQuality) -> tuple[float, int]:
    weakest = each.quality.weakest
    return (2.0 if weakest is None else weakest, -each.quality.open)


def _by_owner(found: Iterable[KpiQuality]) -> tuple[tuple[str | None, DataQuality], ...]:
    groups: dict[str | None, list[DataQuality]] = {}
    for each in found:
        groups.setdefault(each.kpi.owner, []).append(each.quality)
    summed = [(owner, together(parts)) for owner, parts in groups.items()]
    return tuple(sorted(summed, key=lambda item: 2.0 if item[1].weakest is None else item[1].weakest))


def _is_kept(scope: Scope, kpi: Kpi) -> bool:
    return kpi.state not in ("draft", "retired", "frozen") and scope.structure.applies(kpi, scope.unit.code)


def _recorded(scope: Scope) -> dict[int, dict[str, list[_Revision]]]:
    """The unit's own figures by KPI and period, each as it was recorded from the first to the newest."""
    rows = models.Measurement.objects.visible_to(scope.person).filter(unit=scope.unit.pk)
    zone = scope.structure.settings[scope.unit.code].zone
    kpis = scope.structure.kpi_of
    found: dict[int, dict[str, list[_Revision]]] = {}
    columns = ("kpi_id", "period", "value", "numerator", "denominator", "state", "marks", "recorded_at", "reason")
    for pk, period, value, top, bottom, state, marks, at, reason in rows.order_by(
        "start", "recorded_at", "pk"
    ).values_list(*columns):
        if pk not in kpis:  # one that is not shown
            continue
        number = number_of(kpis[pk], value, top, bottom) if state == State.NUMBER else None
        day = at.astimezone(zone).date()
        one = _Revision(day, State(state), number, reason, bool(marks & Mark.PROVISIONAL))
        found.setdefault(pk, {}).setdefault(period, []).append(one)
    return found


def _commented(scope: Scope) -> dict[int, set[str]]:
    """By KPI, the periods about which somebody wrote a comment."""
    rows = models.Note.objects.visible_to(scope.person).filter(about(scope), organisation=scope.structure.pk)
    found: dict[int, set[str]] = {}
    for pk, spec in rows.values_list("kpi_id", "spec"):
        note = Note.model_validate(spec)
        if pk is not None and note.kind == "comment" and (period := _period(scope, note.period)) is not None:
            found.setdefault(pk, set()).add(period.id)
    return found


def _due_periods(
    scope: Scope, kpi: Kpi, today: date, recorded: dict[str, list[_Revision]]
) -> list[Period]:
    """The newest due periods, not from before the KPI was there and its first figure: nobody asked for them then."""
    business = scope.structure.settings[scope.unit.code].business
    period = scope.structure.calendar.period(kpi.frequency, today)
    known = [p for text in recorded if (p := _period(scope, text)) is not None and p.frequency is kpi.frequency]
    begin = scope.structure.calendar.period(kpi.frequency, defined_day(scope, kpi, today))
    first = min(p.ordinal for p in (begin, *known))
    found = list[Period]()
    while len(found) < RECENT and period.ordinal >= first:
        if due_day(scope.structure, kpi, period, business) <= today:
            found.append(period)
        period = period.shift(-1)
    return found[::-1]


def _period(scope: Scope, text: str) -> Period | None:
    try:
        return scope.structure.calendar.parse(text)
    except PeriodError:
        return None


def _expected(
    scope: Scope, kpi: Kpi, periods: Sequence[Period], recorded: dict[str, list[_Revision]],
    usual: dict[str, UsualRange | None], off: set[int], said: set[str],
) -> Iterator[Expected]:  # fmt: skip
    """Each period with what there is of it; `off` are ordinals of those off target, `said` ids of those with a comment.

    What came on the first day of all was loaded as history.
    """
    business = scope.structure.settings[scope.unit.code].business
    began = min((some[0].day for some in recorded.values()), default=None)
    for period in periods:
        day, some = due_day(scope.structure, kpi, period, business), recorded.get(period.id, [])
        numbers = [r for r in some if r.number is not None]
        now, limits = (some[-1] if some else None), usual[period.id]
        changed = any(
            old.number != new.number and not old.is_provisional and new.day > day for old, new in pairwise(numbers)
        )
        is_number = now is not None and now.number is not None
        yield Expected(
            due=day,
            state=now.state if now else None,
            came=numbers[0].day if numbers else None,
            is_history=bool(some) and some[0].day == began and some[0].day > day,
            is_flagged=is_number and limits is not None and not limits.holds(now.number),  # type: ignore[union-attr, arg-type]
            is_off=is_number and period.ordinal in off,
            is_explained=period.id in said or (now is not None and len(now.reason.strip()) >= SHORTEST_NOTE),
            was_restated=changed,
        )


def _made(kpi: Kpi, compared: _Compared, today: date, scope: Scope) -> KpiQuality:
    """A KPI whose figures are made here: they are there or not, and nobody brings them."""
    states = compared.states.get(kpi.code, {})
    slots = [
        Expected(today, State(state), today, is_history=True)
        for _, state in sorted(states.items())
        if state != State.NOT_DUE
    ][-_MONTHS:]
    return KpiQuality(kpi, data_quality(slots, today, compared.agreements(kpi)), False, (), ())


@dataclass(frozen=True)
class _Compared:
    """Results by month of the unit and of the units below, by code of the KPI: what must add up."""

    scope: Scope
    months: tuple[Period, ...]  # that are over, the oldest first
    states: dict[str, dict[int, int]]
    off: dict[str, set[int]]  # months off target
    values: dict[tuple[int, str, str], dict[int, float | None]]  # unit, view, KPI

    @classmethod
    def read(cls, scope: Scope, today: date) -> _Compared:
        """One statement; what the person may not see of units below is not compared."""
        running = scope.structure.calendar.period(Frequency.MONTH, today)
        months = tuple(running.shift(-i) for i in range(_MONTHS, 0, -1))
        units = [scope.unit.pk, *(u.pk for u in scope.structure.children.get(scope.unit.pk, []))]
        rows = models.Result.objects.visible_to(scope.person).filter(
            unit__in=units, view__in=("month", "ytd"), ordinal__gte=months[0].ordinal - _MONTHS,
            ordinal__lte=months[-1].ordinal, node__startswith="kpi:",
        )  # fmt: skip
        states: dict[str, dict[int, int]] = {}
        off: dict[str, set[int]] = {}
        values: dict[tuple[int, str, str], dict[int, float | None]] = {}
        for unit, view, ordinal, node, state, status, value in rows.values_list(
            "unit", "view", "ordinal", "node", "state", "status", "value"
        ):
            code = node.removeprefix("kpi:")
            if unit == scope.unit.pk and view == "month" and ordinal >= months[0].ordinal:
                states.setdefault(code, {})[ordinal] = state
                if status == Status.OFF:
                    off.setdefault(code, set()).add(ordinal)
            values.setdefault((unit, view, code), {})[ordinal] = value
        return cls(scope, months, states, off, values)

    def agreements(self, kpi: Kpi) -> Iterator[Agreement]:
        """A sum with its parts: the unit with those below, the year to date with its months."""
        if kpi.kind is not MeasureKind.FLOW or kpi.normalise:
            return
        step = 0.5 * 10.0**-kpi.decimals
        if kpi.aggregate_units is AggUnits.SUM and not kpi.is_computed:
            yield from self._below(kpi, step)
        if kpi.aggregate_time is AggTime.SUM and kpi.frequency is Frequency.MONTH and not kpi.is_computed:
            yield from self._to_date(kpi, step)

    def _below(self, kpi: Kpi, step: float) -> Iterator[Agreement]:
        structure = self.scope.structure
        below = [u for u in structure.children.get(self.scope.unit.pk, []) if structure.applies(kpi, u.code)]
        if not below or len({structure.settings[u.code].currency for u in (*below, self.scope.unit)}) > 1:
            return
        for month in self.months:
            said = self._value(self.scope.unit.pk, "month", kpi, month)
            parts = [self._value(u.pk, "month", kpi, month) for u in below]
            if said is not None and None not in parts:
                yield Agreement(said, sum(p for p in parts if p is not None), step)

    def _to_date(self, kpi: Kpi, step: float) -> Iterator[Agreement]:
        for month in self.months:
            year = month.within(Frequency.YEAR).parts(Frequency.MONTH)
            parts = [
                self._value(self.scope.unit.pk, "month", kpi, m) for m in year if m.ordinal <= month.ordinal
            ]
            said = self._value(self.scope.unit.pk, "ytd", kpi, month)
            if said is not None and None not in parts:
                yield Agreement(said, sum(p for p in parts if p is not None), step)

    def _value(self, unit: int, view: str, kpi: Kpi, month: Period) -> float | None:
        return self.values.get((unit, view, kpi.code), {}).get(month.ordinal)
