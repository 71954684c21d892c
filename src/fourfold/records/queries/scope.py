"""Where a page stands: the person, the unit, the period and the view. Every page's query begins with one of these."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.access.sight import Sight, sights_of
from fourfold.engine.definitions import Kpi, Objective
from fourfold.engine.former_trees import has_moves, tree_in
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.engine.statuses import Status
from fourfold.errors import Forbidden, NotFound
from fourfold.records import models
from fourfold.records.models.result import Veiled
from fourfold.records.queries.kept import Run, kept, newest_run
from fourfold.records.queries.structure import Structure, UnitPlace, structure_of
from fourfold.records.scope import know_closed, principal_of, sight_of

SCORECARD: Final = "scorecard"
_OF_A_MONTH: Final[tuple[str, ...]] = ("ordinal", "status", "score", "veil")
VIEWS: Final = ("month", "quarter", "ytd")
JUDGED: Final = (Status.OFF, Status.NEAR, Status.ON)
STATUSES: Final = tuple(Status)


class Month(NamedTuple):
    """One month of a scorecard: its status and, where there is one, its score."""

    status: Status
    score: float | None


@dataclass(frozen=True)
class Scope:
    """A person looking at a unit in a period. `month` is the month chosen; `period` what the view makes of it."""

    person: models.Person
    organisation: models.Organisation  # its row, as this request read it
    structure: Structure
    unit: UnitPlace
    view: str
    month: Period
    run: Run  # the newest evaluation, which wrote the results
    months: Mapping[int, Month]  # every month of the unit that was evaluated, by ordinal
    default_month: Period
    closed: frozenset[str] = frozenset()  # codes of confidential KPIs, which are not shown to the person in this unit
    closed_here: int = 0  # how many of them the unit has
    veils: Mapping[str, int] = field(default_factory=dict)  # of each node in this unit whose numbers are not shown, why
    statuses_only: bool = False  # True where no number is shown at all
    then: datetime | None = None  # as of when all of it is shown; None for now
    has_veils_below: bool = False  # True where a small group is hidden here or in a unit below

    @cached_property
    def period(self) -> Period:
        """The period shown: the month, or the quarter it lies in; year to date ends with the month."""
        return self.month.within(Frequency.QUARTER) if self.view == "quarter" else self.month

    @cached_property
    def units(self) -> tuple[UnitPlace, ...]:
        """The units this person may see, in the order of the tree."""
        return visible_units(self.person, self.structure)

    @cached_property
    def _seen(self) -> frozenset[int]:
        return frozenset(unit.pk for unit in self.units)

    def below(self, unit: UnitPlace | None = None) -> list[UnitPlace]:
        """The units directly below one (the scope's own without one) that the person sees."""
        return [u for u in self.structure.children.get((unit or self.unit).pk, []) if u.pk in self._seen]

    @cached_property
    def children_then(self) -> list[UnitPlace]:
        """All units directly below in the tree to which the period shown belongs, those that are not shown too."""
        definitions = self.structure.definitions
        if not has_moves(definitions):
            return self.structure.children.get(self.unit.pk, [])
        tree = tree_in(definitions, self.period)
        codes = {tree.codes[int(place)] for place in tree.children[tree.index[self.unit.code]]}
        return [unit for unit in self.structure.units if unit.code in codes]

    @property
    def below_then(self) -> list[UnitPlace]:
        """Those of them that the person sees: of what figures of the period were put together."""
        return [unit for unit in self.children_then if unit.pk in self._seen]

    def hidden_below(self, unit: UnitPlace | None = None) -> tuple[int, int]:
        """Of how many units directly below the person does not see how many: those, and all there are."""
        count = len(self.structure.children.get((unit or self.unit).pk, []))
        return count - len(self.below(unit)), count

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """The objectives that count in the unit: those of the strategy, its own, and those of units above it."""
        path = {unit.code: unit.path for unit in self.structure.units}
        return tuple(
            o for o in self.structure.objectives
            if o.unit is None or (o.unit in path and self.unit.path.startswith(path[o.unit]))
        )  # fmt: skip

    def objectives_in(self, perspective: str) -> list[Objective]:
        """Those of a perspective."""
        return [o for o in self.objectives if o.perspective == perspective]

    @property
    def sight(self) -> Hashable:
        """What is shown here is the same for all whose scopes have the same sight, under the same run."""
        return (
            sight_of(self.person), self.unit.pk, self.view, self.month.ordinal, self.default_month.ordinal,
        )  # fmt: skip

    @property
    def sees_all(self) -> bool:
        """True when the person sees all KPIs of the unit: not only their own, and confidential ones too."""
        sight = sights_of(principal_of(self.person)).get(self.structure.pk)
        is_whole = sight is not None and sight.sees_numbers(self.unit.path) and not self.closed
        return is_whole and not (self.veils or self.has_veils_below)

    @property
    def hides_groups(self) -> bool:
        """True where small groups are hidden from the person."""
        sight = sights_of(principal_of(self.person)).get(self.structure.pk)
        return self.structure.closed.has_groups and (sight is None or not sight.sees_groups)

    def shows_numbers(self, node: str) -> bool:
        """False for a KPI, such as `kpi:sales`, or a score of which no number is shown to the person in this unit."""
        return not self.statuses_only and node not in self.veils

    @property
    def member_code(self) -> str | None:
        """The person's code in this organisation, as owners of KPIs are written."""
        return self.structure.code_of.get(self.person.pk)

    def owns(self, kpi: Kpi) -> bool:
        """True when the KPI is the person's own; one without an owner is nobody's."""
        return kpi.owner is not None and kpi.owner == self.member_code

    def may(self, action: Action, unit: UnitPlace | None = None, *, kpi: Kpi | None = None) -> bool:
        """True when the person may do this on the unit (the scope's own without one), or to a KPI in it.

        What was known at an earlier moment is only looked at.
        """
        if self.then is not None and action not in (Action.SEE, Action.EXPORT):
            return False
        is_own = kpi is not None and self.owns(kpi)
        owner, closed = self.person.pk if is_own else None, kpi is not None and kpi.is_confidential
        thing = Thing(self.structure.pk, (unit or self.unit).path, owner=owner, confidential=closed)
        return can(principal_of(self.person), action, thing)

    def require(self, action: Action, *, kpi: Kpi | None = None) -> None:
        """Raises `Forbidden` where the person may not do this here."""
        if not self.may(action, kpi=kpi):
            raise Forbidden(f"You may not {action.words} here.")


def visible_units(person: models.Person, structure: Structure) -> tuple[UnitPlace, ...]:
    """The units of which the person sees anything, each after the unit above it."""
    sight = sights_of(principal_of(person)).get(structure.pk)
    seen = [u for u in structure.units if sight is not None and sight.sees(u.path)]
    allowed_pks = {u.pk for u in seen}
    ordered: list[UnitPlace] = []

    def walk(units: list[UnitPlace]) -> None:
        for unit in units:
            ordered.append(unit)
            walk(structure.children.get(unit.pk, []))

    walk([u for u in seen if u.parent not in allowed_pks])
    return tuple(u for u in ordered if u.pk in allowed_pks)


def scope_of(
    person: models.Person, unit: str | None = None, *, period: str | None = None, view: str | None = None
) -> Scope:
    """Find the unit and the period a person asks for.

    `unit` is its code, written `organisation:code` where the person is in several organisations; without one it is
    the first unit they can see. `period` is a period id (the newest month with a score without one, or when it
    cannot be read). Raises `NotFound` when there is no such unit or the person may not see it.
    """
    organisation, code = organisation_of(person, unit)
    return scope_in(person, organisation, code, period=period, view=view)


def scope_in(
    person: models.Person,
    organisation: models.Organisation,
    unit: str | None = None,
    *,
    period: str | None = None,
    view: str | None = None,
) -> Scope:
    """As `scope_of`, in an organisation that the person is known to see; `unit` is a bare code."""
    structure = structure_of(organisation)
    place = next((u for u in visible_units(person, structure) if unit is None or u.code == unit), None)
    if place is None:
        raise NotFound("There is no such scorecard, or you may not see it.")
    know_closed(person, structure.pk, structure.closed)
    run = newest_run(person, organisation)
    sight = sights_of(principal_of(person))[structure.pk]
    is_whole = sight.sees_all(place.path)
    months = kept(run, ("months", place.pk), lambda: _months(person, place, is_whole=is_whole), size=len)
    if not is_whole:
        code = structure.code_of.get(person.pk)
        structure = structure.only(frozenset(k.code for k in structure.kpis if code and k.owner == code))
    whole, closed = structure, _closed(structure, sight, place, person) if is_whole else frozenset()
    if closed:
        structure = kept(run, ("open", closed), lambda: whole.without(closed), size=lambda found: len(found.kpis))
    if not any(map(_is_judged, months.values())):  # nothing has a target yet: where figures are
        newest = kept(run, ("newest", place.pk), lambda: _with_figures(person, place), size=len)
        months = {ordinal: month for ordinal, month in months.items() if not newest or ordinal <= newest[0]}
    default = default_month(structure, months)
    return Scope(
        person=person,
        organisation=organisation,
        structure=structure,
        unit=place,
        view=view if view in VIEWS else "month",
        month=month_in(structure, period, default),
        run=run,
        months=months,
        default_month=default,
        closed=closed,
        veils=_veils(person, whole, place, run, sight),
        statuses_only=is_whole and not sight.sees_numbers(place.path),
        has_veils_below=_has_veils_below(person, whole, place, run, sight),
        closed_here=sum(whole.applies(whole.kpi[code], place.code) for code in closed),
    )


def _veils(
    person: models.Person, structure: Structure, place: UnitPlace, run: Run, sight: Sight
) -> Mapping[str, int]:
    """The nodes of a unit whose numbers the person is not shown: small groups, and scores above what is not shown."""
    closed, found = structure.closed, {}
    if closed.above and not sight.is_cleared(place.path):
        found = dict.fromkeys(closed.above, int(Veiled.NUMBERS))
    if closed.has_groups and not sight.sees_groups:
        rows = models.Veil.objects.visible_to(person).filter(unit=place.pk)
        read = kept(run, ("veils", place.pk), lambda: tuple(rows.values_list("node", "kpi")), size=len)
        found |= {node: int(Veiled.NUMBERS if kpi is None else Veiled.ALL) for node, kpi in read}
    return found


def _has_veils_below(
    person: models.Person, structure: Structure, place: UnitPlace, run: Run, sight: Sight
) -> bool:
    if not structure.closed.has_groups or sight.sees_groups:
        return False
    rows = models.Veil.objects.visible_to(person).filter(organisation=structure.pk, unit__path__startswith=place.path)
    return kept(run, ("veils below", place.pk), rows.exists, size=lambda _: 1)


def _closed(structure: Structure, sight: Sight, place: UnitPlace, person: models.Person) -> frozenset[str]:
    """The confidential KPIs that the person is not shown in a unit."""
    if sight.is_cleared(place.path):
        return frozenset()
    own = structure.code_of.get(person.pk) if sight.owns_in(place.path) else None
    return frozenset(
        k.code
        for k in structure.kpis
        if k.is_confidential and not (own and k.owner == own)
    )


def refuse_veiled(scope: Scope, kpi: Kpi) -> None:
    """Refuse who is not shown the numbers of the KPI."""
    if not scope.shows_numbers(f"kpi:{kpi.code}"):
        raise NotFound("This is about the numbers of the KPI, and they are not shown to you.")


def organisation_of(person: models.Person, unit: str | None) -> tuple[models.Organisation, str | None]:
    """The organisation that `unit` as an address writes it is in, and its bare code. Raises `NotFound`."""
    visible = models.Organisation.objects.visible_to(person)
    qualifier, _, code = (unit or "").rpartition(":")
    found = visible.filter(code=qualifier).first() if qualifier else None
    if qualifier == "":
        if unit and len(principal_of(person).organisations) > 1:
            named = models.Unit.objects.visible_to(person).filter(code=code)
            visible = visible.filter(pk__in=named.values("organisation"))
        found = visible.first()
    if found is None:
        raise NotFound("There is no such scorecard, or you may not see it.")
    return found, code or None


def _months(person: models.Person, unit: UnitPlace, *, is_whole: bool) -> dict[int, Month]:
    rows = models.Result.objects.shown_to(person).filter(unit=unit.pk, view="month")
    if not is_whole:  # no scorecard is seen, only KPIs
        found = rows.values_list("ordinal", flat=True).distinct()
        return dict.fromkeys(sorted(found), Month(Status.NO_DATA, None))
    rows = rows.filter(node=SCORECARD)
    return {
        ordinal: Month(STATUSES[status], None if veil else score)
        for ordinal, status, score, veil in rows.order_by("ordinal").values_list(*_OF_A_MONTH)
    }


def _with_figures(person: models.Person, unit: UnitPlace) -> tuple[int, ...]:
    """The newest month of a unit with a figure of any KPI; nothing where there is none."""
    rows = models.Result.objects.shown_to(person).filter(unit=unit.pk, view="month", value__isnull=False)
    return tuple(rows.order_by("-ordinal").values_list("ordinal", flat=True)[:1])


def _is_judged(month: Month) -> bool:
    return month.score is not None or month.status in JUDGED


def default_month(structure: Structure, months: Mapping[int, Month], running: int | None = None) -> Period:
    """The newest month that is over and has a score; the month that runs says little about itself yet.

    Without any it is the newest month with a score, then the newest evaluated, then the one that runs: `running` where
    another moment than now is looked at.
    """
    if running is None:
        running = structure.calendar.period(Frequency.MONTH, timezone.localdate(timezone=structure.zone)).ordinal
    scored = [ordinal for ordinal, month in months.items() if _is_judged(month)]
    over = [ordinal for ordinal in scored if ordinal < running]
    return Period(Frequency.MONTH, max(over or scored or months or (running,)), structure.calendar)


def month_in(structure: Structure, text: str | None, default: Period) -> Period:
    """The month of a period id, the last one of a longer period; the default where it is none."""
    if not text:
        return default
    try:
        asked = structure.calendar.parse(text)
    except PeriodError:
        return default
    if asked.frequency is Frequency.MONTH:
        return asked
    if asked.frequency.rank > Frequency.MONTH.rank:
        return asked.parts(Frequency.MONTH)[-1]
    return asked.within(Frequency.MONTH)
