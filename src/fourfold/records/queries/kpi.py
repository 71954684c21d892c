"""One KPI in one unit: its results over time, what people said and recorded, and the units below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db.models import Q

from fourfold.engine.cells import State
from fourfold.engine.conversion import given_unit
from fourfold.engine.definitions import Initiative, Kpi, KpiUse, Note, Objective
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.related import Related
from fourfold.errors import NotFound
from fourfold.records import models
from fourfold.records.queries.approvals import AskedRestatement, restatements_of
from fourfold.records.queries.kept import kept
from fourfold.records.queries.kpi_below import Below, below_of
from fourfold.records.queries.lineage import Lineage, lineage
from fourfold.records.queries.outlook import KpiOutlook, outlook_of
from fourfold.records.queries.overview import about
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.queries.window import LENGTH, LONGEST, Cell, Window, window_of

RECENT: Final = 60  # recorded figures listed


class Recorded(NamedTuple):
    """One recorded figure; `superseded_at` is None for the one that counts."""

    period: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: State
    recorded_at: datetime
    superseded_at: datetime | None
    by: str
    reason: str
    source: str
    run: int | None  # of the feed that brought it
    pk: int
    lineage: Lineage | None


@dataclass(frozen=True)
class KpiPage:
    """Everything the page of a KPI shows. `window` ends with the period shown."""

    scope: Scope
    kpi: Kpi
    pk: int
    window: Window
    year_to_date: Cell | None
    below: Below
    without: list[UnitPlace]  # units below that do not have this KPI
    comment: Note | None
    annotations: list[tuple[Period, Note]]  # oldest first
    recorded: list[Recorded]  # newest period first, within a period the newest first
    uses: list[tuple[Objective, KpiUse]]
    initiatives: list[Initiative]  # of the KPI, then of its objectives
    ahead: KpiOutlook | None
    restated: list[AskedRestatement]  # those that count, the newest first
    related: list[tuple[Related, Cell | None]]  # with what they are in the period shown

    @property
    def cells(self) -> list[Cell | None]:
        """The results of the window, oldest first."""
        return self.window.row(f"kpi:{self.kpi.code}")

    @property
    def now(self) -> Cell | None:
        """The result in the period shown."""
        return self.cells[-1]

    @property
    def before(self) -> Cell | None:
        """The result in the period before."""
        return self.cells[-2]

    @property
    def is_entered_here(self) -> bool:
        """True when figures of this unit are recorded: not computed, and not put together from units below."""
        return not self.kpi.is_computed and (bool(self.recorded) or not self.below.rows)


def find_kpi(person: models.Person, pk: int) -> models.Kpi:
    """The KPI and its organisation, in one statement. Raises `NotFound` when the person may not see it."""
    row = models.Kpi.objects.visible_to(person).select_related("organisation").filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such KPI, or you may not see it.")
    return row


def kpi_of(scope: Scope, kpi: Kpi, *, length: int = LENGTH) -> KpiPage:
    """Seven statements: results, year to date, units below, notes, figures, restatements, what it goes together with;
    and those of the outlook."""
    structure, node = scope.structure, f"kpi:{kpi.code}"
    to_date = window_of(scope, length=1, view="ytd", node=node).now(node) if scope.view == "month" else None
    children = scope.below_then
    having = [u for u in children if structure.applies(kpi, u.code)]
    comment, annotations = _notes(scope, kpi)
    return KpiPage(
        scope=scope,
        kpi=kpi,
        pk=structure.kpi_pk[kpi.code],
        window=window_of(scope, length=max(LENGTH, min(length, LONGEST)), node=node),
        year_to_date=to_date,
        below=below_of(scope, node, having),
        without=[u for u in children if u not in having],
        comment=comment,
        annotations=annotations,
        recorded=_recorded(scope, structure.kpi_pk[kpi.code]),
        uses=[(structure.objective[use.objective], use) for use in structure.uses_of_kpi.get(kpi.code, [])],
        initiatives=_initiatives(scope, kpi),
        ahead=outlook_of(scope, kpi),
        restated=_restated(scope, kpi),
        related=_related(scope, kpi),
    )


def _initiatives(scope: Scope, kpi: Kpi) -> list[Initiative]:
    """Those that should move the KPI, then the others of the objectives it is evidence for."""
    served = {use.objective for use in scope.structure.uses_of_kpi.get(kpi.code, [])}
    own = [i for i in scope.structure.initiatives if kpi.code in i.kpis]
    return own + [i for i in scope.structure.initiatives if i not in own and served.intersection(i.objectives)]


def _related(scope: Scope, kpi: Kpi) -> list[tuple[Related, Cell | None]]:
    """What it goes together with, of what the person knows of and the unit has."""
    structure = scope.structure
    found = [
        one
        for one in structure.related.get(kpi.code, ())
        if one.kpi not in scope.closed and structure.applies(structure.kpi[one.kpi], scope.unit.code)
    ]
    nodes = tuple(f"kpi:{one.kpi}" for one in found)
    window = window_of(scope, length=1, node=nodes) if nodes else None
    return [(one, window.now(node) if window else None) for one, node in zip(found, nodes, strict=True)]


def _restated(scope: Scope, kpi: Kpi) -> list[AskedRestatement]:
    """What was approved, kept until something changes."""
    key = ("restated", scope.unit.pk, kpi.code)
    found = kept(scope.run, key, lambda: restatements_of(scope, kpi=kpi), size=len)
    approved = [asked for asked in found if asked.row.verdict == models.Restatement.APPROVED]
    then = scope.then
    return [a for a in approved if then is None or (a.row.decided_at is not None and a.row.decided_at <= then)]


def _notes(scope: Scope, kpi: Kpi) -> tuple[Note | None, list[tuple[Period, Note]]]:
    rows = models.Note.objects.visible_to(scope.person).filter(
        about(scope), organisation=scope.structure.pk, kpi=scope.structure.kpi_pk[kpi.code]
    )
    if scope.then is not None:
        rows = rows.filter(recorded_at__lte=scope.then)
    comment, annotations = None, []
    for spec in rows.order_by("recorded_at", "position").values_list("spec", flat=True):
        note = Note.model_validate(spec)
        period = _placed(scope, note.period)
        if period is None:
            continue
        if note.kind == "annotation":
            annotations.append((period, note))
        elif period == scope.period:
            comment = note
    return comment, sorted(annotations, key=lambda pair: pair[0].ordinal)


def _placed(scope: Scope, text: str) -> Period | None:
    """The period of the view in which a note's period lies."""
    try:
        period = scope.structure.calendar.parse(text)
    except PeriodError:
        return None
    frequency = scope.period.frequency
    return period.within(frequency) if period.frequency.rank <= frequency.rank else None


