"""Where KPIs are going, as of the period shown: kept outlooks where they hold, else made anew from the figures.

A kept outlook holds where no result of the KPI has changed since, and no later figure is in it than those shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Max, Q

from fourfold.engine.cells import Mark
from fourfold.engine.definitions import Kpi, Step
from fourfold.engine.outlook import Outlook
from fourfold.engine.periods import Calendar, Frequency, Period, PeriodError
from fourfold.engine.plausible import Lines
from fourfold.records import models
from fourfold.records.frames.outlook import newest_charts, outlook_of_spec, outlooks_now, tried
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.window import LONGEST, window_of
from fourfold.records.ready import ready_definitions

#: The views whose periods are those of KPIs of this frequency, so that their figures are the KPIs' own.
_OWN: Final = {"month": Frequency.MONTH, "quarter": Frequency.QUARTER}
#: A track record is told from so many forecasts on, and of the last so many.
ENOUGH, TIMES = 6, 12
_ROWS: Final = 60  # kept outlooks that are looked through for them
_SIZE: Final = 20  # what one takes up in memory, in results
_NOT_OWN: Final = Mark.STALE | Mark.PROVISIONAL | Mark.CARRIED


class Track(NamedTuple):
    """How many figures came within the 80 % range forecast one period before; `kept`: by forecasts made then."""

    inside: int
    outcomes: int
    kept: bool


class KpiOutlook(NamedTuple):
    """The outlook of a KPI, its confirmed steps, and what its forecasts were worth, where that is known."""

    outlook: Outlook
    steps: list[Step]
    track: Track | None


def is_own_view(scope: Scope, kpi: Kpi) -> bool:
    """True where the page shows the KPI's own periods, and not sums or means of them."""
    return _OWN.get(scope.view) is kpi.frequency


def outlook_of(scope: Scope, kpi: Kpi) -> KpiOutlook | None:
    """The outlook of a KPI as of the period shown; None where no figure is there yet."""
    if scope.then is not None:  # what was forecast then is not what would be forecast from its figures now
        return None
    key = ("outlook", scope.unit.pk, kpi.code, scope.view, scope.period.ordinal)
    return kept(scope.run, key, lambda: _outlook(scope, kpi), size=lambda _: _SIZE)


def kept_outlooks(scope: Scope) -> Mapping[str, Outlook]:
    """By code, the kept outlooks of the unit's KPIs that hold for the period shown. Two statements."""
    if scope.then is not None:
        return {}
    key = ("outlooks", scope.unit.pk, scope.period.ordinal, scope.view)
    return kept(scope.run, key, lambda: _kept_outlooks(scope), size=lambda found: _SIZE * len(found))


def kept_charts(scope: Scope, kpis: Sequence[int]) -> dict[int, tuple[Lines, Period, int]]:
    """By row id of the KPI, the lines of its newest kept chart, the first period of it and how many it has."""
    key = ("charts", scope.unit.pk, *sorted(kpis))
    return kept(scope.run, key, lambda: _kept_charts(scope, kpis), size=lambda found: 1 + 4 * len(found))


def _kept_charts(scope: Scope, kpis: Sequence[int]) -> dict[int, tuple[Lines, Period, int]]:
    rows = models.Outlook.objects.visible_to(scope.person).filter(unit=scope.unit.pk, kpi__in=kpis)
    parse = scope.structure.calendar.parse
    return {kpi: (lines, parse(first), periods) for kpi, _, lines, first, periods in newest_charts(rows)}


def _outlook(scope: Scope, kpi: Kpi) -> KpiOutlook | None:
    if not scope.shows_numbers(f"kpi:{kpi.code}"):
        return None
    pk = scope.structure.kpi_pk[kpi.code]
    rows = models.Outlook.objects.visible_to(scope.person).filter(unit=scope.unit.pk, kpi=pk).order_by("-pk")
    past = list(rows.values_list("origin", "made_at", "input_version", "spec")[:_ROWS])
    found = None
    if past and past[0][2] >= _changed(scope, [kpi.code]).get(kpi.code, 0):
        found = _read(scope, kpi.code, *past[0][:2], past[0][3])
    if found is None or not _is_known(scope, found):
        found = _made_anew(scope, kpi)
    if found is None or found.origin is None:
        return None
    steps = _steps(scope, kpi)
    return KpiOutlook(found, steps, _track(scope, kpi, past, found, steps))


def _made_anew(scope: Scope, kpi: Kpi) -> Outlook | None:
    """The outlook from the figures, with nothing later than the period shown."""
    organisation = models.Organisation.objects.visible_to(scope.person).filter(pk=scope.structure.pk).first()
    ready = None if organisation is None else ready_definitions(organisation)
    if organisation is None or ready is None or scope.run.as_of is None:
        return None
    made = outlooks_now(
        organisation, ready, as_of=scope.run.as_of, kpis=(kpi.code,), units=(scope.unit.code,),
        until=scope.period.last_day,
    )  # fmt: skip
    return made[0] if made else None


