"""A page as of an earlier day: what was known and defined at its end, seen with the rights of today.

Nothing of then is stored but figures and definitions, each with when it was known; results are computed when somebody
asks, and the last evaluations are kept. Who may see what is decided by what is stored today: a node of which the person
is shown nothing now is shown nothing of then either, and a KPI that is confidential now is so for all its past.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, Final

from django.db.models import Min

from fourfold.engine import definitions as defined
from fourfold.engine.due import day_at
from fourfold.engine.periods import Frequency
from fourfold.records import models
from fourfold.records.frames.result import rows_in
from fourfold.records.frames.scorecard import scorecard_then
from fourfold.records.models.result import Veiled
from fourfold.records.queries.kept import kept
from fourfold.records.queries.results_then import NoMoment, moment_in
from fourfold.records.queries.scope import SCORECARD, STATUSES, Month, Scope, default_month, month_in
from fourfold.records.queries.structure import Structure, UnitPlace
from fourfold.records.ready import ready_definitions
from fourfold.scorecard import Scorecard

_ROOM: Final = 6  # evaluations kept, each of one organisation, day and view
_KEPT: Final[OrderedDict[tuple[object, ...], Any]] = OrderedDict()
_LOCK: Final = Lock()
_VEILED: Final[tuple[str, ...]] = ("unit", "node", "veil")


def as_known(scope: Scope, text: str, *, period: str | None, now: datetime) -> Scope:
    """The same place as it was known at the end of a day, such as 2026-03-31, where the organisation is.

    Today is now: the scope itself. Raises `NoMoment` for what is no day, for one in the future, and where nothing was
    known or defined yet.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoMoment(f"“{text[:40]}” is no day.", hint="Write it as 2026-03-31.") from None
    moment = moment_in(scope, day.isoformat(), now=now)
    if day >= now.astimezone(scope.structure.zone).date():
        return scope
    if scope.hides_groups:
        message = "Earlier days are not shown to you: small groups are hidden, and more of them might have been then."
        raise NoMoment(message, hint="Look at what is known today.")
    card = _card(scope, moment)
    if card is None or scope.unit.code not in card.definitions.unit:
        raise NoMoment(f"{scope.unit.name} was not defined yet on {day.isoformat()}.", hint=_first(scope))
    if card.rows.is_empty():
        raise NoMoment(f"No figure was known on {day.isoformat()}.", hint=_first(scope))
    structure = _structure(scope, card.definitions)
    place = next(unit for unit in structure.units if unit.pk == scope.unit.pk)
    run = scope.run._replace(as_of=moment, then=moment)
    found = replace(scope, structure=structure, unit=place, run=run, then=moment)
    months = kept(run, ("months", place.pk), lambda: _months(found), size=len)
    running = structure.calendar.period(Frequency.MONTH, day_at(structure.definitions, place.code, moment))
    usual = default_month(structure, months, running.ordinal)
    return replace(found, months=months, default_month=usual, month=month_in(structure, period, usual))


