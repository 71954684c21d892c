"""What holds at a unit: currency, time zone and business days, its own or those of the units above (§2.3, §2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourfold.engine.definitions import Definitions, Organisation, Unit
from fourfold.engine.once import once
from fourfold.engine.periods import BusinessDays
from fourfold.engine.periods.business_days import WORK_DAYS
from fourfold.engine.rows import unit_tree


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """`currency` is empty where neither the unit nor one above it has one: its figures come as the KPI says."""

    currency: str
    zone: ZoneInfo
    business: BusinessDays


@once
def settings_of_units(definitions: Definitions) -> tuple[UnitSettings, ...]:
    """The settings of all units, in the order of the definitions.

    What cannot be read (the checks say so) counts as left out.
    """
    tree, organisation = unit_tree(definitions), definitions.organisation
    units = [definitions.unit[code] for code in tree.codes]
    base = zone_of(organisation)
    found = []
    for i, unit in enumerate(units):
        lineage = [unit, *(units[a] for a in tree.ancestors(i))]
        work_days = next((u.work_days for u in lineage if u.work_days), organisation.work_days)
        holidays = next((u.holidays for u in lineage if u.holidays is not None), organisation.holidays)
        zones = (_zone(u.time_zone) for u in lineage if u.time_zone)
        found.append(
            UnitSettings(
                next((u.currency for u in lineage if u.currency), ""),
                next((zone for zone in zones if zone is not None), base),
                BusinessDays(work_days or WORK_DAYS, frozenset(_days(holidays))),
            )
        )
    return tuple(found)


def settings_of(definitions: Definitions, unit: Unit | str) -> UnitSettings:
    """The settings of one unit."""
    code = unit if isinstance(unit, str) else unit.code
    return settings_of_units(definitions)[unit_tree(definitions).index[code]]


def zone_of(organisation: Organisation) -> ZoneInfo:
    """The time zone of units that name none; UTC where it cannot be read."""
    return _zone(organisation.time_zone) or ZoneInfo("UTC")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _days(texts: Iterable[str]) -> Iterable[date]:
    for text in texts:
        try:
            yield date.fromisoformat(text)
        except ValueError:
            continue
