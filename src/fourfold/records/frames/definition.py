"""Definitions to rows and back, without loss: each row's `spec` is the definition as it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, Step
from fourfold.engine.definitions.base import Definition
from fourfold.engine.edits import name_of
from fourfold.records import models
from fourfold.records.defined import kept_spec, spec_of
from fourfold.records.frames.former_definition import former, keep_former
from fourfold.records.frames.person import read_people, write_people
from fourfold.records.models import Organisation, Unit
from fourfold.records.tables import TABLES, Ids, Table, rows_of, set_values

#: By what of its key the row of a thing is found.
_NARROW: Final = {
    "code": "code", "kpi": "kpi__code", "objective": "objective__code", "source": "source__code",
    "target": "target__code", "since": "since",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What writing did to one noun; each thing is named by its code, or the codes of what it joins."""

    noun: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """True when anything is different from before."""
        return bool(self.added or self.changed or self.removed)


def read_definitions(organisation: Organisation) -> Definitions | None:
    """The definitions as they were written, in their order; None for an organisation that has none yet."""
    given: dict[str, Any] = {"organisation": organisation.spec, "people": read_people(organisation)}
    for table in TABLES:
        rows = rows_of(table.model, organisation).order_by("position", "pk")
        given[table.noun] = list(rows.values_list("spec", flat=True))
    if not given["strategy"]:
        return None
    given["strategy"] = given["strategy"][0]
    return Definitions.model_validate({noun: specs for noun, specs in given.items() if specs})


def write_definitions(organisation: Organisation, definitions: Definitions, *, at: datetime) -> tuple[Change, ...]:
    """Make the rows say what the definitions say, and tell what that changed; unchanged rows stay untouched.

    What they said before is kept, and that they say it since `at`; what is written first counts from the beginning.
    People whom the definitions do not name stay members, and steps that were confirmed here stay. Call it inside a
    transaction, with checked definitions; removing a KPI or unit that has measurements raises `ProtectedError`.
    """
    ids = Ids(organisation, definitions.strategy.code)
    moment = at if organisation.spec else None
    changes = [_write_organisation(organisation, definitions, moment)]
    removals: list[tuple[Table, list[Any]]] = []
    for table in TABLES:
        written = getattr(definitions, table.noun)
        items = written if isinstance(written, tuple) else (written,)
        change, leftover = _write_rows(table, organisation, items, ids, moment)
        removals.append((table, leftover))
        changes.append(change)
        if table.model is Unit:
            _place_units(organisation, definitions)
            changes.append(Change("people", *write_people(organisation, definitions.people, ids)))
    for table, leftover in reversed(removals):
        _remove(table, organisation, leftover, moment)
    return tuple(c for c in changes if c)


def write_amendments(
    organisation: Organisation, definitions: Definitions, amendments: Amendments, *, at: datetime
) -> None:
    """Write the rows of amended things alone; `definitions` are those after, checked. What is new comes last.

    What they said before is kept, and that they say it since `at`. Call it inside a transaction that holds the lock.
    Removing a KPI or unit that has figures raises `ProtectedError`.
    """
    ids = Ids(organisation, definitions.strategy.code, one_by_one=True)
    tables = {table.noun: table for table in TABLES}
    for each in sorted(amendments, key=lambda a: a.after is None):
        if each.noun == "organisation":
            _write_organisation(organisation, definitions, at)
            continue
        _write_thing(tables[each.noun], organisation, each, ids, at)
    if any(each.noun == "units" for each in amendments):
        _place_units(organisation, definitions)


def _write_thing(table: Table, organisation: Organisation, each: Amendment, ids: Ids, at: datetime) -> None:
    """Add, change or remove the row of one thing."""
    rows = rows_of(table.model, organisation)
    row = None if each.before is None else _row_of(rows, table, each.before)
    if each.after is None:
        assert row is not None
        _remove(table, organisation, [row], at)
        return
    values = {**table.columns(each.after, ids), "spec": spec_of(each.after), "known_since": at}
    if row is None:
        last = rows.order_by("-position").values_list("position", flat=True).first()
        position = 0 if last is None else last + 1
        table.model._default_manager.create(organisation=organisation, position=position, **values)
        return
    keep_former([former(table.noun, organisation, row, at=at)])
    if set_values(row, values):
        row.save(update_fields=sorted(values))


def _row_of(rows: Any, table: Table, thing: Definition) -> Any:
    """The row of a thing, the one that says exactly this where several have its key."""
    near = {_NARROW[part]: getattr(thing, part) for part in table.key if part in _NARROW}
    kind = type(thing)
    return next(row for row in rows.filter(**near).order_by("position") if kind.model_validate(row.spec) == thing)


