"""How good the definition of a KPI is in one unit: SMART, health, and questions about what its target does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.engine import gaming, health, smart
from fourfold.engine.assessment import Assessment
from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions, Kpi, Note
from fourfold.engine.due import day_at
from fourfold.engine.gaming import Flag
from fourfold.engine.health import Label, Record
from fourfold.engine.health.revisions import Conduct, Entry, conduct
from fourfold.engine.outlook import Outlook
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.smart import Known
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.frames.outlook import outlook_of_spec
from fourfold.records.frames.series import OwnSeries
from fourfold.records.queries.last_minute import last_minute_of
from fourfold.records.queries.looks import roles_looking
from fourfold.records.queries.overview import about
from fourfold.records.queries.own_series import parts_below, series_of
from fourfold.records.queries.scope import Scope

Entries: TypeAlias = Sequence[tuple[Period, Sequence[Entry]]]
_YEAR: Final = 12  # periods that are looked at for comments, as for completeness
#: Why the answer about gaming is in no score: whoever saw the score would know it.
APART: Final = "its owner and its approver are asked, and the answer is in no score"


@dataclass(frozen=True)
class Quality:
    """What is known about the quality of a KPI's definition in a unit, on a day.

    `flags` are the tests of gaming; None for who may not see them.
    """

    scope: Scope
    kpi: Kpi
    day: date
    smart: Assessment
    health: Assessment
    label: Label
    flags: tuple[Flag, ...] | None


def quality_of(scope: Scope, kpi: Kpi) -> Quality:
    """Six statements: results, outlooks, revisions, notes, and at most two for looks; one more for a ratio with several
    units below."""
    definitions = scope.structure.whole
    at = scope.run.as_of or timezone.now()
    day = day_at(definitions, scope.unit.code, at)
    now = definitions.calendar.period(kpi.frequency, day)
    series = series_of(scope, kpi, now, at)
    seen = _outlooks(scope, kpi, definitions)
    own = seen.get(kpi.code)
    chance = own.chance.p if own is not None and own.chance is not None else None
    known = Known(definitions, kpi, now, series.values, series.states, scope.unit.code, probability=chance)
    entries = _entries(scope, kpi)
    kept = _conduct(scope, kpi, day, entries)
    return Quality(
        scope=scope,
        kpi=kpi,
        day=day,
        smart=smart.assess(known),
        health=without_gaming(health.assess(_record(scope, known, series, own, kept, day))),
        label=health.classify(definitions, kpi),
        flags=_flags(scope, kpi, series, seen, kept, entries) if may_see_gaming(scope, kpi) else None,
    )


def may_see_gaming(scope: Scope, kpi: Kpi) -> bool:
    """True for the owner and the approver of the KPI, and for who defines KPIs: editors and administrators."""
    code = scope.member_code
    return scope.may(Action.DEFINE) or (code is not None and code in (kpi.owner, kpi.approver))


def without_gaming(found: Assessment) -> Assessment:
    """The same, with the question about gaming as one nobody answers here."""
    parts = tuple(
        replace(p, criteria=tuple(replace(c, evidence=APART) if c.code == "S2" else c for c in p.criteria))
        if p.code == "safety" else p
        for p in found.parts
    )  # fmt: skip
    return replace(found, parts=parts)


def _record(
    scope: Scope, known: Known, series: OwnSeries, own: Outlook | None, kept: Conduct | None, day: date
) -> Record:
    off = {p.ordinal for p, s in zip(series.periods, series.status, strict=True) if s == Status.OFF}
    signals = {own.periods[s.at].ordinal for s in own.reading.signals} if own and own.reading else set()
    judged = [p.ordinal for p in series.periods if p.ordinal <= known.now.ordinal][-_YEAR:]
    calls = [ordinal for ordinal in judged if ordinal in off | signals]
    said = _commented(scope, known.kpi)
    return Record(
        known, day,
        on_time=kept.on_time if kept else None, restated=kept.restated if kept else None,
        calls=len(calls) if known.count else None, commented=sum(ordinal in said for ordinal in calls), acted=None,
        roles=roles_looking(scope, scope.structure.kpi_pk[known.kpi.code], known.now),
    )  # fmt: skip


def _outlooks(scope: Scope, kpi: Kpi, definitions: Definitions) -> dict[str, Outlook]:
    """The newest outlooks of the KPI and its pairs, by code."""
    structure = scope.structure
    pks = {structure.kpi_pk[code]: code for code in (kpi.code, *kpi.paired_with) if code in structure.kpi_pk}
    rows = models.Outlook.objects.visible_to(scope.person).filter(unit=scope.unit.pk, kpi__in=list(pks))
    newest = {
        kpi_pk: (origin, made_at, spec)
        for kpi_pk, origin, made_at, spec in rows.order_by("pk").values_list("kpi", "origin", "made_at", "spec")
    }
    return {
        pks[pk]: outlook_of_spec(
            spec, kpi=pks[pk], unit=scope.unit.code, origin=origin, made_at=made_at, calendar=definitions.calendar
        )
        for pk, (origin, made_at, spec) in newest.items()
    }


def _conduct(scope: Scope, kpi: Kpi, day: date, entries: Entries) -> Conduct | None:
    """What the revisions of the unit's own figures tell; None where it has none."""
    if not entries:
        return None
    own = [pair for pair in entries if pair[0].frequency is kpi.frequency]
    return conduct(own, kpi.lag, day, scope.structure.settings[scope.unit.code].business)


