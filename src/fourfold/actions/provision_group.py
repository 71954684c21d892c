"""Keep a group as its directory says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from fourfold.access.directory import ScimDirectory
from fourfold.actions._members import regive_roles
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Entry, Organisation, Person


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """A group as the directory wrote it, its members by the ids of their entries; `spec` is all the rest."""

    name: str
    members: frozenset[str]
    external_id: str
    spec: dict[str, Any]


def provision_group(
    *, by: Person | None, organisation: Organisation, directory: ScimDirectory, told: ToldGroup,
    entry: Entry | None = None, at: datetime | None = None,
) -> Outcome[Entry]:  # fmt: skip
    """Make a group or change its name and members, who have the roles of their groups at once.

    Raises `NotFound` for a member that the directory did not write before.
    """
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(organisation)
        members = _members(place, directory, told.members)
        if entry is None:
            entry = Entry(organisation=place, directory=directory.code, kind=Entry.GROUP, made_at=moment, version=0)
        before = _said(entry) if entry.version else None
        was = {entry.name, entry.external_id} if entry.version else set()
        entry.name, entry.key, entry.external_id = told.name, told.name.casefold(), told.external_id
        entry.spec, entry.changed_at, entry.version = told.spec, moment, entry.version + 1
        entry.save()
        old = set(entry.members.values_list("pk", flat=True))
        entry.members.set(members)
        touched = old ^ members if was == {entry.name, entry.external_id} else old | members
        if directory.roles(was | {entry.name, entry.external_id}):
            regive_roles(place, directory, touched, by, at=moment)
        if before != (after := _said(entry)):
            note_event(place, by, "group.provision", f"group {entry.pk}", at=moment, before=before, after=after)
    return Outcome(f"{entry.name} is as {directory.name} says", entry)


def _members(place: Organisation, directory: ScimDirectory, ids: frozenset[str]) -> set[Any]:
    found = Entry.objects.filter(organisation=place, directory=directory.code, pk__in=_uuids(ids))
    members = {entry.pk for entry in found.only("pk")}
    if len(members) < len(ids):
        raise NotFound(f"There is no member {sorted(ids - {str(pk) for pk in members})[0]}.")
    return members


def _uuids(ids: frozenset[str]) -> list[str]:
    """Those that can be ids at all."""

    def is_uuid(text: str) -> bool:
        try:
            return str(uuid.UUID(text)) == text
        except ValueError:
            return False

    return [text for text in ids if is_uuid(text)]


def _said(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "members": entry.members.count()}
