"""An organisation's definitions ready for the engine, kept in memory while they do not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Final

from django.db import transaction

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Kpi, Organisation, Unit
from fourfold.records.tables import rows_of

_ROOM: Final = 16  # organisations that a process keeps
_KEPT: Final[OrderedDict[tuple[object, ...], Ready]] = OrderedDict()
_LOCK: Final = Lock()


@dataclass(frozen=True)
class Ready:
    """Completed definitions and those as written, with row ids of KPIs and units and paths of units, by code.

    `owners` has the row ids of the people who answer for KPIs, also by code.
    """

    definitions: Definitions
    written: Definitions
    kpis: Mapping[str, int]
    units: Mapping[str, int]
    paths: Mapping[str, str]
    owners: Mapping[str, int | None] = field(default_factory=dict)

    @cached_property
    def kpi_codes(self) -> dict[int, str]:
        """Codes of KPIs by row id."""
        return {pk: code for code, pk in self.kpis.items()}

    @cached_property
    def unit_codes(self) -> dict[int, str]:
        """Codes of units by row id."""
        return {pk: code for code, pk in self.units.items()}

    def above(self, unit: str) -> frozenset[str]:
        """The codes of the unit and of all above it."""
        path = self.paths[unit]
        return frozenset(code for code, above in self.paths.items() if path.startswith(above))

    @classmethod
    def of(cls, organisation: Organisation, completed: Definitions, written: Definitions | None = None) -> Ready:
        """These definitions with the ids that their rows have now; `written` is what was completed."""
        units = list(rows_of(Unit, organisation).values_list("code", "pk", "path"))
        kpis = list(rows_of(Kpi, organisation).values_list("code", "pk", "owner"))
        paths = {code: path for code, _, path in units}
        return cls(
            completed, written or completed, {code: pk for code, pk, _ in kpis}, {code: pk for code, pk, _ in units},
            paths, {code: owner for code, _, owner in kpis},
        )  # fmt: skip


def ready_definitions(organisation: Organisation) -> Ready | None:
    """The definitions of the organisation's `definitions_version`, None where it has none yet.

    A process keeps those it used last. What was read inside a transaction is kept only after that has been committed.
    """
    key = (organisation.pk, organisation.created_at, organisation.definitions_version)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    read = read_definitions(organisation)
    if read is None:
        return None
    return keep_ready(organisation, read)


def keep_ready(organisation: Organisation, written: Definitions, rows: Ready | None = None) -> Ready:
    """Definitions that were just read or written, ready; kept where the transaction is committed.

    `rows` is what was ready before, where KPIs and units still have the same rows.
    """
    key = (organisation.pk, organisation.created_at, organisation.definitions_version)
    completed = complete(written)
    if rows is None:
        ready = Ready.of(organisation, completed, written)
    else:
        owners = dict(rows_of(Kpi, organisation).values_list("code", "owner"))
        ready = replace(rows, definitions=completed, written=written, owners=owners)

    def keep() -> None:
        with _LOCK:
            _KEPT[key] = ready
            while len(_KEPT) > _ROOM:
                _KEPT.popitem(last=False)

    transaction.on_commit(keep)
    return ready
