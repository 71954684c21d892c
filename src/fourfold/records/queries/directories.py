"""The directories of an organisation as its administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from fourfold.access.directory import Directory, ScimDirectory
from fourfold.records.models import Identity, Organisation, ProvisioningKey


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key in the list; `is_over` when it is refused, because it was revoked or its time has come."""

    start: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class ShownDirectory:
    """A directory, how many people of the organisation it knows, and its keys where it has any."""

    directory: Directory
    people: int
    keys: tuple[ShownKey, ...]
    has_keys: bool


# house: for administrators of the organisation, whom the page asks for first; they need not see figures
def directories_of(organisation: Organisation, directories: Sequence[Directory]) -> list[ShownDirectory]:
    """Those of the organisation, in the order of their file."""
    now = timezone.now()
    shown = []
    for directory in directories:
        if directory.organisation != organisation.code:
            continue
        known = Identity.objects.filter(organisation=organisation, directory=directory.code)
        keys = ProvisioningKey.objects.filter(organisation=organisation, directory=directory.code)
        rows = tuple(_shown(key, now) for key in keys.select_related("made_by"))
        people = known.values("person").distinct().count()
        shown.append(ShownDirectory(directory, people, rows, isinstance(directory, ScimDirectory)))
    return shown


def _shown(key: ProvisioningKey, now: datetime) -> ShownKey:
    by = key.made_by.name if key.made_by else "the administrator of the server"
    is_over = key.revoked_at is not None or key.ends_at <= now
    return ShownKey(key.start, by, key.made_at, key.ends_at, key.used_at, is_over)
