"""Definitions as they were: what is written now, as far as it was then, and what has been changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from fourfold.engine.definitions import Definitions
from fourfold.records.frames.person import read_people
from fourfold.records.models import FormerDefinition, Organisation
from fourfold.records.tables import TABLES, rows_of


def former(noun: str, organisation: Organisation, row: Any, *, at: datetime | None) -> FormerDefinition | None:
    """What a row says, ready to be kept before it says something else; None where it never counted.

    Without `at` nothing is kept: the organisation is written for the first time.
    """
    if at is None:
        return None
    return FormerDefinition(
        organisation=organisation, noun=noun, position=getattr(row, "position", 0), spec=row.spec,
        known_since=row.known_since, known_until=at,
    )  # fmt: skip


def keep_former(rows: Iterable[FormerDefinition | None]) -> None:
    """Keep them."""
    FormerDefinition.objects.bulk_create([row for row in rows if row is not None], batch_size=200)


def definitions_then(organisation: Organisation, moment: datetime) -> Definitions | None:
    """The definitions as they were written at a moment, in the order of then; None where there were none.

    People are those of now. One statement for each table that holds definitions, and one for what was changed.
    """
    specs: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    known = Q(known_since__isnull=True) | Q(known_since__lte=moment)
    for table in TABLES:
        specs[table.noun] += rows_of(table.model, organisation).filter(known).values_list("position", "spec")
    if organisation.known_since is None or organisation.known_since <= moment:
        specs["organisation"].append((0, organisation.spec))
    gone = FormerDefinition.objects.filter(known, organisation=organisation, known_until__gt=moment)
    for noun, position, spec in gone.values_list("noun", "position", "spec"):
        specs[noun].append((position, spec))
    if not specs["strategy"] or not specs["organisation"]:
        return None
    given: dict[str, Any] = {noun: [spec for _, spec in sorted(found, key=_place)] for noun, found in specs.items()}
    given |= {noun: given[noun][0] for noun in ("strategy", "organisation")}
    return Definitions.model_validate({"people": read_people(organisation)} | {n: s for n, s in given.items() if s})


def _place(found: tuple[int, Any]) -> int:
    return found[0]