def add_step(organisation: Organisation, strategy: str, step: Step, *, at: datetime) -> None:
    """Write down a step that somebody confirms here. Call it inside a transaction that holds the lock."""
    table = next(table for table in TABLES if table.model is models.Step)
    rows = rows_of(models.Step, organisation)
    last = rows.order_by("-position").values_list("position", flat=True).first()
    models.Step.objects.create(
        organisation=organisation, position=0 if last is None else last + 1, spec=spec_of(step), confirmed_at=at,
        known_since=at, **table.columns(step, Ids(organisation, strategy)),
    )  # fmt: skip


def _write_organisation(organisation: Organisation, definitions: Definitions, at: datetime | None) -> Change:
    given = definitions.organisation
    spec = kept_spec(given, organisation.spec) if organisation.spec else spec_of(given)
    if organisation.spec == spec:
        return Change("organisation")
    keep_former([former("organisation", organisation, organisation, at=at)])
    organisation.name, organisation.spec, organisation.known_since = definitions.organisation.name, spec, at
    organisation.save(update_fields=("name", "spec", "known_since"))
    return Change("organisation", changed=(organisation.code,))


def _write_rows(
    table: Table, organisation: Organisation, items: Sequence[Definition], ids: Ids, at: datetime | None
) -> tuple[Change, list[Any]]:
    """Add and change rows of one table; gives back those that no definition names any more."""
    rows = list(rows_of(table.model, organisation).order_by("position", "pk"))
    usual = _usual(table, items)
    before = dict(zip(_keys(table, [usual | row.spec for row in rows]), rows, strict=True))
    specs = [spec_of(item) for item in items]
    new: list[Any] = []
    moved: list[Any] = []
    added, changed, before_it = [], [], []
    keys = _keys(table, [usual | spec for spec in specs])
    for position, (key, spec, item) in enumerate(zip(keys, specs, items, strict=True)):
        row = before.pop(key, None)
        kept = spec if row is None else kept_spec(item, row.spec)
        is_same = row is not None and row.spec == kept
        since = row.known_since if is_same else at
        values = {**table.columns(item, ids), "position": position, "spec": kept, "known_since": since}
        if row is None:
            new.append(table.model(organisation=organisation, **values))
            added.append(name_of(key[:-1]))
            continue
        if not is_same:
            changed.append(name_of(key[:-1]))
            before_it.append(former(table.noun, organisation, row, at=at))
        if set_values(row, values):
            moved.append(row)
    keep_former(before_it)
    table.model._default_manager.bulk_create(new, batch_size=500)
    if moved:
        table.model._default_manager.bulk_update(moved, sorted(values), batch_size=200)
    gone = {key: row for key, row in before.items() if getattr(row, "confirmed_at", None) is None}
    removed = tuple(name_of(key[:-1]) for key in gone)
    return Change(table.noun, tuple(added), tuple(changed), removed), list(gone.values())


def _usual(table: Table, items: Sequence[Definition]) -> dict[str, Any]:
    """What the parts of a key are where a spec leaves them out."""
    fields = type(items[0]).model_fields if items else {}
    return {part: fields[part].default for part in table.key if part in fields and not fields[part].is_required()}


def _keys(table: Table, specs: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What names each spec; those of equal names are told apart by their order."""
    seen: Counter[tuple[Any, ...]] = Counter()
    keys = []
    for spec in specs:
        name = tuple(spec.get(part) for part in table.key)
        keys.append((*name, seen[name]))
        seen[name] += 1
    return keys


def _place_units(organisation: Organisation, definitions: Definitions) -> None:
    """Parents and paths, which need the ids of all units."""
    units = {u.code: u for u in Unit.objects.filter(organisation=organisation)}

    def path(code: str) -> str:
        parent = definitions.unit[code].parent
        return f"{path(parent) if parent else '/'}{units[code].pk}/"

    moved = []
    for code, definition in definitions.unit.items():
        unit = units[code]
        place = (units[definition.parent].pk if definition.parent else None, path(code))
        if (unit.parent_id, unit.path) != place:
            unit.parent_id, unit.path = place
            moved.append(unit)
    if moved:
        Unit.objects.bulk_update(moved, ("parent", "path"), batch_size=500)


def _remove(table: Table, organisation: Organisation, leftover: list[Any], at: datetime | None) -> None:
    if not leftover:
        return
    keep_former(former(table.noun, organisation, row, at=at) for row in leftover)
    gone = table.model._default_manager.filter(pk__in=[row.pk for row in leftover])
    if table.model is Unit:
        gone.update(parent=None)  # so that a parent and its child can go together
    gone.delete()