def _changed(scope: Scope, kpis: Sequence[str]) -> dict[str, int]:
    """The version of the organisation in which a result of each of these KPIs changed last."""
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, view="month", node__in=[f"kpi:{code}" for code in kpis]
    )
    newest = rows.values("node").annotate(newest=Max("input_version")).order_by().values_list("node", "newest")
    return {node.removeprefix("kpi:"): version for node, version in newest}


def _read(scope: Scope, kpi: str, origin: str, made_at: datetime, spec: Mapping[str, object]) -> Outlook:
    calendar = scope.structure.calendar
    return outlook_of_spec(spec, kpi=kpi, unit=scope.unit.code, origin=origin, made_at=made_at, calendar=calendar)


def _is_known(scope: Scope, outlook: Outlook) -> bool:
    """True where its last figure belongs to what is shown."""
    return outlook.origin is not None and outlook.origin.last_day <= scope.period.last_day


def _kept_outlooks(scope: Scope) -> dict[str, Outlook]:
    rows = models.Outlook.objects.visible_to(scope.person).filter(unit=scope.unit.pk)
    newest = rows.values("kpi").annotate(newest=Max("pk")).order_by().values("newest")
    found = rows.filter(pk__in=newest).values_list("kpi__code", "origin", "made_at", "input_version", "spec")
    listed = list(found)
    changed = _changed(scope, [row[0] for row in listed])
    outlooks = {
        code: _read(scope, code, origin, made_at, spec)
        for code, origin, made_at, version, spec in listed
        if version >= changed.get(code, 0)
    }
    return {code: outlook for code, outlook in outlooks.items() if _is_known(scope, outlook)}


def _steps(scope: Scope, kpi: Kpi) -> list[Step]:
    """The confirmed steps up to the period shown, oldest first; those in no period of the KPI are left out."""
    rows = models.Step.objects.visible_to(scope.person).filter(
        Q(unit=scope.unit.pk) | Q(unit=None), kpi=scope.structure.kpi_pk[kpi.code]
    )
    found: list[tuple[int, Step]] = []
    for spec in rows.order_by("position", "pk").values_list("spec", flat=True):
        step = Step.model_validate(spec)
        period = period_of(scope.structure.calendar, step.since, kpi.frequency)
        if period is not None and period.start <= scope.period.last_day:
            found.append((period.ordinal, step))
    return [step for _, step in sorted(found, key=lambda pair: pair[0])]


def period_of(calendar: Calendar, text: str, frequency: Frequency) -> Period | None:
    """The period that a text names, None where it names none."""
    try:
        return calendar.parse(text, frequency)
    except PeriodError:
        return None


def _track(
    scope: Scope,
    kpi: Kpi,
    past: Sequence[tuple[str, datetime, int, Mapping[str, object]]],
    now: Outlook,
    steps: Sequence[Step],
) -> Track | None:
    """What forecasts one period ahead were worth: those that were kept, else those that would have been made."""
    if not is_own_view(scope, kpi) or now.forecast.scale is None:
        return None
    last, node = scope.period, f"kpi:{kpi.code}"
    cells = window_of(scope, length=LONGEST, node=node).row(node)
    periods = [last.shift(i - len(cells) + 1) for i in range(len(cells))]
    values = [None if c is None or c.marks & _NOT_OWN else c.value for c in cells]
    actual = {p: v for p, v in zip(periods, values, strict=True) if v is not None}
    told = _told(scope, past)
    held = [told[p.shift(-1)][0] <= v <= told[p.shift(-1)][1] for p, v in actual.items() if p.shift(-1) in told]
    held = held[-TIMES:]
    if len(held) >= ENOUGH:
        return Track(sum(held), len(held), kept=True)
    since = scope.structure.calendar.parse(steps[-1].since, kpi.frequency) if steps else None
    inside, outcomes = tried(values, periods, as_of=last.last_day, since=since, valid=now.forecast.valid)
    return Track(inside, outcomes, kept=False) if outcomes >= ENOUGH else None


def _told(
    scope: Scope, past: Sequence[tuple[str, datetime, int, Mapping[str, object]]]
) -> dict[Period, tuple[float, float]]:
    """By origin, the 80 % range of the next period, as it stood when that period ended; what was said later is left."""
    chosen: dict[Period, tuple[float, float]] = {}
    for origin, made_at, _, spec in past:  # the newest first: the last one in time wins
        made = _read(scope, "", origin, made_at, spec).forecast
        if made.origin is not None and made.lower80 and made_at.date() < made.period(1).end:
            chosen.setdefault(made.origin, (made.lower80[0], made.upper80[0]))
    return chosen