def _entries(scope: Scope, kpi: Kpi) -> Entries:
    """The figures of the unit's own by period, each as it was recorded from the first to the newest."""
    structure = scope.structure
    rows = models.Measurement.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, kpi=structure.kpi_pk[kpi.code]
    )
    entries: dict[str, list[Entry]] = {}
    columns = ("period", "value", "numerator", "denominator", "state", "marks", "recorded_at")
    ordered = rows.order_by("start", "recorded_at", "pk")
    for period, value, top, bottom, state, marks, at in ordered.values_list(*columns):
        number = value if value is not None else top / bottom if top is not None and bottom else None
        figure = float(number) if number is not None and state == State.NUMBER else float("nan")
        local = at.astimezone(structure.settings[scope.unit.code].zone).date()
        entries.setdefault(period, []).append(Entry(local, figure, bool(marks & Mark.PROVISIONAL)))
    return [(period, some) for text, some in entries.items() if (period := _period(scope, text)) is not None]


def _commented(scope: Scope, kpi: Kpi) -> set[int]:
    """The periods, in the KPI's frequency, about which somebody wrote a comment."""
    rows = models.Note.objects.visible_to(scope.person).filter(
        about(scope), organisation=scope.structure.pk, kpi=scope.structure.kpi_pk[kpi.code]
    )
    found = set()
    for spec in rows.values_list("spec", flat=True):
        note = Note.model_validate(spec)
        if note.kind == "comment" and (period := _period(scope, note.period)) is not None:
            found.add(scope.structure.calendar.period(kpi.frequency, period.last_day).ordinal)
    return found


def _period(scope: Scope, text: str) -> Period | None:
    try:
        return scope.structure.calendar.parse(text)
    except PeriodError:
        return None


def _flags(
    scope: Scope, kpi: Kpi, series: OwnSeries, seen: dict[str, Outlook], kept: Conduct | None, entries: Entries
) -> tuple[Flag, ...]:
    given = gaming.asked_of(
        scope.structure.whole, kpi, scope.unit.code, series.periods, (series.values, series.targets, series.status),
        outlooks=seen, kept=kept, counted=parts_below(scope, kpi, series),
        figures={period: some[-1].value for period, some in entries},
    )  # fmt: skip
    return gaming.ask(replace(given, closing=last_minute_of(scope, kpi, series, given.sigma)))
