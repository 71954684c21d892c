"""Attach a file to a figure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.db.models import Sum

from fourfold.actions._steps import find_organisation, lock, note_event, recorded_for
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.content import Content, content_of, fitting_name
from fourfold.engine.due import day_at, to_come
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.periods import Period, PeriodError
from fourfold.errors import NotFound
from fourfold.records.models import Attachment, Organisation, Person
from fourfold.records.ready import Ready, ready_definitions

#: Bytes of one file, files of one figure, bytes of all files of an organisation.
LARGEST: Final = 10_000_000
MOST: Final = 10
ROOM: Final = 5_000_000_000


def add_attachment(
    *,
    by: Person | None,
    organisation: str | None = None,
    kpi: str,
    unit: str,
    period: str,
    name: str,
    content: bytes,
    at: datetime | None = None,
) -> Outcome[Attachment]:
    """Keep a PDF, an image, a spreadsheet or a plain text with the figure of a KPI, unit and period.

    What it is is told by its content. Whoever may enter the figure may do this, also when its period is closed: proof
    may come late. The same file again is not kept twice. What cannot be kept comes back as findings. Raises `NotFound`
    and `Forbidden` as entering the figure does.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    absent = recorded_for(by, found, ready, kpi, unit, at=moment)
    about, kind = _period(ready, kpi, unit, period, moment), content_of(content)
    if isinstance(about, Finding):
        return Outcome("nothing was attached", findings=(about,))
    if kind is None or len(content) > LARGEST:
        return Outcome("nothing was attached", findings=(_wrong(name, content),))
    with acting_for(absent), transaction.atomic():
        row = Attachment(
            organisation=lock(found), kpi_id=ready.kpis[kpi], unit_id=ready.units[unit], period=about.id,
            start=about.start, name=fitting_name(name, kind), media_type=kind.media_type, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), content=content, at=moment, by=by,
        )  # fmt: skip
        return _keep(row, f"{kpi}/{unit}/{about.id}", kind)


def _keep(row: Attachment, figure: str, kind: Content) -> Outcome[Attachment]:
    there = Attachment.objects.there().filter(kpi=row.kpi_id, unit=row.unit_id, period=row.period)
    known = there.filter(sha256=row.sha256).defer("content").first()
    if known is not None:
        return Outcome("attached already", known)
    if there.count() >= MOST:
        fix = "Remove one, or put several pages into one PDF."
        return Outcome("nothing was attached", findings=(_finding("MANY", f"A figure has {MOST} files at most.", fix),))
    if _held(row.organisation) + row.size > ROOM:
        message = f"The files of the organisation have {ROOM / 1e9:,.0f} GB, which is the most that is kept."
        return Outcome("nothing was attached", findings=(_finding("ROOM", message, "Write down where the file is."),))
    row.save(force_insert=True)
    told = {"name": row.name, "kind": kind.word, "size": row.size, "sha256": row.sha256}
    thing = f"attachment {row.pk} of {figure}"
    note_event(row.organisation, row.by, "attachment.add", thing, at=row.at, unit=row.unit_id, after=told)
    return Outcome("attached", row)


def _held(organisation: Organisation) -> int:
    rows = Attachment.objects.filter(organisation=organisation)
    return rows.aggregate(held=Sum("size"))["held"] or 0


def _period(ready: Ready, kpi: str, unit: str, text: str, at: datetime) -> Period | Finding:
    """The period of the KPI that a text names, if it has begun where the unit is."""
    try:
        period = ready.definitions.calendar.parse(text, ready.definitions.kpi[kpi].frequency)
    except PeriodError as error:
        return _finding("PERIOD", f"“{text[:40]}” is no period of this KPI: {error.message}", error.hint or "")
    if period.start <= day_at(ready.definitions, unit, at):
        return period
    return _finding("PERIOD", *to_come(period))


def _wrong(name: str, content: bytes) -> Finding:
    if len(content) > LARGEST:
        message = f"The file is larger than {LARGEST / 1e6:,.0f} MB, which is the most that is kept."
        return _finding("SIZE", message, "Make it smaller, or split it.")
    if not content:
        return _finding("EMPTY", "The file is empty.", "Choose another one.")
    message = f"By what is in it, “{name[-60:]}” is no PDF, image, spreadsheet or plain text."
    return _finding("KIND", message, "Save it as a PDF. Pages of the web, drawings and macros are not kept.")


def _finding(code: str, message: str, fix: str) -> Finding:
    return Finding(f"ATTACHMENT-{code}", Level.ERROR, Place(thing="file"), message, fix)