def _recorded(scope: Scope, kpi_pk: int) -> list[Recorded]:
    rows = (
        models.Measurement.objects.visible_to(scope.person)
        .filter(kpi=kpi_pk, unit=scope.unit.pk, start__lt=scope.period.end, start__gte=_a_year_before(scope))
        .filter(Q() if scope.then is None else Q(recorded_at__lte=scope.then))
        .order_by("-start", "-recorded_at", "-pk")
        .values_list(
            "period", "value", "numerator", "denominator", "state", "recorded_at", "superseded_at",
            "recorded_by__name", "reason", "source", "import_run__feed_runs", "pk", "import_run__kind",
            "import_run__source", "import_run__mapping", "import_run__adds_up", "source_row",
        )
    )  # fmt: skip
    return [
        Recorded(
            period, value, top, bottom, State(state), at, _known(scope, until), by or "", reason, source, run, pk,
            lineage(kind, name, mapping, adds_up, place),
        )
        for period, value, top, bottom, state, at, until, by, reason, source, run, pk, kind, name, mapping, adds_up,
            place in rows[:RECENT]
    ]


def _known(scope: Scope, until: datetime | None) -> datetime | None:
    """When it was superseded, as far as that was known."""
    return None if until is not None and scope.then is not None and until > scope.then else until


def _a_year_before(scope: Scope) -> date:
    return scope.month.shift(1 - LENGTH).start


def is_rolled_up(scope: Scope, kpi: Kpi) -> bool:
    """True where the figures of the unit are put together from units below and none was ever recorded for itself."""
    structure = scope.structure
    if not any(structure.applies(kpi, unit.code) for unit in structure.children.get(scope.unit.pk, [])):
        return False
    recorded = models.Measurement.objects.visible_to(scope.person)
    return not recorded.filter(kpi=structure.kpi_pk[kpi.code], unit=scope.unit.pk).exists()


def periods_to_record(scope: Scope, kpi: Kpi, count: int = LENGTH) -> list[Period]:
    """The periods of the KPI one may record, newest first: from the end of the month after the one shown backwards."""
    newest = scope.structure.calendar.period(kpi.frequency, scope.month.shift(1).last_day)
    return [newest.shift(-i) for i in range(count)]


def unit_given(scope: Scope, kpi: Kpi) -> str:
    """What the unit of the scope gives its figures of a KPI in: its own currency where they are amounts of money."""
    structure = scope.structure
    return given_unit(kpi, structure.settings[scope.unit.code].currency, structure.organisation.currency)


def current_figure(page: KpiPage, period: str) -> Recorded | None:
    """The figure that counts in a period, from those on the page."""
    return next((r for r in page.recorded if r.period == period and r.superseded_at is None), None)
