"""Write events as lines of JSON or as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.actions._events import note_event
from fourfold.actions._steps import find_organisation
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.safe_cell import safe_cell
from fourfold.records.event_text import entries_of
from fourfold.records.models import Event, Organisation, Person
from fourfold.records.queries.audit import Filter, find_audited, wanted_of

#: Columns of the table, in the order in which people read.
COLUMNS: Final = (
    "seq", "ts", "actor", "name", "on_behalf_of", "via", "action", "object", "before", "after", "reason", "address",
    "request_id", "tenant", "unit", "hash",
)  # fmt: skip


def export_events(
    *,
    by: Person | None,
    organisation: str | None = None,
    wanted: Filter | None = None,
    form: str = "jsonl",
    at: datetime | None = None,
) -> Outcome[Iterator[str]]:
    """The wanted events that may be read line by line, oldest first, in one of `FORMATS`; taking them is an event.

    A line of JSON is the text that was hashed with the hash behind it, so that anybody can follow the chain again. In
    the table `name` says who `u7` is, and no cell begins like a formula.
    """
    found = find_organisation(by, organisation) if by is None else find_audited(by, organisation or "")
    wanted = wanted or Filter()
    with transaction.atomic():
        after = {name: str(value) for name in Filter.__slots__ if (value := getattr(wanted, name))}
        note_event(found, by, "audit.export", found.code, at=at or datetime.now(UTC), after={"format": form} | after)
    seen = Event.objects.all() if by is None else Event.objects.visible_to(by)
    events = wanted_of(seen.filter(organisation=found), wanted)
    return Outcome(f"the events of {found.name}", FORMATS[form](entries_of(events), found))


def _json_lines(entries: Iterable[tuple[int, str, str]], _organisation: Organisation) -> Iterator[str]:
    for _, text, digest in entries:
        yield f'{text[:-1]},"hash":"{digest}"}}\n'


def _table(entries: Iterable[tuple[int, str, str]], organisation: Organisation) -> Iterator[str]:
    people = Person.objects.filter(pk__in=Event.objects.filter(organisation=organisation).values("person"))
    names = {f"u{pk}": name for pk, name in people.values_list("pk", "name")}
    yield _row(COLUMNS)
    for _, text, digest in entries:
        event = json.loads(text) | {"hash": digest}
        event["name"] = names.get(event["actor"], "")
        yield _row(tuple(_cell(event.get(column, "")) for column in COLUMNS))


def _cell(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return safe_cell(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


FORMATS: Final = {"jsonl": _json_lines, "csv": _table}
