"""Keep a file while somebody says how it is to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._steps import find_organisation
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.grid import READ
from fourfold.connectors.files.workbook import PACKED, SUFFIXES
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import choices
from fourfold.errors import Forbidden
from fourfold.records.models import Person, Upload
from fourfold.records.queries.imports import may_import
from fourfold.records.read_only import refuse
from fourfold.records.scope import principal_of
from fourfold.records.uploads import write_parts

#: The largest file that comes through a page, in bytes (of a workbook: `PACKED`), and how long it is kept.
LARGEST: Final = 200_000_000
KEPT: Final = timedelta(days=1)
_MOST: Final = 5  # of one person at once


def keep_upload(
    *, by: Person, organisation: str | None = None, name: str, content: Iterable[bytes], size: int,
    at: datetime | None = None,
) -> Outcome[Upload]:  # fmt: skip
    """Keep a file of this size, which comes in parts, for a day, for the person alone; what is older goes.

    Raises `Forbidden` for who may neither enter figures nor change definitions.
    """
    found = find_organisation(by, organisation)
    if not (may_import(by, found.pk) or can(principal_of(by), Action.DEFINE, Thing(found.pk, None))):
        raise Forbidden("You may not enter figures or change definitions here.")
    moment = at or datetime.now(UTC)
    bare = PurePath(name.replace("\\", "/").replace("\0", "")).name[-300:]
    if wrong := _wrong(bare, size):
        return Outcome("nothing was kept", findings=(wrong,))
    with transaction.atomic():
        refuse()
        Upload.objects.filter(at__lt=moment - KEPT).delete()
        mine = Upload.objects.visible_to(by).order_by("-at").values_list("pk", flat=True)
        Upload.objects.filter(pk__in=list(mine[_MOST - 1 :])).delete()
        kept = Upload.objects.create(organisation=found, by=by, name=bare, at=moment)
        write_parts(kept, content)
    return Outcome("kept", kept)


def _wrong(name: str, size: int) -> Finding | None:
    place, suffix = Place(thing="file"), PurePath(name).suffix.casefold()
    if suffix not in READ:
        message, fix = f"A file that ends like {name[-20:]} is not read.", f"Save it as one of {choices(READ)}."
        return Finding("FILE-FORM", Level.ERROR, place, message, fix)
    if suffix in SUFFIXES and size > PACKED:
        message = f"The workbook is larger than {PACKED / 1e6:,.0f} MB, which is the most that is read."
        fix = "Save the sheet as CSV UTF-8 or Parquet; those may be larger."
        return Finding("FILE-SIZE", Level.ERROR, place, message, fix)
    if size > LARGEST:
        message = f"The file is larger than {LARGEST / 1e6:,.0f} MB, which is the most that a page takes."
        return Finding("FILE-SIZE", Level.ERROR, place, message, "Split it, or use the command: fourfold import FILE")
    return None