def result_rows(
    scope: Scope, units: Sequence[int], columns: Sequence[str], *, view: str, first: int, last: int,
    node: str | tuple[str, ...] | None = None,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Results of units from ordinal `first` to `last`, oldest first: unit, node, ordinal, and these columns.

    `node` is one, some, or a beginning that ends in a colon. They are the stored ones, or those of then; the column
    `veil` says how much of each is not shown.
    """
    rows = models.Result.objects.shown_to(scope.person).filter(unit__in=units, view=view)
    if scope.then is None:
        rows = rows.filter(ordinal__gte=first, ordinal__lte=last)
        if isinstance(node, tuple):
            rows = rows.filter(node__in=node)
        elif node is not None:
            rows = rows.filter(node__startswith=node) if node.endswith(":") else rows.filter(node=node)
        yield from rows.order_by("ordinal").values_list("unit", "node", "ordinal", *columns)
        return
    veils = {(unit, name): veil for unit, name, veil in rows.order_by().values_list(*_VEILED).distinct()}
    above = scope.structure.closed.above if scope.closed else frozenset[str]()  # of what was above then
    place = {scope.structure.unit_of[pk].code: pk for pk in units if pk in scope.structure.unit_of}
    for row in rows_in(_frame(scope, view), list(place), first, last, node):
        unit = place[row["unit"]]
        veil = veils.get((unit, row["node"]))
        if veil == Veiled.NOT and row["node"] in above:
            veil = int(Veiled.NUMBERS)
        if veil is not None:
            yield (unit, row["node"], row["ordinal"], *(veil if c == "veil" else row[c] for c in columns))


def _months(scope: Scope) -> dict[int, Month]:
    rows = result_rows(
        scope, [scope.unit.pk], ("status", "score", "veil"), view="month", first=-(10**9), last=10**9, node=SCORECARD
    )
    return {
        ordinal: Month(STATUSES[status], None if veil != Veiled.NOT else score)
        for _, _, ordinal, status, score, veil in rows
    }


def _first(scope: Scope) -> str:
    """From which day on something is known."""
    rows = models.Measurement.objects.visible_to(scope.person).filter(unit__path__startswith=scope.unit.path)
    first = rows.aggregate(first=Min("recorded_at"))["first"]
    if first is None:
        return "No figure has been recorded here yet."
    return f"The first figure was recorded on {first.astimezone(scope.structure.zone).date().isoformat()}."


def card_then(scope: Scope) -> Scorecard | None:
    """The organisation of then as the library takes it, for a scope of then."""
    assert scope.then is not None
    return _card(scope, scope.then)


def _card(scope: Scope, moment: datetime) -> Scorecard | None:
    """Definitions and figures of then."""

    def read() -> Scorecard | None:
        organisation = models.Organisation.objects.visible_to(scope.person).filter(pk=scope.structure.pk).first()
        ready = None if organisation is None else ready_definitions(organisation)
        return None if organisation is None or ready is None else scorecard_then(organisation, ready, moment)

    return _once((*_key(scope, moment), "card"), read)  # type: ignore[no-any-return]


def _frame(scope: Scope, view: str) -> Any:
    """All results of a view as known then."""
    assert scope.then is not None
    moment = scope.then

    def compute() -> Any:
        card = _card(scope, moment)
        assert card is not None
        return card.evaluate(as_of=moment, view=view).evaluation.frame()

    return _once((*_key(scope, moment), view), compute)


def _key(scope: Scope, moment: datetime) -> tuple[object, ...]:
    return scope.run.organisation, scope.run.version, scope.run.definitions, moment.astimezone(UTC)


def _once(key: tuple[object, ...], make: Any) -> Any:
    """What was made for this key, or is made now."""
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    made = make()
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > _ROOM:
            _KEPT.popitem(last=False)
    return made


def _structure(scope: Scope, then: defined.Definitions) -> Structure:
    """What was defined then, of what has a page today, and of that what the person sees today."""
    now = scope.structure
    kpis = {k.code: k for k in then.kpis if k.code in now.kpi_pk}
    objectives = tuple(o for o in then.objectives if o.code in now.objective_pk)
    named = {o.code for o in objectives}
    own: dict[str, Any] = {"organisation": then.organisation, "units": then.units}
    whole = replace(
        now,
        organisation=then.organisation,
        strategy=then.strategy,
        units=_units(now, then),
        perspectives=tuple(sorted(then.perspectives, key=lambda p: p.rank or 0)),
        objectives=objectives,
        links=tuple(link for link in then.links if {link.source, link.target} <= named),
        kpis=tuple(_closed_as_today(k, scope) for k in kpis.values()),
        uses=tuple(use for use in then.uses if use.kpi in kpis and use.objective in named),
        initiatives=then.initiatives,
        definitions=defined.Definitions.model_construct(**own),
    )
    seen = frozenset(k.code for k in now.kpis)
    found = whole.only(seen) if len(seen | scope.closed) < len(kpis) else whole.without(scope.closed)
    found.__dict__.update(whole=then, closed=whole.closed)
    return found


def _closed_as_today(kpi: defined.Kpi, scope: Scope) -> defined.Kpi:
    today = scope.structure.kpi.get(kpi.code)
    said = "confidential" if today is None and kpi.code in scope.closed else today and today.classification
    return kpi if said is None else kpi.model_copy(update={"classification": said})


def _units(now: Structure, then: defined.Definitions) -> tuple[UnitPlace, ...]:
    """The units of then that are there still, under the unit of then; who sees them follows from today's tree."""
    pk = {unit.code: unit.pk for unit in now.units}
    return tuple(
        replace(unit, name=was.name, parent=pk.get(was.parent or ""), size=was.size or "")
        for unit in now.units
        if (was := then.unit.get(unit.code)) is not None
    )


